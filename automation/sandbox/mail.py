"""The post office of the town: IMAP (pymap) and SMTP (aiosmtpd) over the same mailboxes.

Four things of pymap 0.36.7 are worked around here and in `mailbox.py`: its service leaves the
connection to a task that nobody holds (the garbage collector takes it), it writes a response in
fragments (clients that read without blocking lose step), it drops keywords, and it hashes
passwords for 0.2 s at each login.
"""

import asyncio
import logging
import ssl
from argparse import Namespace
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack, closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import localtime
from enum import StrEnum
from pathlib import Path
from socket import create_server, socket
from typing import Any
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, Identity, Login
from pymap.backend.dict.filter import FilterSet
from pymap.concurrent import Subsystem
from pymap.context import connection_exit
from pymap.exceptions import InvalidAuth
from pymap.imap import IMAPConnection
from pymap.imap.state import ConnectionState
from pymap.parsing.response import Response
from pymap.user import UserMetadata
from pysasl.creds.server import ServerCredentials
from pysasl.hashing import Cleartext

from automation.sandbox.files import Saver
from automation.sandbox.mailbox import ELSEWHERE, INBOX, Mailboxes

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Account:
    """A mailbox with its key: login by the whole address."""

    address: str
    password: str = field(repr=False)


class Cut(StrEnum):
    """When the connection breaks around a letter: see `Faults.data`."""

    LOST = "lost"  # after the final dot, nothing delivered, no answer
    UNANSWERED = "unanswered"  # delivered, no answer
    ANSWERED = "answered"  # delivered and answered, then closed


@dataclass(slots=True)
class Faults:
    """What goes wrong at the post office; change it while the servers run.

    `mail`, `data` are queues: each command takes one entry, None = all is well this once.
    """

    refuse_logins: bool = False
    rcpt: dict[str, str] = field(default_factory=dict)  # address -> SMTP reply, until removed
    mail: deque[str | None] = field(default_factory=deque)  # replies to MAIL FROM
    data: deque[str | Cut | None] = field(default_factory=deque)  # replies to the final dot
    delay: float = 0.0  # seconds before each IMAP response and before the answer to a letter

    def next_data(self) -> str | Cut | None:
        """Take the fault meant for this letter."""
        return self.data.popleft() if self.data else None

    def next_mail(self) -> str | None:
        """Take the reply meant for this sender."""
        return self.mail.popleft() if self.mail else None


class Post:
    """Both servers and what lies in the mailboxes; `start` tells the ports.

    `now` stamps arriving mail, so that a town may live by a clock of its own. With `tls` both
    servers offer STARTTLS.
    """

    def __init__(
        self,
        accounts: Iterable[Account],
        directory: Path | None = None,
        now: Callable[[], datetime] = localtime,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.accounts = {account.address.lower(): account for account in accounts}
        self.boxes = Mailboxes(self.accounts, directory)
        self.faults = Faults()
        self.now = now
        self.tls = tls
        self.imap_port = 0
        self.smtp_port = 0
        self._imap: _Imap | None = None
        self._servers: list[asyncio.Server] = []
        self._letters: WeakSet[SMTP] = WeakSet()  # connections on which letters come in
        self._saver = Saver(self.boxes.save)

    async def start(self, imap: socket | None = None, smtp: socket | None = None) -> None:
        """Load the mailboxes and listen, on any free ports unless bound sockets are given."""
        await self.boxes.load()
        self._imap = _Imap(self)
        loop = asyncio.get_running_loop()
        door = imap or create_server((HOST, 0))
        server = await asyncio.start_server(self._imap.serve, sock=door, limit=1 << 20)
        self._servers.append(server)
        door = smtp or create_server((HOST, 0))
        self._servers.append(await loop.create_server(lambda: self._counter(loop), sock=door))
        self.imap_port, self.smtp_port = (
            server.sockets[0].getsockname()[1] for server in self._servers
        )
        self._saver.start()

    async def stop(self) -> None:
        """Close both servers and every connection, then save. Harmless when not started."""
        for server in self._servers:
            server.close()
        self._servers.clear()
        await self.cut_imap()
        await self.cut_smtp()
        await self._saver.stop()

    async def cut_imap(self) -> None:
        """Break every IMAP connection, as a restarting server or a bad line would."""
        if self._imap is not None:
            await self._imap.hang_up()

    async def cut_smtp(self) -> None:
        """Break every SMTP connection."""
        for line in tuple(self._letters):
            if line.transport is not None:
                line.transport.close()
        await asyncio.sleep(0)  # aiosmtpd ends its tasks when it hears of it

    async def deliver(
        self, address: str, content: bytes, *, folder: str = INBOX, received: datetime | None = None
    ) -> None:
        """Put a mail into a mailbox without SMTP, received now if not said otherwise."""
        await self.boxes.deliver(address, content, received or self.now(), folder=folder)
        self.touched()

    def opens(self, address: str, password: str) -> bool:
        """Say whether this login is good now."""
        account = self.accounts.get(address.lower())
        return (
            account is not None and account.password == password and not self.faults.refuse_logins
        )

    def touched(self) -> None:
        """Note that something may have changed and is to be saved soon."""
        self._saver.touch()

    def _counter(self, loop: asyncio.AbstractEventLoop) -> SMTP:
        line = _smtp(self, loop)
        self._letters.add(line)
        return line


# --- IMAP ---------------------------------------------------------------------------------------


class _Gathered(bytearray):
    """Collects what pymap writes in pieces."""

    write = bytearray.extend


class _Connection(IMAPConnection):
    """One client: each response leaves in one piece, and something may have changed by then."""

    def __init__(
        self,
        post: Post,
        config: Config,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        info = SocketInfo.get(writer, None)
        super().__init__(config.commands, config, reader, writer, info)
        self._post = post

    async def write_response(self, resp: Response) -> None:
        """Write a whole response at once; a client that left is no error."""
        whole = _Gathered()
        await resp.async_write(whole)
        if self._post.faults.delay:
            await asyncio.sleep(self._post.faults.delay)
        self._post.touched()
        with suppress(ConnectionError):
            self.writer.write(bytes(whole))
            await self.writer.drain()


class _Login(Login):
    """Logins as the post office says at this moment."""

    def __init__(self, config: Config, post: Post) -> None:
        super().__init__(config)
        self._post = post
        for account in post.accounts.values():
            self.users_dict[account.address.lower()] = UserMetadata(
                config, account.address.lower(), password=account.password
            )

    async def authenticate(self, credentials: ServerCredentials) -> Identity:
        """Check address and password. Raises InvalidAuth, also as the fault asked for."""
        if self._post.faults.refuse_logins:
            raise InvalidAuth
        return await super().authenticate(credentials)


class _Imap:
    """Accepts clients and holds on to their tasks until they are gone."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._config = Config(
            Namespace(passlib_cfg=None, proxy_protocol=None),
            host=HOST,
            port=0,
            demo_data=False,
            demo_user="",
            demo_password="",
            tls_enabled=post.tls is not None,
            ssl_context=post.tls,
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
            invalid_user_sleep=0.0,
            bad_command_limit=None,
        )
        for address, boxes in post.boxes.sets.items():
            self._config.set_cache[address] = (boxes, FilterSet())
        self._login = _Login(self._config, post)
        self._clients: set[asyncio.Task[Any]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk to one client until it leaves: `pymap.imap.IMAPServer` on a task that is held."""
        task = asyncio.current_task()
        if task is not None:
            self._clients.add(task)
            task.add_done_callback(self._clients.discard)
        connection = _Connection(self._post, self._config, reader, writer)
        with suppress(asyncio.CancelledError):  # only `hang_up` cancels; asyncio would complain
            await self._converse(connection)

    async def _converse(self, connection: IMAPConnection) -> None:
        async with AsyncExitStack() as stack:
            connection_exit.set(stack)
            stack.enter_context(closing(connection))
            await connection.run(ConnectionState(self._login, self._config))

    async def hang_up(self) -> None:
        """End every conversation and wait until it is over."""
        clients = tuple(self._clients)
        for client in clients:
            client.cancel()
        await asyncio.gather(*clients, return_exceptions=True)


# --- SMTP ---------------------------------------------------------------------------------------


def _smtp(post: Post, loop: asyncio.AbstractEventLoop) -> SMTP:
    return SMTP(
        _Counter(post),
        hostname="localhost",
        ident="Pos Pekutatan",
        enable_SMTPUTF8=True,
        auth_require_tls=False,
        tls_context=post.tls,
        authenticator=_authenticator(post),
        loop=loop,
    )


def _authenticator(post: Post) -> Callable[..., AuthResult]:
    def check(
        _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: object
    ) -> AuthResult:
        # handled=False: with the default no answer is ever sent and the client hangs
        good = isinstance(data, LoginPassword) and post.opens(
            data.login.decode(errors="replace"), data.password.decode(errors="replace")
        )
        return AuthResult(success=good, handled=False)

    return check


class _Counter:
    """The counter where anyone may hand in letters (the hooks that aiosmtpd calls)."""

    def __init__(self, post: Post) -> None:
        self._post = post

    async def handle_MAIL(  # noqa: N802 - the name aiosmtpd calls
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Accept every sender, unless a fault is waiting."""
        if reply := self._post.faults.next_mail():
            return reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Refuse people whom this town's own domains do not know; other towns' are kept aside."""
        if reply := self._post.faults.rcpt.get(address.lower()) or self._refusal(address.lower()):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd calls
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Deliver by envelope, with the trace that final delivery adds (RFC 5321 4.4)."""
        post, fault = self._post, self._post.faults.next_data()
        await asyncio.sleep(post.faults.delay)
        if fault is not None and not isinstance(fault, Cut):
            return fault
        if fault is not Cut.LOST:
            await self._deliver(envelope)
        if fault is Cut.ANSWERED:
            await server.push("250 2.0.0 OK")
        if fault is not None and server.transport is not None:
            server.transport.close()
            await asyncio.Event().wait()  # until aiosmtpd notices the end and cancels us
        return "250 2.0.0 OK"

    def _refusal(self, address: str) -> str:
        known = self._post.accounts
        domain = address.rpartition("@")[2]
        if domain == "invalid" or domain.endswith(".invalid"):  # RFC 2606: never exists
            return "550 5.1.2 No such domain"
        if address not in known and domain in {one.rpartition("@")[2] for one in known}:
            return "550 5.1.1 No such user here"
        return ""

    async def _deliver(self, envelope: Envelope) -> None:
        content = envelope.original_content or b""
        trace = f"Return-Path: <{envelope.mail_from or ''}>\r\n".encode()
        for address in dict.fromkeys(one.lower() for one in envelope.rcpt_tos):
            box = address if address in self._post.accounts else ELSEWHERE
            await self._post.deliver(box, trace + content)


logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd warns of its own old attributes

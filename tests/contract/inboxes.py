"""Mailboxes for the suites: fake, sandbox and a real Dovecot, with a person working at each."""

import asyncio
import grp
import imaplib
import os
import pwd
import re
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from ssl import SSLContext
from typing import Any, Protocol, TypeVar

from automation.intake.imap import ImapInbox
from automation.intake.imap_session import ImapAccount
from automation.model import Security
from automation.ports import Inbox
from automation.sandbox.mail import Account, Post
from tests.fakes.mail import ListInbox

OFFICE = Account("pengaduan@kec-pekutatan.example", "kunci-kantor")
CITIZEN = Account("wayan@warga.example", "kunci-wayan")
DOVECOT = Path("/usr/sbin/dovecot")
TIMEOUT = 5.0
ARRIVED = datetime(2026, 11, 24, 0, 15, tzinfo=UTC)

Answer = TypeVar("Answer")


class Mailroom(Protocol):
    """An office mailbox under test together with a person who works in it by another client."""

    @property
    def inbox(self) -> Inbox:
        """The mailbox as the worker has it."""
        ...

    def put(self, *contents: bytes, since: datetime = ARRIVED) -> None:
        """Let mails arrive in the INBOX, unseen, one each second."""
        ...

    def contents(self, folder: str) -> list[bytes]:
        """Give the mails of a folder as the person sees them; [] when there is no such folder."""
        ...

    def seen(self) -> list[bytes]:
        """Give the mails of the INBOX that count as read."""
        ...

    def mark_deleted(self, content: bytes) -> None:
        """Let the person mark a mail of the INBOX as deleted, without expunging."""
        ...

    def take_away(self, content: bytes, folder: str) -> None:
        """Let the person move a mail from the INBOX to another folder."""
        ...

    def cut(self) -> None:
        """Break every connection to the mailbox at the server."""
        ...


class ListMailroom:
    """The fake, whose lists the person works on directly."""

    def __init__(self) -> None:
        self.inbox = ListInbox()

    def put(self, *contents: bytes, since: datetime = ARRIVED) -> None:
        """Let mails arrive in the INBOX."""
        for seconds, content in enumerate(contents):
            self.inbox.arrive(content, since + timedelta(seconds=seconds))

    def contents(self, folder: str) -> list[bytes]:
        """Give the mails of a folder."""
        return [mail.content for mail in self.inbox.folders.get(folder, ())]

    def seen(self) -> list[bytes]:
        """Give nothing: the fake knows no flags."""
        return []

    def mark_deleted(self, content: bytes) -> None:
        """Change nothing: the fake never expunges."""

    def take_away(self, content: bytes, folder: str) -> None:
        """Move a mail."""
        mail = next(one for one in self.inbox.folders["INBOX"] if one.content == content)
        self.inbox.folders["INBOX"].remove(mail)
        self.inbox.folders.setdefault(folder, []).append(mail)

    def cut(self) -> None:
        """Change nothing: there is no connection."""


class ServedMailroom:
    """A mailbox on an IMAP server; the person uses another connection each time.

    `prefix` is what the server wants before the name of every folder but the INBOX.
    """

    def __init__(self, account: ImapAccount, cut: Callable[[], None], prefix: str = "") -> None:
        self.account = account
        self.inbox = ImapInbox(account, TIMEOUT, threading.Event().wait)
        self.cut = cut
        self._prefix = prefix

    def put(self, *contents: bytes, since: datetime = ARRIVED) -> None:
        """Append mails to the INBOX."""
        with self._person() as client:
            for seconds, content in enumerate(contents):
                when = imaplib.Time2Internaldate(since + timedelta(seconds=seconds))
                assert client.append("INBOX", "", when, content)[0] == "OK"

    def contents(self, folder: str) -> list[bytes]:
        """Fetch the mails of a folder."""
        with self._person() as client:
            if client.select(self._named(folder), readonly=True)[0] != "OK":
                return []
            return list(_by_uid(client).values())

    def seen(self) -> list[bytes]:
        """Search the INBOX for mails with the flag Seen."""
        with self._person() as client:
            client.select("INBOX", readonly=True)
            return list(_by_uid(client, "SEEN").values())

    def mark_deleted(self, content: bytes) -> None:
        """Store the flag Deleted."""
        with self._person() as client:
            client.uid("STORE", _uid(client, content), "+FLAGS", r"(\Deleted)")

    def take_away(self, content: bytes, folder: str) -> None:
        """Move with the client's own MOVE."""
        with self._person() as client:
            client.create(self._named(folder))
            answer = client.uid("MOVE", _uid(client, content), self._named(folder))
            assert answer[0] == "OK"

    @contextmanager
    def _person(self) -> Iterator[imaplib.IMAP4]:
        client = imaplib.IMAP4(self.account.host, self.account.port, timeout=TIMEOUT)
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            client.login(self.account.user, self.account.password)
            yield client
        finally:
            client.logout()

    def _named(self, folder: str) -> str:
        return "INBOX" if folder == "INBOX" else f'"{self._prefix}{folder}"'


def _by_uid(client: imaplib.IMAP4, criteria: str = "ALL") -> dict[str, bytes]:
    uids = client.uid("SEARCH", criteria)[1][0].decode().split()
    answers = client.uid("FETCH", ",".join(uids), "(UID BODY.PEEK[])")[1] if uids else []
    mails = (answer for answer in answers if isinstance(answer, tuple))
    return {re.findall(r"UID (\d+)", words.decode())[0]: content for words, content in mails}


def _uid(client: imaplib.IMAP4, content: bytes) -> str:
    client.select("INBOX")
    return next(uid for uid, found in _by_uid(client).items() if found == content)


class Loop:
    """An event loop on a thread of its own, for servers beside a test."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Do something in the loop and give its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def close(self) -> None:
        """End loop and thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@contextmanager
def sandbox_post(tls: SSLContext | None = None) -> Iterator[tuple[Post, Loop]]:
    """Run the sandbox's post office with an office and a citizen; with `tls` it offers STARTTLS."""
    with closing(Loop()) as loop:
        post = Post([OFFICE, CITIZEN], tls=tls)
        loop.run(post.start())
        try:
            yield post, loop
        finally:
            loop.run(post.stop())


@contextmanager
def sandbox_mailroom() -> Iterator[ServedMailroom]:
    """Give the office's mailbox on the sandbox's IMAP server."""
    with sandbox_post() as (post, loop):
        account = account_of(post.imap_port, OFFICE.address)
        room = ServedMailroom(account, lambda: loop.run(post.cut_imap()))
        with closing(room.inbox):
            yield room


_NOBODY_THERE = 68  # doveadm: nobody was connected


@dataclass(frozen=True, slots=True)
class Dovecot:
    """A running Dovecot in which every address has a mailbox, all with the same password."""

    place: Path
    port: int
    prefix: str

    @contextmanager
    def mailroom(self, address: str) -> Iterator[ServedMailroom]:
        """Give the fresh mailbox of an address."""

        def kick() -> None:
            doveadm = DOVECOT.with_name("doveadm").as_posix().replace("sbin", "bin")
            command = [doveadm, "-c", str(self.place / "dovecot.conf"), "kick", address]
            done = subprocess.run(command, check=False, capture_output=True, timeout=10)  # noqa: S603
            assert done.returncode in {0, _NOBODY_THERE}, done.stderr

        room = ServedMailroom(account_of(self.port, address), kick, self.prefix)
        with closing(room.inbox):
            yield room


@contextmanager
def dovecot(prefix: str = "") -> Iterator[Dovecot]:
    """Start a Dovecot in a folder of its own; `prefix` of its only namespace, as Courier has it.

    Its login process refuses to run as root, so root lends it to nobody.
    """
    port = _free_port()
    owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    with tempfile.TemporaryDirectory(prefix="dovecot-") as folder:
        place = Path(folder)
        os.chown(place, owner.pw_uid, owner.pw_gid)
        config = place / "dovecot.conf"
        config.write_text(_dovecot_config(place, port, prefix, owner))
        command = [str(DOVECOT), "-F", "-c", str(config)]
        user, group = (owner.pw_uid, owner.pw_gid) if os.getuid() == 0 else (None, None)
        server = subprocess.Popen(command, user=user, group=group)  # noqa: S603 - our own config
        try:
            _await_greeting(port, server)
            yield Dovecot(place, port, prefix)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(10)


def account_of(port: int, address: str) -> ImapAccount:
    """Give somebody's login at a server here; all have the same password."""
    return ImapAccount("127.0.0.1", port, address, OFFICE.password, Security.PLAIN)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _await_greeting(port: int, server: subprocess.Popen[bytes]) -> None:
    """Return when the server has answered. Raises AssertionError when it ends before."""
    patience = threading.Event()
    for _ in range(200):
        assert server.poll() is None, "dovecot ended: see its log"
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as line:
                if line.recv(4) == b"* OK":
                    return
        except OSError:
            pass
        patience.wait(0.05)
    raise AssertionError("dovecot does not answer")


def _dovecot_config(place: Path, port: int, prefix: str, owner: pwd.struct_passwd) -> str:
    """Write a whole Dovecot: Maildir for each address, no TLS, no root, SPECIAL-USE for Sent."""
    group = grp.getgrgid(owner.pw_gid).gr_name
    return f"""
protocols = imap
base_dir = {place}/run
state_dir = {place}/state
log_path = {place}/dovecot.log
default_internal_user = {owner.pw_name}
default_internal_group = {group}
default_login_user = {owner.pw_name}
first_valid_uid = 0
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:{place}/mail/%u
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password={OFFICE.password}
}}
userdb {{
  driver = static
  args = uid={owner.pw_uid} gid={owner.pw_gid} home={place}/home/%u
}}
namespace inbox {{
  inbox = yes
  prefix = {prefix}
  separator = {"." if prefix else "/"}
  mailbox Terkirim {{
    auto = create
    special_use = \\Sent
  }}
}}
"""

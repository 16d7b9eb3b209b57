"""The office's mail over real servers: IMAP in, SMTP out, and what the fakes tell of both."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self

from automation.model import Security
from automation.outbox.smtp import SmtpAccount, SmtpOutbound
from automation.sandbox.mail import Account, Post
from tests.contract.inboxes import OFFICE, TIMEOUT, Dovecot, Loop, ServedMailroom, account_of
from tests.world import ADDRESSES

_WRITERS = 40
"""Citizens who may write in one storm: `w1@warga.example` and so on."""


class PostInbox:
    """The port `Inbox` over IMAP, in which mail arrives as in the fake."""

    def __init__(self, room: ServedMailroom) -> None:
        self._room = room

    def arrive(self, content: bytes, received: datetime) -> None:
        """Let a mail arrive in the INBOX."""
        self._room.put(content, since=received)

    def cut(self) -> None:
        """Break the worker's connection."""
        self._room.cut()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - stands in for the port
        return getattr(self._room.inbox, name)


class PostOutbound:
    """The port `Outbound` over SMTP; `sent` is what lies in everybody's mailbox."""

    def __init__(self, post: Post, loop: Loop) -> None:
        self._post, self._loop = post, loop
        account = SmtpAccount(
            "127.0.0.1", post.smtp_port, OFFICE.address, OFFICE.password, Security.PLAIN
        )
        self._way = SmtpOutbound(account, TIMEOUT)

    def __enter__(self) -> Self:
        self._way.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._way.__exit__(*exc)

    def send(self, message: EmailMessage) -> str:
        """Hand it over."""
        return self._way.send(message)

    def put_off(self) -> None:
        """Let the next letter be put off."""
        self._post.faults.data.append("452 4.3.1 full")

    def recover(self) -> None:
        """Let every letter leave."""
        self._post.faults.data.clear()

    @property
    def sent(self) -> list[EmailMessage]:
        """Read all mailboxes but the office's own."""
        boxes = (a for a in self._post.accounts if a != OFFICE.address)
        kept = [mail for box in boxes for mail in self._loop.run(self._post.boxes.mails(box))]
        return [message_from_bytes(mail.content, policy=policy.default) for mail in kept]


@contextmanager
def postroom(dovecot: Dovecot | None, owner: str) -> Iterator[tuple[PostInbox, PostOutbound]]:
    """Give mailbox and way out of an office; with `dovecot` the mailbox is `owner`'s there."""
    people = [*ADDRESSES.values(), *(f"w{n}@warga.example" for n in range(_WRITERS))]
    post = Post([OFFICE, *(Account(address, OFFICE.password) for address in people)])
    with ExitStack() as stack:
        loop = Loop()
        stack.callback(loop.close)
        loop.run(post.start())
        stack.callback(lambda: loop.run(post.stop()))
        if dovecot is None:
            account = account_of(post.imap_port, OFFICE.address)
            room = ServedMailroom(account, lambda: loop.run(post.cut_imap()))
            stack.callback(room.inbox.close)
        else:
            room = stack.enter_context(dovecot.mailroom(owner))
        yield PostInbox(room), PostOutbound(post, loop)

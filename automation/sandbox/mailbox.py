"""The mailboxes of the town: folders and mails in memory, kept in a directory between two runs."""

import hashlib
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from pymap.backend.dict.mailbox import MailboxData, MailboxSet, Message
from pymap.mime import MessageContent
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import FetchRequirement, ObjectId
from pymap.parsing.specials.flag import Flag, Wildcard

from automation.sandbox.files import write_whole

INBOX = "INBOX"
ELSEWHERE = "_elsewhere"
"""The mailbox in which all post to other towns ends; nobody can log in to it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One mail in a folder, as any IMAP client of its owner would see it."""

    uid: int
    flags: tuple[str, ...]
    received: datetime  # INTERNALDATE
    content: bytes = field(repr=False)


class _Box(MailboxData):
    """A folder in which keywords last: pymap's own drops every flag but the system's."""

    @property
    def permanent_flags(self) -> frozenset[Flag]:
        """Say by the wildcard that a client may make keywords (RFC 3501 7.1, PERMANENTFLAGS)."""
        return super().permanent_flags | {Wildcard}


class _Boxes(MailboxSet):
    """The folders of one address, each of them a `_Box`."""

    def __init__(self) -> None:
        super().__init__()
        self._inbox = _Box(self._content_cache, self._thread_cache)

    async def add_mailbox(self, name: str) -> ObjectId:
        """Create a folder. Raises ValueError when it is there already."""
        if name in self._set:
            raise ValueError(name)
        self._set[name] = box = _Box(self._content_cache, self._thread_cache)
        return box.mailbox_id


class Mailboxes:
    """Every mailbox by address. With a directory, `save` and `load` bring them over a restart.

    A mail lies there once as `<sha256>.eml`, whatever the number of folders it is in; `index.json`
    says which folder holds what. UIDs and UIDVALIDITY are new after each `load`.
    """

    def __init__(self, addresses: Iterable[str], directory: Path | None = None) -> None:
        self.sets: Mapping[str, MailboxSet] = {
            address.lower(): _Boxes() for address in (*addresses, ELSEWHERE)
        }
        self._directory = directory
        self._names: WeakKeyDictionary[MessageContent, str] = WeakKeyDictionary()
        self._index = b""

    async def deliver(
        self,
        address: str,
        content: bytes,
        received: datetime,
        *,
        folder: str = INBOX,
        flags: Iterable[str] = (),
    ) -> None:
        """Put a mail into a folder, made when it is missing. Raises KeyError: no such address."""
        box = await self._box(address, folder)
        await box.append(
            AppendMessage(content, received, frozenset(Flag(flag) for flag in flags)),
            recent=True,
        )

    async def make_folder(self, address: str, folder: str) -> None:
        """See to it that the folder is there. Raises KeyError: no such address."""
        await self._box(address, folder)

    async def folders(self, address: str) -> tuple[str, ...]:
        """Name the folders of an address, INBOX first. Raises KeyError: no such address."""
        tree = await self.sets[address.lower()].list_mailboxes()
        return tuple(entry.name for entry in tree.list() if entry.exists)

    async def mails(self, address: str, folder: str = INBOX) -> tuple[Kept, ...]:
        """Give the mails of a folder by growing UID. Raises KeyError: no such folder."""
        box = await self.sets[address.lower()].get_mailbox(folder)
        return tuple([_kept(mail, content) async for mail, content in _contents(box)])

    async def load(self) -> None:
        """Bring back what `save` wrote; a directory without an index is an empty town."""
        if self._directory is None or not (self._directory / "index.json").exists():
            return
        index = json.loads((self._directory / "index.json").read_bytes())
        for address, folders in index.items():
            for folder, mails in folders.items():
                await self._refill(address, folder, mails)

    async def save(self) -> None:
        """Write what changed since the last time: new mails first, then the index, then sweep."""
        if self._directory is None:
            return
        index: dict[str, dict[str, list[dict[str, Any]]]] = {}
        for address in self.sets:
            index[address] = {
                folder: await self._entries(self._directory, address, folder)
                for folder in await self.folders(address)
            }
        text = json.dumps(index, indent=1).encode()
        if text != self._index:
            write_whole(self._directory / "index.json", text)
            self._index = text
            self._sweep(self._directory, set(self._names.values()))

    async def _box(self, address: str, folder: str) -> MailboxData:
        boxes = self.sets[address.lower()]
        if folder.upper() != INBOX and folder not in await self.folders(address):
            await boxes.add_mailbox(folder)
        return await boxes.get_mailbox(folder)

    async def _refill(self, address: str, folder: str, mails: list[dict[str, Any]]) -> None:
        if self._directory is None or address not in self.sets:
            return  # nobody of that address lives here any more
        await self.make_folder(address, folder)
        for mail in mails:
            content = (self._directory / mail["file"]).read_bytes()
            received = datetime.fromisoformat(mail["received"])
            await self.deliver(address, content, received, folder=folder, flags=mail["flags"])

    async def _entries(self, directory: Path, address: str, folder: str) -> list[dict[str, Any]]:
        box = await self.sets[address].get_mailbox(folder)
        return [
            {
                "file": self._filed(directory, content),
                "received": mail.internal_date.isoformat(),
                "flags": _flags(mail),
            }
            async for mail, content in _contents(box)
        ]

    def _filed(self, directory: Path, content: MessageContent) -> str:
        if content not in self._names:
            raw = bytes(content)
            name = f"{hashlib.sha256(raw).hexdigest()}.eml"
            if not (directory / name).exists():
                write_whole(directory / name, raw, durable=False)
            self._names[content] = name
        return self._names[content]

    def _sweep(self, directory: Path, named: set[str]) -> None:
        for path in directory.glob("*.eml"):
            if path.name not in named:
                path.unlink()


async def _contents(box: MailboxData) -> AsyncIterator[tuple[Message, MessageContent]]:
    async for mail in box.messages():
        yield mail, (await mail.load_content(FetchRequirement.CONTENT)).content


def _kept(mail: Message, content: MessageContent) -> Kept:
    return Kept(mail.uid, tuple(_flags(mail)), mail.internal_date, bytes(content))


def _flags(mail: Message) -> list[str]:
    return sorted(str(flag) for flag in mail.permanent_flags)

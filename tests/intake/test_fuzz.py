"""Mails built and broken by chance: nothing raises, nothing unclean comes out, no word is lost."""

import base64
import quopri
import random
from dataclasses import dataclass
from typing import Final
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation.intake.message import read
from automation.model import InboundMail
from tests.intake import fuzz
from tests.intake.cleanness import RECEIVED, read_or_refused

DAMAGED: Final = 2_000
"""Damaged mails in the gate; `make fuzz` reads them for ten minutes."""


@pytest.mark.parametrize("part", range(4))
def test_a_damaged_mail_breaks_nothing(part: int) -> None:
    """One mail that raises keeps every complaint behind it from being seen."""
    chance, corpus = random.Random(part), fuzz.mails()
    found = [
        (content, fault)
        for content in (fuzz.damaged(chance, corpus) for _ in range(DAMAGED // 4))
        if (fault := fuzz.fault_of(content))
    ]

    assert [] == found


# --- trees --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Leaf:
    """A text or a file, with a word in it that is found again."""

    word: str
    type: str
    encoding: str
    disposition: str

    def written(self) -> bytes:
        """Write it as a part."""
        said = f"<p>{self.word} café</p>" if self.type == "text/html" else f"{self.word} café"
        content = said.encode()
        if self.encoding == "base64":
            content = base64.encodebytes(content)
        elif self.encoding == "quoted-printable":
            content = quopri.encodestring(content)
        charset = "; charset=utf-8" if self.type.startswith("text/") else ""
        return (
            f"Content-Type: {self.type}{charset}\r\n{self.disposition}"
            f"Content-Transfer-Encoding: {self.encoding}\r\n\r\n"
        ).encode() + content


@dataclass(frozen=True, slots=True)
class Branch:
    """A multipart; of an alternative one part is shown."""

    kind: str
    children: "list[Leaf | Branch]"
    ended: bool

    def written(self) -> bytes:
        """Write it as a part; the boundary is like no other's."""
        inner = [child.written() for child in self.children]
        mark = f"=_{crc32(b''.join(inner))}-{len(inner)}"
        parts = b"".join(b"--%b\r\n%b\r\n" % (mark.encode(), part) for part in inner)
        end = f"--{mark}--\r\n".encode() if self.ended else b""
        return f'Content-Type: multipart/{self.kind}; boundary="{mark}"\r\n\r\n'.encode() + (
            parts + end
        )


LEAVES: Final = st.builds(
    Leaf,
    word=st.integers(0, 10**9).map("lubang{}x".format),
    type=st.sampled_from(["text/plain", "text/html", "application/x-surat", "text/x-catatan"]),
    encoding=st.sampled_from(["8bit", "base64", "quoted-printable"]),
    disposition=st.sampled_from(
        [
            "",
            "Content-Disposition: inline\r\n",
            "Content-Disposition: attachment\r\n",
            'Content-Disposition: attachment; filename="../surat.txt"\r\n',
        ]
    ),
)
TREES: Final = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        Branch,
        kind=st.sampled_from(["mixed", "related", "alternative", "signed", "x-lain"]),
        children=st.lists(inner, min_size=1, max_size=4),
        ended=st.booleans(),
    ),
    max_leaves=12,
)
HEAD: Final = b"From: wayan@warga.example\r\nSubject: jalan\r\nMIME-Version: 1.0\r\n"


def shown(mail: InboundMail) -> str:
    """Give everything that a person can open of a mail."""
    files = (attachment.content.decode() for attachment in mail.attachments)
    return "\n".join((mail.text, *files))


def lost(tree: Leaf | Branch, seen: str) -> list[str]:
    """Give the words of a tree that nobody sees; of an alternative one is enough."""
    if isinstance(tree, Leaf):
        return [] if tree.word in seen else [tree.word]
    found = [lost(child, seen) for child in tree.children]
    if tree.kind == "alternative":
        return min(found, key=len)
    return [word for words in found for word in words]


@settings(max_examples=200)
@given(TREES)
def test_of_a_mail_of_any_shape_no_word_is_lost(tree: Leaf | Branch) -> None:
    """The complaint may stand in any part that a program ever wrote."""
    mail = read(HEAD + tree.written(), RECEIVED)

    assert [] == lost(tree, shown(mail))
    assert "caf\u00e9" in shown(mail)


@settings(max_examples=200)
@given(TREES, st.data())
def test_a_tree_cut_or_stirred_anywhere_is_read(tree: Leaf | Branch, data: st.DataObject) -> None:
    """Connections break, and gateways rewrite what they do not understand."""
    content = HEAD + tree.written()
    at = data.draw(st.integers(0, len(content)))
    junk = data.draw(st.binary(max_size=12))

    assert [] == read_or_refused(content[:at] + junk)
    assert [] == read_or_refused(content[:at] + junk + content[at + len(junk) :])

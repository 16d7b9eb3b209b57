"""Files of a mail: names that are safe everywhere, types that do not believe the sender."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.intake.attachments import File, Kept, attachments, safe_name, type_of
from automation.intake.mime import dissect
from automation.model import Attachment

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("written", "safe"),
    [
        ("foto.jpg", "foto.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\surat\\x.pdf", "x.pdf"),
        (".ssh", "ssh"),
        ("foto\u202egpj.exe", "fotogpj.exe"),
        ("a\u200b\u00adb.txt", "ab.txt"),
        ("a\r\nb\0.txt", "a b.txt"),
        ('a:b*"<c>|?.txt', "a_b___c___.txt"),
        ("con.txt", "_con.txt"),
        ("=1+1.jpg", "=1+1.jpg"),
        ("titik. ", "titik"),
        ("", "lampiran"),
        ("..", "lampiran"),
        ("/", "lampiran"),
    ],
)
def test_a_name_hurts_no_disk_and_no_cell(written: str, safe: str) -> None:
    """The name is the sender's choice; it must not choose a folder or disguise a program."""
    assert safe == safe_name(written)


def test_a_long_name_keeps_its_ending() -> None:
    """Without it nobody's computer opens the file."""
    name = safe_name("\u9555" * 500 + ".jpeg")

    assert name.endswith("\u9555.jpeg")
    assert len(name.encode()) <= 200


@given(st.text())
def test_any_name_is_safe(written: str) -> None:
    """Nobody can think of every trick."""
    name = safe_name(written)

    assert name == name.strip(" ")
    assert re.fullmatch(r'[^./\\<>:"|?*\x00-\x1f][^/\\<>:"|?*\x00-\x1f]*', name)
    assert 0 < len(name) <= 120


@pytest.mark.parametrize(
    ("content", "declared", "name", "told"),
    [
        (b"%PDF-1.7", "application/octet-stream", "x", "application/pdf"),
        (b"\xff\xd8\xff\xe0", "image/png", "x.png", "image/jpeg"),
        (b"\0\0\0\x18ftypheic", "application/octet-stream", "x", "image/heic"),
        (b"\0\0\0\x18ftyp3gp4", "video/mp4", "x", "video/3gpp"),
        (b"RIFF1234WEBP", "image/jpeg", "x.jpg", "image/webp"),
        (b"MZ\x90\0", "image/jpeg", "x.jpg", "application/x-msdownload"),
        (b"MZ adalah singkatan", "text/plain", "x.txt", "text/plain"),
        (b"PK\x03\x04..word/document.xml", "application/zip", "x.jpg", DOCX),
        (b"PK\x03\x04..AndroidManifest.xml", DOCX, "x.docx", None),
        (b"PK\x03\x04..", "image/jpeg", "x.jpg", "application/zip"),
        (b"PK\x03\x04..", "x/y", "x.odt", "application/vnd.oasis.opendocument.text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "x/y", "x.doc", "application/msword"),
        (b"<html><script>", "image/jpeg", "x.jpg", "text/html"),
        (b"?", "application/octet-stream", "rekaman.M4A", "audio/mp4"),
        (b"?", "audio/amr", "x", "audio/amr"),
        (b"%PDF-", "message/delivery-status", "x", "message/delivery-status"),
    ],
)
def test_a_type_is_told_by_what_is_inside(
    content: bytes, declared: str, name: str, told: str | None
) -> None:
    """A program that calls itself a photo is a program."""
    apk = "application/vnd.android.package-archive"

    assert type_of(content, declared, name) == (told or apk)


def files(*parts: bytes, has_text: bool = True) -> tuple[Attachment, ...]:
    """Give the files of a mail with these parts."""
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\n\n"
        + b"".join(b"--b\n" + p for p in parts)
        + b"--b--"
    )
    return attachments(raw, dissect(raw).parts, has_text=has_text).files


def picture(size: int, how: bytes = b"inline", name: bytes = b"a.png") -> bytes:
    """Give a part with a picture."""
    header = b"Content-Type: image/png; name=%b\nContent-Disposition: %b\n\n" % (name, how)
    return header + PNG + b"x" * (size - len(PNG)) + b"\n"


def test_a_logo_is_no_attachment_and_a_photo_is_one() -> None:
    """Ten logos in the column hide the one photo of the damage."""
    found = files(picture(9_999), picture(10_000), picture(900, how=b"attachment"))

    assert [(10_000, True), (900, False)] == [(a.size, a.inline) for a in found]


def test_beside_no_text_even_a_small_picture_counts() -> None:
    """It is all that the citizen sent."""
    assert 1 == len(files(picture(900), has_text=False))


def test_names_are_unique_in_a_mail_whatever_their_case() -> None:
    """On many disks the second file would replace the first."""
    found = files(*(picture(20_000, name=name) for name in (b"a.png", b"A.png", b"a.png")))

    assert ["a.png", "A (2).png", "a (3).png"] == [a.name for a in found]


def test_a_nameless_file_is_named_by_what_it_is() -> None:
    """`lampiran-1.pdf` can be opened; a file without a name cannot even be spoken of."""
    found = files(b"Content-Type: application/octet-stream\n\n%PDF-1.7\n")

    assert ["lampiran-1.pdf"] == [a.name for a in found]


def test_what_is_too_much_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A citizen whose photos were not kept must hear of it, and send them again."""
    few, many = b"x" * 100, b"x" * 101
    monkeypatch.setattr("automation.intake.attachments.MAX_BYTES", 250)

    assert [Kept((), whole=True)] == [attachments(b"", (), has_text=True)]
    assert attachments(b"", (), has_text=True, loose=[_file(few), _file(few)]).whole
    assert not attachments(b"", (), has_text=True, loose=[_file(many)] * 3).whole
    assert not attachments(b"", (), has_text=True, loose=[_file(b"")] * 101).whole


def _file(content: bytes) -> File:
    return File("a.txt", "text/plain", content)


def test_a_seal_is_no_attachment() -> None:
    """`smime.p7s` tells an official nothing."""
    assert () == files(b"Content-Type: application/pkcs7-signature; name=smime.p7s\n\nx\n")

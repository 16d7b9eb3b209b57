"""Charsets: what a citizen wrote is read as written, and nothing unsafe comes out."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.intake.charsets import clean, decoded, one_line

SENTENCE = "Mohon bantuan \u2013 kata \u201cpetugas\u201d besok, dari kafé Frösche di Pekutatan"


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("iso-8859-1", "cp1252"),
        ("US-ASCII", "cp1252"),
        ('"Latin1"', "cp1252"),
        ("utf-8", "utf-8"),
        ("UTF8MB4", "utf-8"),
        ("utf-16", "utf-16"),
        ("cp1257-tidak-ada", "cp1252"),
    ],
)
def test_text_is_read_as_the_web_reads_its_label(declared: str, codec: str) -> None:
    """Programs label Windows text as Latin-1; taken at their word, quotes become controls."""
    text = SENTENCE if codec != "cp1252" else SENTENCE.replace("\u2013", "-")

    assert text == decoded(text.encode(codec), declared)


@pytest.mark.parametrize(
    ("declared", "codec", "text"),
    [
        ("gb2312", "gb18030", "\u9555\u8bc9"),
        ("ks_c_5601-1987", "cp949", "\ub620\ubc29\uac01\ud558"),
        ("shift_jis", "cp932", "\u2460\u9ad9"),
    ],
)
def test_east_asian_labels_mean_their_supersets(declared: str, codec: str, text: str) -> None:
    """Signs that only the superset has would come out as garbage."""
    assert text == decoded(text.encode(codec), declared)


def test_a_false_label_is_found_out() -> None:
    """UTF-8 text labelled as ASCII is the commonest fault of all."""
    assert SENTENCE == decoded(SENTENCE.encode(), "us-ascii")
    assert "Frösche" == decoded("Frösche".encode("latin-1"), "utf-8")


def test_undeclared_russian_is_guessed() -> None:
    """Windows-1252 is the last resort, not the first."""
    text = "Здравствуйте, дорога в деревне разбита, просим помочь"

    assert text == decoded(text.encode("koi8-r"))


def test_without_a_guess_the_last_resort_is_taken_at_once() -> None:
    """A header may hold thousands of odd values, and a guess takes a millisecond."""
    assert "ðÒÉ\u00d7ÅÔ" == decoded("Привет".encode("koi8-r"), guess=False)


def test_one_broken_character_does_not_make_utf_8_something_else() -> None:
    """A text cut in the middle of a character would come out as garbage from end to end."""
    assert "é\u2013ü\ufffd" == decoded("é\u2013ü".encode() + b"\xe2\x80")


@pytest.mark.parametrize("label", ["idna", "punycode", "unicode_escape", "zlib", "x" * 5000, "\0"])
def test_a_label_that_is_no_charset_is_no_charset(label: str) -> None:
    """Python knows codecs that raise, take quadratic time or unpack what is not text."""
    assert "b\\u0041é" == decoded("b\\u0041é".encode(), label)


def test_nothing_is_lost_that_can_be_kept() -> None:
    """The bytes of a citizen's words must not vanish where a decoder does not know them."""
    assert "Fr\xf6sche" == decoded(b"Fr\xf6sche")
    assert "a\ufffdb" == decoded(b"a\x81b", "latin1")


# --- clean --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb\rc\nd\u2028e\x85f\x0bg", "a\nb\nc\nd\ne\nf\ng"),
        ("a\x00b\x07c\x1b[31md\x7f", "abc[31md"),
        ("a\ud800b\ufeffc\uffff", "abc"),
        ("e\u0301", "é"),
        ("satu\tdua", "satu\tdua"),
    ],
)
def test_clean_text_has_line_feeds_and_tabs_alone(text: str, expected: str) -> None:
    """A control character breaks a cell, a letter or a terminal."""
    assert expected == clean(text)


def test_a_heap_of_marks_on_a_letter_is_cut() -> None:
    """Sorting them takes quadratic time, and no cell can show them."""
    assert len(clean("a" + "\u0301\u0327" * 100_000)) < 40


def test_a_line_stays_a_line_and_keeps_its_direction() -> None:
    """A subject with a line break injects a header; a turned name hides an ending."""
    assert "a b cgpj.exe" == one_line(" a\r\n b\u2003c\u202egpj.exe ")


def test_a_line_is_bounded() -> None:
    """A subject of a megabyte fits no cell."""
    assert "xx" == one_line("x" * 1000, limit=2)


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    """What is clean stays as it is, or two stations would see two texts."""
    assert clean(text) == clean(clean(text))
    assert unicodedata.is_normalized("NFC", one_line(text))


@given(st.binary(), st.sampled_from(["", "utf-8", "latin1", "utf-7", "gb2312", "hz", "utf-16"]))
def test_any_bytes_become_text(data: bytes, declared: str) -> None:
    """An exception here would make the mail unreadable as a whole."""
    assert clean(decoded(data, declared)).isascii() in {True, False}

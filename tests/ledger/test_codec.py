"""How nouns become text: what must never get lost between two versions of the program."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.ledger.codec import Codec, iso, moment, storable
from automation.model import Event, Letter, LetterCode, MailRecord, Role


@dataclass(frozen=True)
class _Unknown:
    """A noun with a field of a kind that the ledger does not know."""

    at: complex


NOW: Final = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
EVENT: Final = Event(NOW, "PKT-2026-0001", Role.SISTEM, "dicatat")


def test_a_default_is_left_out() -> None:
    """Ten thousand cases are read in each pass; what is not written need not be read."""
    text = Codec(Event, UTC, apart=("id",)).text(EVENT)

    assert text == (
        '{"at":"2026-11-24T08:12:00+00:00","number":"PKT-2026-0001","by":"sistem","kind":"dicatat"}'
    )


def test_text_of_an_older_program_is_read() -> None:
    """A field that the model gained since has its default."""
    old = '{"key": "k", "code": "T10", "number": "", "to": "pelapor"}'

    assert Codec(Letter, UTC).read(old) == Letter("k", LetterCode.T10, "", Role.PELAPOR)


def test_what_is_kept_apart_is_handed_over() -> None:
    """The letter's fate lives in its own column; a copy in the text would grow stale."""
    codec = Codec(Event, UTC, apart=("id",))

    assert codec.read(codec.text(EVENT), id=7).id == 7


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"at": 1}', '{"at": "x"}', '{"unknown": 1}'])
def test_text_that_is_no_noun_is_refused(text: str) -> None:
    """A damaged record must not become half an event."""
    with pytest.raises((ValueError, TypeError)):
        Codec(Event, UTC).read(text)


def test_a_field_that_cannot_be_written_is_noticed_at_once() -> None:
    """A new kind of field in the model must fail when the program starts, not when a mail comes."""
    with pytest.raises(KeyError):
        Codec(_Unknown, UTC)


def test_a_time_without_zone_is_refused() -> None:
    """Nobody could say later which clock it was."""
    with pytest.raises(ValueError, match="without zone"):
        iso(NOW.replace(tzinfo=None))


def test_a_time_keeps_its_microseconds() -> None:
    """Two events in one second keep their order."""
    assert moment(iso(NOW.replace(microsecond=1)), UTC).microsecond == 1


@given(st.text())
def test_text_for_the_file_is_always_utf_8(text: str) -> None:
    """SQLite refuses half characters, and a hostile header may hold some."""
    assert storable(text).encode().decode() == storable(text)


def test_half_characters_in_a_record_survive() -> None:
    """The archive has the raw mail; the ledger must at least not stumble over it."""
    codec = Codec(MailRecord, UTC)
    text = '{"key":"k","message_id":"<\\ud83d>","verdict":"held","reason":"","number":"","raw":"",'
    record = codec.read(text + '"received":"2026-11-24T08:12:00+00:00"}')

    assert codec.read(codec.text(record)).message_id == "<\ud83d>"
    assert storable(record.message_id) == "<\\ud83d>"

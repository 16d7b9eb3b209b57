"""The corpus: mails as broken, odd and hostile as they come, each beside what `explain` tells."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from automation.intake.explain import Addresses, explain_file
from automation.model import Verdict
from tests.intake.cleanness import UNCLEAN, strings
from tests.intake.mails import OFFICE, PETUGAS

CORPUS: Final = Path(__file__).with_name("corpus")
NAMES: Final = sorted(path.stem for path in CORPUS.glob("*.eml"))
WHO: Final = Addresses.of(
    [OFFICE, "pengaduan@contoh.example"],
    [PETUGAS, "petugas@contoh.example", "camat@contoh.example"],
)


def told(name: str) -> dict[str, Any]:
    """Give what `pengaduan explain` tells of a mail, but for the name of the file."""
    fact = explain_file(name, (CORPUS / f"{name}.eml").read_bytes(), WHO)
    del fact["file"]
    return fact


@pytest.mark.parametrize("name", NAMES)
def test_a_mail_is_told_as_a_person_would_read_it(name: str) -> None:
    """Real programs write such mails; read wrongly, a complaint is garbled, lost or misjudged."""
    fact = told(name)

    assert json.loads((CORPUS / f"{name}.json").read_text(encoding="utf-8")) == fact
    assert [text for text in strings(fact) if UNCLEAN.search(text)] == []


def test_the_corpus_is_wide() -> None:
    """Less of it, or one verdict without a mail, and a rule could change unseen."""
    verdicts = {told(name)["verdict"] for name in NAMES}

    assert len(NAMES) >= 260
    assert (
        set(Verdict) - {Verdict.DUPLICATE} == verdicts
    )  # what was seen before only a ledger knows


def test_each_mail_has_its_expectation_and_each_expectation_its_mail() -> None:
    """An expectation whose mail was renamed is checked by nobody."""
    assert sorted(path.stem for path in CORPUS.glob("*.json")) == NAMES

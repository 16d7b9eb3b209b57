"""Each rule beside its near misses, and before those that would speak behind it."""

from typing import Final

import pytest

from automation.intake.classify import RULES, classify
from automation.intake.facts import Facts
from automation.intake.machines import LOOP_HEADER
from automation.model import InboundMail
from tests.intake.mails import (
    ACK,
    CASE,
    KNOWN,
    OFFICE,
    PETUGAS,
    REFUSED,
    SERVER,
    THREADED,
    WAYAN,
    attachment,
    facts,
    mail,
    reply,
)

STRANGER: Final = "ormas.x@lain.example"
REPORT: Final = ("multipart/report", "text/plain", "message/delivery-status")
DELAYED: Final = attachment("s", "message/delivery-status", b"Action: delayed\r\n")
FAILED: Final = "Undelivered Mail Returned to Sender"
AUTOMATIC: Final = "Balasan otomatis: laporan"

Speech = tuple[InboundMail, Facts, str]

NEAR: Final[dict[str, list[Speech]]] = {
    "own": [
        (mail({LOOP_HEADER: "kec-mendoyo.example"}), KNOWN, "autoresponder"),
        (mail(message_id=ACK.replace("kec-pekutatan", "kec-mendoyo")), KNOWN, "complaint"),
        (mail(message_id="<1@kec-pekutatan.example>"), KNOWN, "complaint"),
    ],
    "office": [
        (mail(from_address=OFFICE, reply_to=STRANGER), KNOWN, "impostor"),
        (mail(from_address=f"x{OFFICE}"), KNOWN, "complaint"),
    ],
    "duplicate": [(mail(), facts(duplicate=False), "complaint")],
    "delay": [
        (mail(parts=REPORT, subject="Delay", text="Action: failed"), KNOWN, "bounce"),
        (mail(subject="Proyek jalan tertunda lagi"), KNOWN, "complaint"),
    ],
    "bounce": [
        (mail(subject=FAILED), KNOWN, "machine_subject"),
        (mail(parts=("multipart/mixed", "message/rfc822")), KNOWN, "complaint"),
        (mail(from_address="mailer-daemon-fan@warga.example"), KNOWN, "complaint"),
    ],
    "blocked": [
        (mail(), facts(blocked=frozenset({f"x{WAYAN}"})), "complaint"),
        (mail(), facts(blocked=frozenset({"@arga.example"})), "complaint"),
    ],
    "auto_submitted": [(mail({"auto-submitted": "no"}), KNOWN, "complaint")],
    "autoresponder": [
        (mail({"x-autoreply": "no"}), KNOWN, "complaint"),
        (mail({"x-loop": "wayan@warga.example"}), KNOWN, "complaint"),
    ],
    "report": [(mail(parts=("multipart/mixed", "text/plain")), KNOWN, "complaint")],
    "null_sender": [
        (mail({"return-path": ""}), KNOWN, "complaint"),
        (mail({"return-path": "<wayan@warga.example>"}), KNOWN, "complaint"),
    ],
    "vacation": [
        (mail(subject=AUTOMATIC), KNOWN, "machine_subject"),
        (mail({"precedence": "bulk"}), KNOWN, "bulk"),
    ],
    "bulk": [
        (mail({"precedence": "first-class"}), KNOWN, "complaint"),
        (mail({"list-id": "<pengaduan.kec-pekutatan.example>"}), KNOWN, "complaint"),
        (mail({"x-list": "warga"}), KNOWN, "complaint"),
    ],
    "suppressed": [(mail({"x-auto-response-suppress": "DR, RN"}), KNOWN, "complaint")],
    "no_reply": [(mail(from_address="noreplyanto@warga.example"), KNOWN, "complaint")],
    "machine_subject": [
        (mail(subject="Sedang cuti semua petugasnya"), KNOWN, "complaint"),
        (mail(subject="Gagal mengirim laporan"), KNOWN, "complaint"),
    ],
    "forged": [
        (mail({"authentication-results": f"{SERVER}; dmarc=fail (p=NONE)"}), KNOWN, "complaint"),
        (mail(REFUSED), facts(authserv_id="mx.lain.example"), "complaint"),
        (mail(REFUSED), facts(authserv_id=""), "complaint"),
    ],
    "colleague": [
        (mail(from_address=PETUGAS), KNOWN, "staff"),
        (reply("foto", from_address=PETUGAS), facts(CASE, PETUGAS), "follow_up"),
    ],
    "robot": [
        (mail(own_text="nomor tiket 88213"), KNOWN, "complaint"),
        (reply("tiket parkir saya hilang"), THREADED, "follow_up"),
    ],
    "status_query": [
        (reply("Mohon STATUS"), THREADED, "follow_up"),
        (reply("STATUS", from_address=STRANGER), THREADED, "follow_up"),
        (mail(own_text="STATUS"), KNOWN, "complaint"),
    ],
    "rating": [
        (reply("4 hari air mati"), THREADED, "follow_up"),
        (reply("5"), THREADED, "follow_up"),
        (mail(own_text="4"), KNOWN, "complaint"),
    ],
    "confidential_request": [
        (reply("tolong rahasiakan"), THREADED, "follow_up"),
        (mail(own_text="RAHASIA"), KNOWN, "complaint"),
    ],
    "follow_up": [
        (reply("foto", in_reply_to=(), from_address=STRANGER), KNOWN, "foreign_number"),
        (mail(in_reply_to=("<0@warga.example>",)), KNOWN, "complaint"),
    ],
    "foreign_number": [
        (mail(subject="PKT tahun 2026", from_address=STRANGER), KNOWN, "complaint"),
        (mail(text=CASE, own_text=CASE), KNOWN, "complaint"),
    ],
    "staff": [(mail(from_address="petugas@warga.example"), KNOWN, "complaint")],
    "nobody": [(mail(from_address="w@x"), KNOWN, "complaint")],
    "impostor": [(mail(from_name="Bapak Camat Pekutatan"), KNOWN, "complaint")],
    "only_copied": [
        (mail(to=(OFFICE,), cc=("x@y.example",)), KNOWN, "complaint"),
        (mail(to=("x@y.example",)), KNOWN, "complaint"),
    ],
    "invitation": [(mail(subject="Saya tidak dapat undangan"), KNOWN, "complaint")],
    "program": [
        (mail(attachments=(attachment("exe"),)), KNOWN, "complaint"),
        (mail(attachments=(attachment("surat.docx"),)), KNOWN, "complaint"),
    ],
}

BEFORE: Final[dict[str, Speech]] = {
    "own": (mail({LOOP_HEADER: "kec-pekutatan.example"}, from_address=OFFICE), KNOWN, "office"),
    "office": (mail(from_address=OFFICE), facts(duplicate=True), "duplicate"),
    "duplicate": (mail(parts=REPORT), facts(duplicate=True), "bounce"),
    "delay": (mail(parts=REPORT, attachments=(DELAYED,)), KNOWN, "bounce"),
    "bounce": (mail({"auto-submitted": "auto-replied"}, parts=REPORT), KNOWN, "auto_submitted"),
    "blocked": (
        mail({"auto-submitted": "auto-replied"}),
        facts(blocked=frozenset({WAYAN})),
        "auto_submitted",
    ),
    "auto_submitted": (
        mail({"auto-submitted": "auto-replied", "x-autoreply": "yes"}),
        KNOWN,
        "autoresponder",
    ),
    "autoresponder": (
        mail({"x-autoreply": "yes"}, parts=("multipart/report",)),
        KNOWN,
        "report",
    ),
    "report": (mail({"return-path": "<>"}, parts=("multipart/report",)), KNOWN, "null_sender"),
    "null_sender": (mail({"return-path": "<>", "precedence": "bulk"}), KNOWN, "bulk"),
    "vacation": (mail({"precedence": "bulk"}, subject=AUTOMATIC), KNOWN, "bulk"),
    "bulk": (mail({"list-id": "<x>", "x-auto-response-suppress": "All"}), KNOWN, "suppressed"),
    "suppressed": (
        mail({"x-auto-response-suppress": "All"}, from_address="noreply@x.example"),
        KNOWN,
        "no_reply",
    ),
    "no_reply": (mail(from_address="noreply@x.example", subject=CASE), KNOWN, "foreign_number"),
    "machine_subject": (mail(REFUSED, subject=FAILED), KNOWN, "forged"),
    "forged": (reply("STATUS", headers=REFUSED), THREADED, "follow_up"),
    "colleague": (reply("nomor tiket 7", from_address=PETUGAS), THREADED, "robot"),
    "robot": (reply("STATUS nomor tiket 7"), THREADED, "status_query"),
    "status_query": (reply("STATUS"), THREADED, "follow_up"),
    "rating": (reply("4"), THREADED, "follow_up"),
    "confidential_request": (reply("RAHASIA"), THREADED, "follow_up"),
    "follow_up": (reply("foto", from_address=PETUGAS), facts(CASE, PETUGAS), "staff"),
    "foreign_number": (mail(subject=CASE, from_address=PETUGAS), KNOWN, "staff"),
    "staff": (mail(from_address=PETUGAS, subject="Undangan"), KNOWN, "invitation"),
    "nobody": (mail(from_address="", to=("x@y.example",), cc=(OFFICE,)), KNOWN, "only_copied"),
    "impostor": (mail(from_name=PETUGAS, subject="Undangan"), KNOWN, "invitation"),
    "only_copied": (
        mail(to=("x@y.example",), cc=(OFFICE,), subject="Undangan"),
        KNOWN,
        "invitation",
    ),
    "invitation": (mail(subject="Undangan", attachments=(attachment("a.apk"),)), KNOWN, "program"),
    "program": (mail(attachments=(attachment("a.apk"),)), KNOWN, "complaint"),
}


def rule(name: str) -> int:
    """Give the place of a rule."""
    return [each.name for each in RULES].index(name)


@pytest.mark.parametrize(
    ("name", "message", "known", "instead"),
    [(name, *near) for name, nears in NEAR.items() for near in nears],
)
def test_a_rule_is_silent_about_its_near_misses(
    name: str, message: InboundMail, known: Facts, instead: str
) -> None:
    """A rule that hears too much takes a citizen for a machine, or a stranger for the citizen."""
    assert RULES[rule(name)].reason(message, known) is None
    assert instead == classify(message, known).rule


@pytest.mark.parametrize(("name", "speech"), BEFORE.items())
def test_a_rule_speaks_before_those_behind_it(name: str, speech: Speech) -> None:
    """Where two would speak, the safer one must."""
    message, known, later = speech

    assert RULES[rule(later)].reason(message, known) is not None
    assert name == classify(message, known).rule


def test_each_rule_but_the_last_has_near_misses_and_its_place() -> None:
    """A new rule comes with both."""
    names = [each.name for each in RULES[:-1]]

    assert (names, names) == (list(NEAR), list(BEFORE))

"""`pengaduan explain`: the facts about a mail file as a program and as a person read them."""

import json
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.intake.explain import Addresses, explain_file, explain_files, told
from automation.model import Verdict
from tests.intake.mails import ACK, CASE, OFFICE, PETUGAS, WAYAN

KEYS: Final = [
    "file",
    "message_id",
    "subject",
    "from_name",
    "from_address",
    "to",
    "cc",
    "date",
    "text",
    "attachments",
    "verdict",
    "reason",
    "case",
]
OURS: Final = Addresses.of([f" {OFFICE.upper()} "], [PETUGAS, ""])
PLAIN: Final = {
    "From": f'"wayan b" <{WAYAN}>',
    "To": OFFICE,
    "Subject": "lapor jalan rusak",
    "Date": "Tue, 24 Nov 2026 08:12:09 +0800",
    "Message-ID": "<m01@warga.example>",
}


def raw(body: str = "jalan berlubang", /, **headers: str) -> bytes:
    """Write a mail as a server keeps it; an underscore in a name stands for a hyphen."""
    told_ = PLAIN | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in told_.items()]
    return "\r\n".join([*lines, "", body, ""]).encode()


def explained(content: bytes, addresses: Addresses = OURS) -> dict[str, object]:
    """Explain a file named surat.eml."""
    return explain_file("surat.eml", content, addresses)


def an_answer(body: str, **headers: str) -> bytes:
    """Write the answer to our acknowledgement."""
    subject = f"Re: [{CASE}] Pengaduan Bapak/Ibu telah kami catat"
    return raw(body, **{"Subject": subject, "In_Reply_To": ACK, **headers})


# --- for a program ------------------------------------------------------------------------------


def test_a_complaint_is_told_whole() -> None:
    """The office's maintainers compare these facts with what they see in their mail program."""
    assert explained(raw(Cc="perbekel.medewi@desa.example")) == {
        "file": "surat.eml",
        "message_id": "<m01@warga.example>",
        "subject": "lapor jalan rusak",
        "from_name": "wayan b",
        "from_address": WAYAN,
        "to": [OFFICE],
        "cc": ["perbekel.medewi@desa.example"],
        "date": "2026-11-24T08:12:09+08:00",
        "text": "jalan berlubang",
        "attachments": [],
        "verdict": "complaint",
        "reason": "a person writes to the office, and no other rule speaks",
        "case": None,
    }


def test_attachments_are_named_with_type_and_size() -> None:
    """Without them nobody sees why a mail with a program is held."""
    content = raw(
        "--b\r\nContent-Type: text/plain\r\n\r\nundangan\r\n"
        "--b\r\nContent-Type: application/octet-stream\r\n"
        'Content-Disposition: attachment; filename="Undangan.apk"\r\n\r\nPK12\r\n--b--',
        MIME_Version="1.0",
        Content_Type='multipart/mixed; boundary="b"',
    )
    fact = explained(content)

    assert isinstance(fact["attachments"], list)
    assert [("Undangan.apk", 4)] == [(a["name"], a["size"]) for a in fact["attachments"]]
    assert {"name", "type", "size"} == set(fact["attachments"][0])
    assert "held" == fact["verdict"]


@pytest.mark.parametrize(
    ("content", "verdict", "case"),
    [
        (an_answer("ini fotonya pak"), "follow_up", CASE),
        (an_answer("STATUS"), "status_query", CASE),
        (an_answer("4. suksma"), "rating", CASE),
        (an_answer("RAHASIA"), "confidential_request", CASE),
        (
            an_answer("foto", In_Reply_To="", References=f"<1@warga.example> {ACK}"),
            "follow_up",
            CASE,
        ),
        (an_answer("saya cuti", Auto_Submitted="auto-replied"), "auto_reply", CASE),
        (an_answer("x", In_Reply_To="<x@y.example>"), "held", CASE),
        (an_answer("x", In_Reply_To=ACK.replace("kec-pekutatan", "palsu")), "held", CASE),
        (an_answer("siap", From=PETUGAS), "held", CASE),
        (raw(Subject=f"status {CASE}"), "held", CASE),
        (raw(From=f"Sistem <{OFFICE}>"), "own", None),
        (raw(From=f"Petugas <{PETUGAS}>", To="x@y.example", Cc=OFFICE), "complaint", None),
        (raw(To="x@y.example", Cc=OFFICE), "held", None),
        (raw(List_Id="<buletin.lembaga.example>"), "bulk", None),
        (raw(Return_Path="<>"), "auto_reply", None),
        (raw(Reply_To=WAYAN).partition(b"\r\n")[2], "held", None),
        (raw(From="mailer-daemon@mx.example", X_Failed_Recipients=WAYAN), "bounce", None),
    ],
)
def test_the_verdict_is_that_of_the_rules(content: bytes, verdict: str, case: str | None) -> None:
    """Headers must reach the rules as they stand in the file, addresses as they were typed."""
    fact = explained(content)

    assert (verdict, case) == (fact["verdict"], fact["case"])


@pytest.mark.parametrize(
    ("action", "reason"), [("failed", "could not be delivered"), ("delayed", "is delayed")]
)
def test_a_delivery_report_is_tied_to_the_letter_that_it_is_about(action: str, reason: str) -> None:
    """The report names no case; only the returned header does, two parts deep."""
    report = raw(
        "--b\r\nContent-Type: text/plain\r\n\r\nAlamat tidak ditemukan\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nAction: {action}\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {ACK}\r\n\r\nYth.\r\n--b--",
        From="postmaster@mx.example",
        Subject="Laporan",
        Content_Type='multipart/report; report-type=delivery-status; boundary="b"',
    )
    fact = explained(report)

    assert ("bounce", CASE) == (fact["verdict"], fact["case"])
    assert reason in str(fact["reason"])


def test_without_addresses_a_letter_of_any_office_is_believed() -> None:
    """Whoever tries the command first gives no addresses and wants to see a thread all the same."""
    fact = explained(an_answer("STATUS"), Addresses.of([], []))

    assert ("status_query", CASE) == (fact["verdict"], fact["case"])


def test_what_only_the_ledger_knows_is_said() -> None:
    """A forged Message-ID is believed here and not by the worker."""
    assert "if the ledger knows" in str(explained(an_answer("x"))["reason"])
    assert "ledger" not in str(explained(raw())["reason"])


@given(st.binary(max_size=2_000) | st.binary(max_size=500).map(lambda junk: raw() + junk))
def test_no_bytes_are_too_odd(content: bytes) -> None:
    """One poison file must not hide the verdicts on all behind it."""
    fact = explained(content)

    assert list(fact) == KEYS
    assert fact["verdict"] in set(Verdict)
    assert json.dumps(fact, ensure_ascii=False).encode()
    assert told(fact)


@pytest.mark.parametrize("content", [b"", b"\x00" * 3, b"\r\n\r\n"])
def test_what_is_no_mail_keeps_the_form(content: bytes) -> None:
    """A program that reads the lines finds the same keys in each."""
    fact = explained(content)

    assert list(fact) == KEYS
    assert (None, [], None) == (fact["date"], fact["attachments"], fact["case"])


def test_a_file_name_of_broken_bytes_can_be_printed() -> None:
    """Names on old disks are not UTF-8; the line must reach the terminal all the same."""
    fact = explain_file("surat\udce9.eml", raw(), OURS)

    assert "surat\\udce9.eml" == fact["file"]


# --- many files ---------------------------------------------------------------------------------


def test_each_fact_is_told_before_the_next_file_is_read() -> None:
    """Of ten thousand files the first line comes at once, and memory holds one mail."""
    read: list[str] = []

    def reading(name: str) -> bytes:
        read.append(name)
        return raw(Subject=name)

    facts = explain_files(["a.eml", "b.eml"], reading, OURS)

    assert "a.eml" == next(facts)[0]["subject"]
    assert ["a.eml"] == read


@pytest.mark.parametrize("fault", [PermissionError(13, "Permission denied"), MemoryError()])
def test_a_file_that_cannot_be_opened_keeps_the_form(fault: Exception) -> None:
    """It is one line like any other, and the files behind it are told."""

    def reading(name: str) -> bytes:
        if name == "rusak.eml":
            raise fault
        return raw()

    (bad, opened), (good, _) = explain_files(["rusak.eml", "b.eml"], reading, OURS)

    assert (KEYS, "unreadable", False) == (list(bad), bad["verdict"], opened)
    assert "complaint" == good["verdict"]


# --- for a person -------------------------------------------------------------------------------


def test_a_person_reads_the_verdict_first() -> None:
    """The answer to "why was this mail held?" must not be searched for."""
    first, *rest = told(explained(raw(Subject=f"status {CASE}"))).splitlines()

    assert first.startswith("surat.eml: held - it names PKT-2026-0140")
    assert f"  case     {CASE}" in rest
    assert "  from     wayan b <wayan@warga.example>" in rest
    assert "    jalan berlubang" in rest


def test_a_person_reads_no_empty_lines_of_facts() -> None:
    """What a mail does not have is left out."""
    assert "cc" not in told(explained(raw()))
    assert "files" not in told(explained(raw()))

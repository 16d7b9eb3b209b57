"""The schema's files: what is shipped is whole; every fault of a changed file is told at once."""

from dataclasses import replace

import pytest

from automation.errors import SettingsError
from automation.model import Act, Office, Role
from automation.register.schema import Schema, load
from automation.workflow import table

Texts = dict[str, str]


def faults(texts: Texts) -> list[str]:
    """Load files that must be refused, and give what is wrong with them."""
    with pytest.raises(SettingsError) as told:
        load(texts)
    return told.value.problems


def changed(texts: Texts, name: str, old: str, new: str) -> Texts:
    """Change the first place of a file where something stands."""
    assert old in texts[name]
    return {**texts, name: texts[name].replace(old, new, 1)}


def test_the_shipped_files_are_whole(schema: Schema) -> None:
    """What a new office starts with must load."""
    assert schema.key == "nomor"
    assert [t.name for t in schema.tabs if t.reads] == [
        "peran",
        "kalender",
        "pengaturan",
        "daftar_blokir",
    ]
    assert [t.name for t in schema.tabs if t.lines] == ["riwayat", "karantina", "surat_lain"]


def test_each_role_has_one_status_column(schema: Schema) -> None:
    """One column a role is the whole interface."""
    owners = [column.owner for column in schema.statuses()]
    assert sorted(owners) == sorted({Role.PETUGAS, Role.SEKCAM, Role.KASI, Role.CAMAT})


def test_the_workers_columns_are_not_theirs(schema: Schema) -> None:
    """A people-owned column that the worker wins would eat what people type."""
    theirs = {column.name for column in schema.theirs()}
    assert {"draf", "kontak", "status_petugas"} <= theirs
    assert not theirs & {"nomor", "tahap", "pesan_sistem", "sisa_menit"}


def test_dropdowns_offer_what_the_procedure_takes(schema: Schema, office: Office) -> None:
    """A word that is offered and then refused would make fools of the staff."""
    acts = {column.owner: table.acts(column.owner) for column in schema.statuses()}
    sekcam = schema.choices(schema.column("disposisi"), office, acts)
    assert sekcam[:2] == ("Kasi Pemerintahan", "Kasi Trantib")
    assert "Disposisi" not in sekcam
    assert schema.choices(schema.column("keputusan_camat"), office, acts) == tuple(
        schema.words["act"][act] for act in acts[Role.CAMAT]
    )


def test_a_dropdown_follows_the_tab_peran(schema: Schema, office: Office) -> None:
    """A Kasi who was renamed there is offered under the new title."""
    officials = tuple(
        replace(o, title="Kasi Umum") if o.key == "kasi_pelum" else o for o in office.officials
    )
    found = schema.choices(
        schema.column("disposisi"),
        replace(office, officials=officials),
        {Role.SEKCAM: (Act.DISPOSISI,)},
    )
    assert found[-1] == "Kasi Umum"


def test_other_dropdowns_come_from_words_or_from_the_column(schema: Schema, office: Office) -> None:
    """Channels are words that the letters use too; villages stand with their column."""
    assert "WhatsApp" in schema.choices(schema.column("kanal"), office, {})
    assert "Medewi" in schema.choices(schema.column("desa"), office, {})


def test_every_fault_in_all_files_is_told_at_once(texts: Texts) -> None:
    """Whoever edits the files mends all in one go, not one a start."""
    broken = changed(texts, "register.toml", 'owner = "sistem"', 'owner = "bupati"')
    broken = changed(broken, "words.toml", 'camat = "Camat"', "")
    broken = changed(broken, "tabs.toml", 'late = "#f4b6b0"', 'late = "merah"')
    broken["office.toml"] = "zone = "
    told = faults({**broken, "surat.toml": ""})
    assert [fault.partition(":")[0] for fault in told] == [
        "surat.toml",
        "register.toml",
        "office.toml",
        "tabs.toml",
        "words.toml",
    ]
    assert "words.toml: [role] camat has no word" in told
    assert "tabs.toml: 'merah' is no #rrggbb" in told


def test_a_missing_file_is_named(texts: Texts) -> None:
    """A wheel without its data must say so."""
    assert faults({n: t for n, t in texts.items() if n != "tabs.toml"}) == ["tabs.toml: missing"]


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        ("register.toml", 'name = "jam"', 'name = "nomor"', "column 'nomor' stands twice"),
        ("register.toml", 'title = "Jam"', 'title = "Tanggal"', "title 'Tanggal' stands twice"),
        ("register.toml", 'key = "nomor"', 'key = "no"', "key 'no' is no column"),
        ("register.toml", 'owner = "sistem"', 'owner = "pelapor"', "does not edit the sheet"),
        ("register.toml", 'values = "channel"', 'values = "kanal"', "no section [kanal]"),
        ("register.toml", 'values = "channel"', "", "'kanal': a choice needs values"),
        ("register.toml", 'values = "sekcam"', 'values = "kasi"', "takes its values from its"),
        ("register.toml", "width = 130", "lebar = 130", "column.0.lebar: is known to nobody"),
        ("tabs.toml", 'name = "peran"', 'name = "riwayat"', "tab 'riwayat' stands twice"),
        ("tabs.toml", 'key = "phone"', 'key = "address"', "setting 'address' stands twice"),
        ("tabs.toml", 'camat = "#fce0c0"', "", "[colour.owner] camat has no colour"),
        ("tabs.toml", 'name = "kunci"', 'name = "peran"', "tab 'peran': column 'peran' stands"),
        ("words.toml", "[event]", "[peristiwa]", "section [event] is missing"),
        ("words.toml", 'sms = "SMS"', 'fax = "Faks"', "[channel] fax is known to nobody"),
        ("words.toml", 'catat = ["dicatat"', 'tulis = ["dicatat"', "[also] tulis is neither"),
        ("words.toml", 'sms = "SMS"', 'sms = ["SMS"]', "[channel] sms: one text is wanted"),
        ("words.toml", 'whatsapp = ["wa"]', 'whatsapp = "wa"', "[also] whatsapp: a list is"),
        ("words.toml", "siap_disampaikan_petugas", "siap_petugas", "siap_petugas is known to"),
        (
            "office.toml",
            'senin = [["07:30"',
            'senin = [["7.30"',
            "hours.0.senin.0.0: a time like 07:30",
        ),
    ],
)
def test_a_fault_is_told_where_it_stands(
    texts: Texts, name: str, old: str, new: str, fault: str
) -> None:
    """The line names the file, the place and what is wrong there."""
    told = faults(changed(texts, name, old, new))
    assert any(line.startswith(f"{name}: ") and fault in line for line in told), told


def test_unknown_names_are_refused_loudly(schema: Schema) -> None:
    """A slip in our own code must not read an empty column."""
    with pytest.raises(KeyError):
        schema.column("draft")
    with pytest.raises(KeyError):
        schema.tab("Riwayat")

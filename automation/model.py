"""The nouns that the stations hand to each other; no behaviour, no imports from this package.

Times are timezone-aware `datetime`s unless a name says `wall` (the office's wall clock). Lengths
are working minutes unless a name says otherwise. Words that people see stand in `sheets_schema/`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

Cell = str | float | int | bool | None
"""What one cell holds when it is read unformatted (numbers and date serials stay numbers)."""


class Role(StrEnum):
    """The hands through which a complaint passes, and who may be written to."""

    SISTEM = "sistem"
    PETUGAS = "petugas"
    SEKCAM = "sekcam"
    KASI = "kasi"
    CAMAT = "camat"
    PELAPOR = "pelapor"


class Stage(StrEnum):
    """Where a case stands (OFFICE.md 4.3); written by the worker only."""

    PERLU_DIPILAH = "perlu_dipilah"
    MENUNGGU_DISPOSISI = "menunggu_disposisi"
    PENYUSUNAN_DRAF = "penyusunan_draf"
    MENUNGGU_KOREKSI = "menunggu_koreksi"
    DIKEMBALIKAN_KE_KASI = "dikembalikan_ke_kasi"
    SIAP_DISAMPAIKAN = "siap_disampaikan"
    SUDAH_DISAMPAIKAN = "sudah_disampaikan"
    SELESAI = "selesai"
    MENUNGGU_KETERANGAN = "menunggu_keterangan"
    DITERUSKAN = "diteruskan"
    KEBERATAN = "keberatan"
    GANDA = "ganda"
    BUKAN_PENGADUAN = "bukan_pengaduan"


class Act(StrEnum):
    """What somebody decides in a status column, or what happens by itself (`Role.SISTEM`)."""

    CATAT = "catat"
    MINTA_KETERANGAN = "minta_keterangan"
    BUKAN_PENGADUAN = "bukan_pengaduan"
    GANDA = "ganda"
    DITERUSKAN = "diteruskan"
    SUDAH_DISAMPAIKAN = "sudah_disampaikan"
    KIRIM_ULANG = "kirim_ulang"
    BUKA_KEMBALI = "buka_kembali"
    DISPOSISI = "disposisi"
    KEMBALI_KE_PETUGAS = "kembali_ke_petugas"
    DISUSUN = "disusun"
    DIAJUKAN = "diajukan"
    BUKAN_BIDANG = "bukan_bidang"
    DISETUJUI = "disetujui"
    DIKEMBALIKAN = "dikembalikan"
    DITARIK = "ditarik"
    DITERIMA = "diterima"
    DRAF_BERUBAH = "draf_berubah"
    TERKIRIM = "terkirim"
    DIARSIPKAN = "diarsipkan"


class Channel(StrEnum):
    """How a complaint reached the office, and how its answer goes back (the published standard)."""

    LANGSUNG = "langsung"
    TELEPON = "telepon"
    SMS = "sms"
    WHATSAPP = "whatsapp"
    EMAIL = "email"
    MEDIA_SOSIAL = "media_sosial"
    SURAT = "surat"
    SP4N = "sp4n"


class LetterCode(StrEnum):
    """The letters of OFFICE.md 3.3 that the worker writes; one template file each."""

    T01 = "T01"
    T03 = "T03"
    T04 = "T04"
    T05 = "T05"
    T06 = "T06"
    T07 = "T07"
    T10 = "T10"
    T16 = "T16"
    T19 = "T19"


class Fate(StrEnum):
    """How far a letter got; only `SENT`, `FAILED` and `CANCELLED` are final."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    HELD = "held"  # perhaps delivered: a person decides (DESIGN.md 3.4)
    FAILED = "failed"  # refused for good by the mail server
    CANCELLED = "cancelled"


class Verdict(StrEnum):
    """What a mail is taken for; the stable words of `pengaduan explain`."""

    COMPLAINT = "complaint"
    FOLLOW_UP = "follow_up"
    STATUS_QUERY = "status_query"
    RATING = "rating"
    CONFIDENTIAL_REQUEST = "confidential_request"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    BULK = "bulk"
    OWN = "own"
    HELD = "held"
    DUPLICATE = "duplicate"
    UNREADABLE = "unreadable"


class PenChoice(StrEnum):
    """What a person decides about a mail in the pen."""

    CASE = "jadikan"
    MERGE = "gabungkan"
    LEAVE = "biarkan"


class Authenticity(StrEnum):
    """What the office's mail server found out about a sender (RFC 8601)."""

    GENUINE = "pass"
    FORGED = "fail"
    UNKNOWN = "none"


class Security(StrEnum):
    """How a mail connection is protected; `PLAIN` is for the loopback only (see settings)."""

    TLS = "tls"
    STARTTLS = "starttls"
    PLAIN = "plain"


class Folder(StrEnum):
    """Where a handled mail is filed in the office's mailbox; the staff's own visible proof."""

    TERCATAT = "Tercatat"
    KARANTINA = "Karantina"
    BUKAN_PENGADUAN = "Bukan Pengaduan"


# --- mail ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RawMail:
    """One mail as the server keeps it: its place (a hint only) and its bytes."""

    uid: str
    folder: str
    received: datetime  # INTERNALDATE
    content: bytes = field(repr=False)
    whole: bool = True  # False: too big, `content` is only its beginning


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a mail; `name` is safe to write to a disk or a cell."""

    name: str
    type: str  # media type, by content where that is known
    size: int  # bytes
    inline: bool = False
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class InboundMail:
    """What a good mail client would show of a mail: cleaned text, no control characters."""

    key: str  # sha256 over the raw bytes without trace headers (MAIL.md 1, identity)
    message_id: str  # with angle brackets; made from `key` when the mail has none
    subject: str
    from_name: str
    from_address: str  # lower case; "" when the mail names nobody
    reply_to: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    date: datetime | None  # the sender's claim; None when absent or nonsense
    received: datetime
    text: str = field(repr=False)  # the whole readable text
    own_text: str = field(repr=False)  # without quoted history and phone footers
    attachments: tuple[Attachment, ...] = ()
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    parts: tuple[str, ...] = ()  # media types met, outermost first, not below message/rfc822
    whole: bool = True  # False: of its files some are too many or too big to be kept


@dataclass(frozen=True, slots=True)
class Reading:
    """A verdict on a mail with its reason (English, for the ledger, the log and `explain`)."""

    verdict: Verdict
    reason: str
    number: str = ""  # the case it belongs to, when one is known
    rule: str = ""  # the name of the rule that spoke


@dataclass(frozen=True, slots=True)
class MailRecord:
    """What the ledger remembers of a mail, for ever."""

    key: str
    message_id: str
    verdict: Verdict
    reason: str
    number: str  # "" when it belongs to no case
    raw: str  # where the raw bytes lie in the archive, relative
    received: datetime
    subject: str = ""
    from_address: str = ""
    first_lines: str = ""
    penned: bool = False  # its row stands in the pen tab
    rule: str = ""  # the name of the rule that spoke


# --- the office ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hours:
    """Service hours valid in a range of dates: for each weekday (0 = Monday) its open slots."""

    since: date
    until: date | None
    slots: Mapping[int, tuple[tuple[time, time], ...]]


@dataclass(frozen=True, slots=True)
class Calendar:
    """When the office serves: hours by date range, closed dates, dates with hours of their own."""

    zone: str  # IANA name
    hours: tuple[Hours, ...]
    closed: frozenset[date] = frozenset()
    special: Mapping[date, tuple[tuple[time, time], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Official:
    """Who holds a role: a row of the tab `Peran`. `key` names the Kasi; "" for the other roles."""

    role: Role
    key: str
    title: str  # "Kasi Trantib"
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Office:
    """What the office itself may change: people, hours, budgets, options (tabs of the sheet)."""

    calendar: Calendar
    officials: tuple[Official, ...] = ()
    promise: int = 95  # minutes, the published standard
    budgets: Mapping[Role, int] = field(default_factory=dict)  # minutes by holder
    hold: int = 2  # minutes of wall clock between approval and sending
    phone: str = ""
    address: str = ""
    name: str = "Kantor Camat Pekutatan"
    blocked: frozenset[str] = frozenset()  # addresses and @domains, in lower case


# --- cases --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence for `Pesan Sistem`: its key in words.toml and what to fill in."""

    key: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """A complaint on its way. The ledger keeps it; the register shows it."""

    number: str
    stage: Stage
    channel: Channel
    recorded: datetime
    starts: datetime  # when the clock began to run
    due: datetime
    entered: datetime  # when the present stage began
    name: str = ""
    email: str = ""  # where the answer goes; "" = conveyed by the Petugas
    phone: str = ""
    subject: str = ""
    text: str = field(default="", repr=False)
    attachments: tuple[str, ...] = ()
    message_id: str = ""  # of the mail that opened it, for In-Reply-To
    thread: tuple[str, ...] = ()  # References to carry on
    mail_key: str = ""
    kasi: str = ""  # key of the Kasi who holds or held it
    versions: tuple[str, ...] = field(default=(), repr=False)  # drafts as submitted, 1-based
    approved: int = 0  # number of the version that the Camat approved; 0 = none
    approved_at: datetime | None = None
    approval: str = ""  # the word by which the Camat approved, as it stands in the cell
    conveyed_at: datetime | None = None
    rounds: int = 0  # how often the Camat returned it
    acknowledged: bool = False
    whole: bool = True  # False: some files of its mail are too many or too big, see `InboundMail`
    authenticity: str = ""  # of the mail that opened it; "" = no server was asked
    trail: tuple[str, ...] = ()  # "Sekcam 08.25", in order
    problem: Note | None = None  # what is wrong, until the next lawful act
    fields: Mapping[str, str] = field(default_factory=dict)  # people-owned cells as last seen
    handled: Mapping[str, str] = field(default_factory=dict)  # status column -> choice dealt with
    clearing: frozenset[str] = frozenset()  # status columns the worker is to empty


@dataclass(frozen=True, slots=True)
class Edit:
    """A new choice in a role's status column, as read in one snapshot."""

    number: str
    role: Role
    column: str
    typed: str  # as it stands in the cell
    act: Act | None  # None: an unknown word
    kasi: str = ""  # with `Act.DISPOSISI`: to whom
    fields: Mapping[str, str] = field(default_factory=dict)  # people's cells in the same snapshot


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to write: `key` is the identity of the effect, so planning twice plans once."""

    key: str  # "PKT-2026-0001/T10/1"
    code: LetterCode
    number: str  # "" for a letter about the system itself
    to: Role
    kasi: str = ""  # with Role.KASI: which
    facts: Mapping[str, str] = field(default_factory=dict)
    not_before: datetime | None = None
    fate: Fate = Fate.PLANNED
    attempts: int = 0
    receipt: str = ""  # the SMTP reply, or why it failed
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the append-only history; its sentence is words.toml [event] `kind` with `facts`."""

    at: datetime
    number: str  # "" = about the system
    by: Role
    kind: str
    facts: Mapping[str, str] = field(default_factory=dict)
    id: int = 0  # given by the ledger, growing


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from an act: the new state and the effects, all or nothing."""

    case: Case
    letters: tuple[Letter, ...] = ()
    cancelled: tuple[str, ...] = ()  # keys of letters that must not leave any more
    events: tuple[Event, ...] = ()


# --- the pen ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PenRow:
    """A row of `Karantina` or `Surat Lain`; `position` (1-based) is stale a moment later."""

    tab: str
    position: int
    code: str  # the beginning of the mail's key: its identity in the row; "" = none of ours
    choice: str = ""
    number: str = ""  # typed beside the choice
    message: str = ""  # what the worker answered


@dataclass(frozen=True, slots=True)
class PenEdit:
    """A choice about a mail in the pen, as read in one snapshot; copies of a row count as one."""

    code: str
    typed: str  # as it stands in the cells: a choice judged before is not judged again
    choice: PenChoice | None  # None: an unknown word, or copies that disagree
    number: str = ""  # as the register writes it; "" = none, or none that can be read
    target: str = ""  # the number as typed
    agreed: bool = True  # False: copies of the row say different things


@dataclass(frozen=True, slots=True)
class Ruling:
    """What followed from a choice in the pen; the ledger keeps the latest of each mail."""

    code: str
    typed: str
    note: Note  # the answer in the row
    at: datetime
    number: str = ""  # the case that the mail became, or was added to, by this or an earlier choice
    closed: bool = False  # False: it was refused, and the mail waits on


@dataclass(frozen=True, slots=True)
class PenAnswer:
    """A sentence to write into `Pesan Sistem` of a row in the pen, where it was just read."""

    tab: str
    position: int
    text: str


# --- the register -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the tab `Register` in one snapshot; `position` (1-based) is stale a moment later."""

    position: int
    number: str  # "" = typed by hand, not yet numbered
    cells: Mapping[str, Cell]  # by column name
    doubled: bool = False  # reread: another row bears the number too; this one has the anchor


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One read of the spreadsheet: the register's rows, the raw rows of the office's own tabs."""

    rows: tuple[Row, ...]
    tabs: Mapping[str, tuple[tuple[Cell, ...], ...]]  # tab name -> rows, header first
    last_used: int  # 1-based last row of `Register` in which anything stands
    pen: Mapping[str, Sequence[Sequence[Cell]]] = field(default_factory=dict)
    """Tab of the pen -> its columns about choices, raw, header first; as far as they were found."""


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row to insert after the last used one, anchored by `anchor` (a developer metadataId)."""

    number: str
    anchor: int
    cells: Mapping[str, Cell]
    proof: frozenset[str] = frozenset()  # cells by which a row that lost its number is known again
    over: str = ""  # a wrong number that may stand in that row


@dataclass(frozen=True, slots=True)
class Anchoring:
    """Put the anchor of a reserved number on a row that a person typed."""

    anchor: int
    position: int
    again: bool = False  # it was set before, and its row moved away from under it


@dataclass(frozen=True, slots=True)
class TabLine:
    """A line to append to another tab (`riwayat`, `karantina`, `surat_lain`), in column order."""

    tab: str
    cells: tuple[Cell, ...]
    mark: int  # growing identity of the line within its tab: lines up to the mark are there already


@dataclass(frozen=True, slots=True)
class RowChange:
    """Cells to write in one known row; `expected` = people's cells that must still read so."""

    number: str
    anchor: int
    cells: Mapping[str, Cell]
    expected: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)  # who and what the row must still say
    over: str = ""  # a wrong number that may stand in the row; it is reached by its anchor
    by_anchor: bool = False  # a row without number is meant: typed, or proven by `expected`
    told_apart: bool = False  # other rows with its number are known to be of other complaints
    warning: bool = False  # only says what is wrong: written even if the number stands twice


@dataclass(frozen=True, slots=True)
class Reservation:
    """A number promised to a hand-entered row until its case is in the ledger and in the sheet."""

    number: str
    anchor: int
    anchored: bool
    cells: Mapping[str, str] = field(default_factory=dict)  # people's cells, when it was promised
    paper: bool = False  # the row bears the number already: it was written on paper

"""What the demo's people write, and how its player waits."""

from datetime import date, datetime
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from automation.errors import PengaduanError
from automation.sandbox import story
from automation.sandbox.staff import Letterbox

MAILS = sorted(Path(story.__file__).with_name("mails").glob("*.eml"))


def stage(told: list[str]) -> story.Stage:
    """Make a stage whose worker is dead."""

    def dead() -> None:
        raise PengaduanError("the worker ended with exit code 1")

    now = datetime(2026, 11, 24, 8, 0, tzinfo=ZoneInfo("Asia/Makassar"))
    return story.Stage(told.append, Letterbox("127.0.0.1", 0, 0, {}), {}, dead, 0.0, now)


class TestWaiting:
    """`Stage.until`."""

    def test_what_is_there_is_given_at_once(self) -> None:
        """A finished step would still fail because the worker has ended meanwhile."""
        assert stage([]).until("a row", lambda: "row") == "row"

    def test_a_dead_worker_ends_the_wait(self) -> None:
        """The demo would wait its full patience for somebody who cannot come."""
        with pytest.raises(PengaduanError, match="exit code 1"):
            stage([]).until("a row", lambda: None)


class TestDrafts:
    """Dates in what the officials write."""

    @pytest.mark.parametrize(
        ("today", "saturday"),
        [
            (date(2026, 11, 27), "28 November 2026"),
            (date(2026, 11, 28), "5 Desember 2026"),
            (date(2026, 11, 29), "5 Desember 2026"),
            (date(2026, 12, 27), "2 Januari 2027"),
        ],
    )
    def test_the_watch_is_on_the_next_saturday(self, today: date, saturday: str) -> None:
        """The answer would promise something for a day that is over, or no Saturday."""
        assert f"hari Sabtu, {saturday}." in story._music(today)

    def test_the_asphalt_comes_within_a_week(self) -> None:
        """Likewise for the road."""
        assert "tanggal 1 Desember 2026." in story._road(date(2026, 11, 24))


@pytest.mark.parametrize("file", MAILS, ids=lambda file: file.stem)
def test_a_mail_of_the_demo_is_sound_and_names_no_year(file: Path) -> None:
    """The demo would show a complaint from a year ago, or letters nobody can read."""
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    bodies = [mail.get_body((kind,)) for kind in ("plain", "html")]
    texts = [body.get_content() for body in bodies if body is not None]

    assert not mail.defects
    assert texts
    assert not any("202" in text.replace("0000-0201", "") or "\ufffd" in text for text in texts)

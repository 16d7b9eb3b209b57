"""A mail with too much in it: the row is made all the same, and the citizen hears of it."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.world import OFFICE_ADDRESS, World, text_of

pytestmark = pytest.mark.journey

WAYAN = "wayan@warga.example"


@pytest.mark.parametrize(("files", "told"), [(101, True), (2, False)])
def test_files_beyond_the_limit_are_told_to_both(tmp_path: Path, files: int, *, told: bool) -> None:
    """The citizen believes that all photos arrived, and the Kasi misses the one that counts."""
    world = World(tmp_path)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = WAYAN, OFFICE_ADDRESS, "jalan rusak"
    mail.set_content("Jalan rusak, fotonya terlampir.")
    for number in range(files):
        mail.add_attachment(b"x", maintype="image", subtype="x", filename=f"{number}.jpg")
    world.inbox.arrive(mail.as_bytes(), world.clock.moment)
    world.settle()
    [receipt] = world.letters_to(WAYAN)

    assert told == ("Sebagian lampiran terlalu besar" in text_of(receipt))
    assert told == ("sebagian lampiran terlalu besar" in world.cell(world.number(), "lampiran"))
    assert "Jalan rusak, fotonya terlampir." == world.cell(world.number(), "uraian")

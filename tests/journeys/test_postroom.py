"""The storm once more with real mail: IMAP and SMTP over sockets, put off and cut off at random."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from tests.contract.inboxes import DOVECOT, Dovecot, dovecot
from tests.journeys.test_sockets import Storm
from tests.loopback import Loopback
from tests.postroom import PostInbox, PostOutbound, postroom

pytestmark = pytest.mark.journey


@dataclass(kw_only=True)
class PostStorm(Storm):
    """A storm in which the mail servers fail too."""

    inbox: PostInbox
    outbound: PostOutbound

    def __post_init__(self) -> None:
        super().__post_init__()
        self.world.inbox = self.inbox  # type: ignore[assignment]
        self.world.outbound = self.outbound  # type: ignore[assignment]

    def _racing(self) -> None:
        for trouble in (self.outbound.put_off, self.inbox.cut):
            if self.dice.random() < 0.3:
                self.crowd.told.append(trouble.__name__)
                trouble()
        super()._racing()

    def calm(self) -> None:
        """Let the mail servers be well too."""
        self.outbound.recover()
        super().calm()


@pytest.fixture(scope="module", name="served")
def _served() -> Iterator[Dovecot]:
    """Run a Dovecot for all seeds."""
    if not DOVECOT.exists():
        pytest.skip("dovecot-imapd is not installed")
    with dovecot() as found:
        yield found


@pytest.mark.parametrize("server", ["sandbox", "dovecot"])
@pytest.mark.parametrize("seed", [pytest.param(n, id=f"seed-{n}") for n in range(4)])
def test_over_real_mail_none_is_lost_doubled_or_in_a_wrong_row(
    seed: int, server: str, loopback: Loopback, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Each complaint comes by IMAP once, and each letter about it leaves by SMTP once."""
    box = request.getfixturevalue("served") if server == "dovecot" else None
    with postroom(box, f"kantor{seed}@kec-pekutatan.example") as (inbox, outbound):
        storm = PostStorm(loopback, tmp_path, Random(seed), inbox=inbox, outbound=outbound)
        storm.passes_over()

"""Who a sender is: the office's own mail server is asked, and nobody else is believed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.intake.authentic import Judgement, judged
from automation.model import Authenticity
from tests.intake.mails import mail

SERVER = "mx.contoh.example"
PASS = Judgement(Authenticity.GENUINE)
FAIL = Judgement(Authenticity.FORGED)
NONE = Judgement(Authenticity.UNKNOWN)
REFUSED = Judgement(Authenticity.FORGED, refused=True)


def found(*results: str, server: str = SERVER) -> Judgement:
    """Give the judgement on a mail with these headers, topmost first."""
    return judged(replace(mail(), headers={"authentication-results": results}), server)


@pytest.mark.parametrize(
    ("result", "judgement"),
    [
        ("dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=warga.example", PASS),
        ("spf=fail smtp.mailfrom=x@y.example; dmarc=fail (p=NONE) header.from=warga.example", FAIL),
        ("dmarc=fail (p=quarantine dis=none) header.from=warga.example", FAIL),
        ("dmarc=fail (p=REJECT sp=REJECT dis=NONE) header.from=warga.example", REFUSED),
        ("dmarc=fail action=oreject header.from=warga.example", REFUSED),
        ("dmarc=fail policy.published-domain-policy=reject header.from=warga.example", REFUSED),
        ("DMARC = fail (p=reject)", REFUSED),
        ("dmarc=none; dkim=pass header.d=warga.example; spf=none", PASS),
        ("dkim=pass header.i=@mail.warga.example header.s=a", NONE),
        ("dkim=pass header.i=@warga.example header.s=a", PASS),
        ("spf=pass (ip) smtp.mailfrom=wayan@warga.example", PASS),
        ("spf=pass smtp.mailfrom=lain.example", NONE),
        ("dkim=fail header.d=warga.example; spf=softfail smtp.mailfrom=warga.example", NONE),
        ("none", NONE),
    ],
)
def test_the_servers_word_is_read(result: str, judgement: Judgement) -> None:
    """Read wrongly, a forger is answered or a citizen held back."""
    assert judgement == found(f"{SERVER} 1; {result}")


def test_only_the_topmost_word_of_the_named_server_counts() -> None:
    """A forger writes the header too, under the same name, below what the server puts on top."""
    honest = f"{SERVER}; dmarc=fail (p=reject)"

    assert REFUSED == found(honest, f"{SERVER}; dmarc=pass")
    assert REFUSED == found("mx.lain.example; dmarc=pass", honest)
    assert NONE == found("mx.lain.example; dmarc=pass")
    assert NONE == found(f"x{SERVER}; dmarc=pass")
    assert NONE == found(f"{SERVER} dmarc=pass")
    assert NONE == found()


def test_without_a_named_server_nobody_is_asked() -> None:
    """An office that names none shows no verdict, true or forged."""
    assert Judgement() == found(f"{SERVER}; dmarc=fail (p=reject)", server="")


@given(st.text(max_size=200))
def test_no_result_is_too_odd(result: str) -> None:
    """The header is other people's text."""
    assert found(f"{SERVER};{result}").verdict in set(Authenticity)

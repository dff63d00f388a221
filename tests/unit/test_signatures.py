"""A signed request is taken once its signature is right and its moment is near, and for no other reason."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from surveylab.signatures import SignatureError, key, sign, verified

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()
BODY = b'{"state": "delivered"}'


def test_the_signature_is_that_of_the_standard() -> None:
    """HMAC-SHA256 of id, seconds and body with full stops between, keyed by what the secret holds, in base64."""
    headers = sign(SECRET, "msg_1", NOW, BODY)
    own = hmac.new(KEY, b"msg_1.1772442000." + BODY, hashlib.sha256).digest()
    assert headers == {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1772442000",
        "webhook-signature": "v1," + base64.b64encode(own).decode(),
    }
    assert verified(SECRET, headers, BODY, NOW) == "msg_1"


def test_the_example_of_the_standard_is_right() -> None:
    """The request that the reference implementations test themselves with gives the signature that they give."""
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}'
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_one_right_signature_among_several_is_enough() -> None:
    """While a secret is changed a request bears both signatures; those of another kind are passed over."""
    headers = sign(SECRET, "m", NOW, BODY)
    others = "v1a,abc v1,ü " + sign(_other(), "m", NOW, BODY)["webhook-signature"]
    assert verified(SECRET, headers | {"webhook-signature": f"{others} {headers['webhook-signature']}"}, BODY, NOW)
    with pytest.raises(SignatureError, match="wrong"):
        verified(SECRET, headers | {"webhook-signature": others}, BODY, NOW)


@pytest.mark.parametrize("changed", ["webhook-id", "webhook-timestamp", "webhook-signature", "body", "secret"])
def test_whatever_is_changed_makes_it_wrong(changed: str) -> None:
    """Id, moment and body are signed, by this secret."""
    headers, body, secret = sign(SECRET, "m", NOW, BODY), BODY, SECRET
    if changed == "body":
        body += b" "
    elif changed == "secret":
        secret = _other()
    else:
        headers[changed] = {"webhook-id": "n", "webhook-timestamp": "1772442001"}.get(changed, "v1,")
    with pytest.raises(SignatureError, match="wrong"):
        verified(secret, headers, body, NOW)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_header_that_is_missing_is_named(name: str) -> None:
    """Without one of the three nothing is signed."""
    headers = sign(SECRET, "m", NOW, BODY)
    del headers[name]
    with pytest.raises(SignatureError, match=name):
        verified(SECRET, headers, BODY, NOW)


@pytest.mark.parametrize("ahead", [timedelta(minutes=-5), timedelta(0), timedelta(minutes=5)])
def test_five_minutes_are_near_and_more_are_not(ahead: timedelta) -> None:
    """A clock may go wrong by five minutes, either way; a request that was recorded cannot be sent later."""
    headers = sign(SECRET, "m", NOW + ahead, BODY)
    assert verified(SECRET, headers, BODY, NOW) == "m"
    further = ahead + timedelta(seconds=1 if ahead >= timedelta(0) else -1)
    if ahead:
        with pytest.raises(SignatureError, match="five minutes"):
            verified(SECRET, sign(SECRET, "m", NOW + further, BODY), BODY, NOW)


@pytest.mark.parametrize("moment", ["", "soon", "-5", "1772442000.0", "٣", "9" * 40])
def test_a_moment_that_is_none_is_refused(moment: str) -> None:
    """Whole seconds in plain figures, and no others."""
    with pytest.raises(SignatureError):
        verified(SECRET, sign(SECRET, "m", NOW, BODY) | {"webhook-timestamp": moment}, BODY, NOW)


def test_parts_cannot_be_shifted_into_each_other() -> None:
    """A full stop in an id would let the beginning of a body pass for a moment."""
    with pytest.raises(ValueError, match="full stop"):
        sign(SECRET, "m.1", NOW, BODY)
    recorded = sign(SECRET, "m", NOW, b"1772442300." + BODY)
    later = recorded | {"webhook-id": "m.1772442000", "webhook-timestamp": "1772442300"}
    with pytest.raises(SignatureError):
        verified(SECRET, later, BODY, NOW + timedelta(minutes=5))


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_%%%", "whsec_c2hvcnQ=", SECRET.removeprefix("whsec_")])
def test_a_secret_that_is_none_is_said_to_be(secret: str) -> None:
    """An empty or a short key signs nothing: anybody could have it."""
    with pytest.raises(ValueError, match="24 to 64 random bytes"):
        key(secret)
    with pytest.raises(ValueError, match="24 to 64 random bytes"):
        verified(secret, sign(SECRET, "m", NOW, BODY), BODY, NOW)


def _other() -> str:
    return "whsec_" + base64.b64encode(bytes(32)).decode()

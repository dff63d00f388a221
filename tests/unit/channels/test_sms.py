"""What became of a text message is said as it is, whatever the gateway does, and none goes twice by itself."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from rehearsal.gateway import Behaviour, Gateway
from surveylab.channels import Delivering, Notified, Outcome, Receipt, UnreachableError, _pace, _sms_sending, sms

DEFERRED, REFUSED, SENT, UNCERTAIN = Outcome.DEFERRED, Outcome.REFUSED, Outcome.SENT, Outcome.UNCERTAIN
LOST = {"twilio": UNCERTAIN, "json": DEFERRED}
"""The outcome where nobody knows: a gateway that takes keys can be asked once more."""


def sent(settings: Mapping[str, str], *messages: Any) -> list[Receipt]:
    """The receipts of messages over one connection."""
    with sms.connect(settings, "") as sender:
        return [sender.send(message) for message in messages]


def test_the_channel_keeps_to_both_contracts() -> None:
    """It delivers to telephones, and its provider tells what became of messages."""
    assert isinstance(sms, Delivering)
    assert isinstance(sms, Notified)
    assert (sms.BY, sms.ADDRESS) == ("worker", "phone")


def test_a_message_is_handed_over_once(settings: Mapping[str, str], gateway: Gateway, message: Any) -> None:
    """Its body alone goes out, from whom the settings say, and the receipt has the gateway's name of it."""
    (receipt,) = sent(settings, message())
    (got,) = gateway.accepted
    assert (got.to, got.sender, got.text) == ("+4915112345679", settings["from"], message().body)
    assert (receipt.outcome, receipt.provider_id, receipt.parts, receipt.cost) == (SENT, got.id, 1, None)


def test_a_batch_goes_over_one_connection(settings: Mapping[str, str], gateway: Gateway, message: Any) -> None:
    """It is made once and kept."""
    receipts = sent(settings, *(message(f"k{n}") for n in range(5)))
    assert gateway.connections == 1
    assert [each.provider_id for each in receipts] == [each.id for each in gateway.accepted]


def test_the_template_may_name_the_sender(settings: Mapping[str, str], gateway: Gateway, message: Any) -> None:
    """A number, a short code, a name, or for Twilio a messaging service."""
    service = "MG" + "0" * 32
    sent(settings, message("a", sender="Clinic"), message("b", sender="12345"), message("c", sender=service))
    assert [each.sender for each in gateway.accepted] == ["Clinic", "12345", service]
    with pytest.raises(UnreachableError, match="name a number"):
        sent(settings, message("d", sender="The clinic <clinic@example.org>"))


def test_the_address_for_notices_goes_along(twilio: dict[str, str], gateway: Gateway, message: Any) -> None:
    """Where the settings have one."""
    sent(twilio, message())
    sent({**twilio, "status_url": "https://survey.example.org/hooks/receipts/sms"}, message())
    assert [each.callback for each in gateway.accepted] == ["", "https://survey.example.org/hooks/receipts/sms"]


def test_segments_and_costs_are_the_gateways_where_it_tells_them(
    settings: Mapping[str, str], gateway: Gateway, message: Any
) -> None:
    """A price is told with or without a sign; it is what the message cost."""
    gateway.segments, gateway.price = 3, "-0.0225"
    (receipt,) = sent({**settings, "price": "9"}, message())
    assert (receipt.parts, receipt.cost) == (3, Decimal("0.0225"))


def test_segments_and_costs_are_counted_where_it_does_not(settings: Mapping[str, str], message: Any) -> None:
    """Segments by the text, and each at the price of the settings."""
    (receipt,) = sent({**settings, "price": "0.075"}, message(body="ж" * 135))
    assert (receipt.parts, receipt.cost) == (3, Decimal("0.225"))


@pytest.mark.parametrize("address", ["", "none", "015112345678", "+49", "+4915112345678 ext. 5", "+999123456789"])
def test_a_number_that_cannot_be_is_refused_here(
    address: str, settings: Mapping[str, str], gateway: Gateway, message: Any
) -> None:
    """Nothing is sent, and the number stands in no receipt."""
    (receipt,) = sent(settings, message(address=address))
    assert receipt.outcome is REFUSED
    assert "number" in receipt.detail
    assert not address or address not in receipt.detail
    assert gateway.requests == 0


def test_a_number_is_sent_as_it_is_called(settings: Mapping[str, str], gateway: Gateway, message: Any) -> None:
    """E.164, however it is written."""
    sent(settings, message(address="+49 (1511) 234-5679"))
    assert gateway.accepted[0].to == "+4915112345679"


@pytest.mark.parametrize("code", [21211, 21614, 21610])
def test_a_number_that_the_gateway_refuses(
    code: int, settings: Mapping[str, str], gateway: Gateway, message: Any
) -> None:
    """It stays refused; why is told, and the number is not: details outlive the person's data."""
    gateway.refusing["+4915112345679"] = code
    (receipt,) = sent(settings, message())
    assert receipt.outcome is REFUSED
    assert receipt.detail
    assert "4915112345679" not in receipt.detail
    assert ("opted out" in receipt.detail) is (settings["gateway"] == "twilio" and code == 21610)


def test_too_many_at_once_is_told_with_when_to_go_on(
    settings: Mapping[str, str], gateway: Gateway, message: Any
) -> None:
    """429: nobody got it, and the gateway says how long it wants to be left alone."""
    gateway.then(Behaviour.LIMIT)
    (receipt,) = sent(settings, message())
    assert (receipt.outcome, receipt.again_after) == (DEFERRED, timedelta(seconds=7))
    assert not gateway.accepted


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour.SLOW,
        Behaviour.DROP,
        Behaviour.HALF,
        Behaviour.GARBLED,
        Behaviour.FAIL,
        Behaviour.FAIL_AFTER,
    ],
)
def test_what_nobody_knows_is_said_to_be_unknown(
    behaviour: Behaviour,
    settings: Mapping[str, str],
    gateway: Gateway,
    message: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without an answer one try is one request; with a key, and only then, it may be tried again, and goes once."""
    monkeypatch.setattr(_sms_sending, "ANSWERING", 0.2)
    gateway.then(behaviour)
    (receipt,) = sent(settings, message())
    assert receipt.outcome is LOST[settings["gateway"]]
    assert receipt.detail
    assert gateway.requests == 1
    if receipt.outcome is DEFERRED:
        (again,) = sent(settings, message())
        assert again.outcome is SENT
        assert [each.id for each in gateway.accepted] == [again.provider_id]


def test_a_document_that_says_so_is_believed(settings: Mapping[str, str], gateway: Gateway, message: Any) -> None:
    """A gateway that says that it is unavailable has not taken the message."""
    gateway.then(Behaviour.UNAVAILABLE)
    (receipt,) = sent(settings, message())
    assert receipt.outcome is DEFERRED
    assert not gateway.accepted


def test_an_answer_of_another_message_is_none(settings: Mapping[str, str], gateway: Gateway, message: Any) -> None:
    """A gateway that answers twice would give each later message the name of the one before it."""
    gateway.then(Behaviour.TWICE)
    receipts = sent(settings, *(message(f"k{n}") for n in range(4)))
    assert [each.outcome for each in receipts] == [SENT, LOST[settings["gateway"]], SENT, SENT]
    first, _, third, fourth = (each.id for each in gateway.accepted)
    assert [each.provider_id for each in receipts] == [first, None, third, fourth]


def test_without_a_connection_nothing_was_sent(settings: Mapping[str, str], message: Any) -> None:
    """Nobody listens there: no other message would go either, and it is said what to look at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(UnreachableError, match="Check SURVEYLAB_SMS_URL"):
            sent({**settings, "url": nobody}, message())


@pytest.mark.parametrize(
    ("changed", "remedy"),
    [({"token": "another"}, "SURVEYLAB_SMS_TOKEN"), ({"account": "AC2"}, "SURVEYLAB_SMS_ACCOUNT")],
)
def test_credentials_that_are_refused_stop_the_batch(
    changed: dict[str, str], remedy: str, twilio: dict[str, str], gateway: Gateway, message: Any
) -> None:
    """No message would be accepted; each setting that may be at fault is named."""
    with pytest.raises(UnreachableError, match=remedy):
        sent({**twilio, **changed}, message())
    assert not gateway.accepted


def test_a_token_that_is_refused_stops_the_batch(plain: dict[str, str], message: Any) -> None:
    """With JSON too."""
    with pytest.raises(UnreachableError, match="SURVEYLAB_SMS_TOKEN"):
        sent({**plain, "token": "another"}, message())


def test_a_sender_that_is_refused_stops_the_batch(twilio: dict[str, str], gateway: Gateway, message: Any) -> None:
    """It is a fault of the settings, and of no person."""
    gateway.refusing["+4915112345679"] = 21606
    with pytest.raises(UnreachableError, match="SURVEYLAB_SMS_FROM"):
        sent(twilio, message())


def test_another_address_is_not_followed(settings: Mapping[str, str], gateway: Gateway, message: Any) -> None:
    """A message with its number goes to the address of the settings and to no other."""
    gateway.then(Behaviour.MOVED)
    with pytest.raises(UnreachableError, match="SURVEYLAB_SMS_URL"):
        sent(settings, message())
    assert gateway.requests == 1


def test_the_pace_is_kept() -> None:
    """The first goes at once, the others so far apart; who was slow anyway does not wait, and saves nothing up."""
    now, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    pace = _pace.Pace(4, lambda: now[0], sleep)
    for busy in (0.0, 0.0, 0.1, 3.0, 0.0):
        now[0] += busy
        pace.wait()
    assert slept == pytest.approx([0.25, 0.15, 0.25])


def test_the_settings_set_the_pace(settings: Mapping[str, str], message: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two messages of a connection lies what they say."""
    slept: list[float] = []
    monkeypatch.setattr(_pace.Pace.__init__, "__defaults__", (lambda: 0.0, slept.append))
    sent({**settings, "per_second": "0.5"}, message("a"), message("b"))
    assert slept == [2.0]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("", None), ("120", 120), ("soon", None), ("Wed, 21 Oct 2015 07:28:00 GMT", 0), ("-5", None)],
)
def test_how_long_to_wait_is_read_in_both_spellings(text: str, seconds: int | None) -> None:
    """Seconds or a date (RFC 9110); a date that is over means now."""
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert _sms_sending._again_after(text) == expected


def test_a_refused_message_leaves_the_others_alone(settings: Mapping[str, str], gateway: Gateway, message: Any) -> None:
    """Each message of a batch has its own receipt."""
    gateway.refusing["+4915112345670"] = 21211
    one = message("a")
    receipts = sent(settings, one, replace(message("b"), address="+4915112345670"), message("c"))
    assert [each.outcome for each in receipts] == [SENT, REFUSED, SENT]

"""Whatever a mail server does in whichever phase, the receipt says whether anybody can have got the message.

``accepted`` is what a person got. A message that was accepted is SENT or UNCERTAIN, never DEFERRED or REFUSED: it would
be sent once more, or its person be taken for unreachable.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rehearsal import smtp
from rehearsal.smtp import WELL, Doing, MailServer, Phase, Trouble, answering, closing, garbling, hanging
from surveylab.channels import Outcome, Outgoing, Receipt, UnreachableError, email

LINK = "https://survey.example.org/r/abc"
MESSAGE = Outgoing("k1", "u1", "ann@example.org", LINK, f"{LINK}/unsubscribe", "Hello", f"Hello\n\n{LINK}\n")
LATER, NEVER, LEAVING = "450 4.2.1 <ann@example.org> later", "550 5.1.1 <ANN@example.org> no", "421 4.3.2 shutting down"
SENT, DEFERRED, REFUSED, UNCERTAIN = Outcome.SENT, Outcome.DEFERRED, Outcome.REFUSED, Outcome.UNCERTAIN
BEFORE = (Phase.MAIL, Phase.RCPT, Phase.DATA)


def sent(server: MailServer, *messages: Outgoing, timeout: str = "0.3") -> list[Receipt | UnreachableError]:
    """What became of each message of a batch, as the worker would see it."""
    became: list[Receipt | UnreachableError] = []
    try:
        with email.connect({"url": server.url, "from": "service@example.org", "timeout": timeout}, "") as sender:
            for each in messages or (MESSAGE,):
                try:
                    became.append(sender.send(each))
                except UnreachableError as error:
                    became.append(error)
    except UnreachableError as error:
        became.append(error)
    return became


def outcome(trouble: Trouble, *more: Trouble, body: str = MESSAGE.body) -> tuple[Outcome | None, str, int, int]:
    """Outcome (None: unreachable), what was said, messages that were accepted, and connections."""
    with smtp.running() as server:
        server.then(trouble, *more)
        (became,) = sent(server, replace(MESSAGE, body=body))
        said = became.detail if isinstance(became, Receipt) else str(became)
        return getattr(became, "outcome", None), said, len(server.accepted), server.connections


@pytest.mark.parametrize("phase", [*BEFORE, Phase.END])
def test_a_reason_that_may_pass_defers(phase: Phase) -> None:
    """4xx in any phase; the address is not in what is kept of the answer."""
    assert outcome(answering(phase, LATER)) == (DEFERRED, "450 4.2.1 <(the address)> later", 0, 1)


@pytest.mark.parametrize("phase", [Phase.RCPT, Phase.DATA, Phase.END])
def test_a_reason_that_stays_refuses(phase: Phase) -> None:
    """5xx of the address, or of the content."""
    assert outcome(answering(phase, NEVER)) == (REFUSED, "550 5.1.1 <(the address)> no", 0, 1)


@pytest.mark.parametrize(
    "trouble",
    [
        answering(Phase.GREETING, "554 5.3.2 no service"),
        answering(Phase.MAIL, "553 5.7.1 sender rejected"),
        answering(Phase.MAIL, "530 5.7.0 authentication required"),
        answering(Phase.RCPT, "530 5.7.0 authentication required"),
        answering(Phase.RCPT, "554 5.7.1 <ann@example.org>: Relay access denied"),
    ],
)
def test_what_is_our_fault_is_nobody_elses(trouble: Trouble) -> None:
    """A sender that the server does not take, or a login that it misses, refuses no person: it says what to set."""
    became, said, accepted, _ = outcome(trouble)
    assert (became, accepted) == (None, 0)
    assert "SURVEYLAB_EMAIL" in said or "provider" in said


@pytest.mark.parametrize("phase", [Phase.GREETING, Phase.RCPT, Phase.DATA, Phase.END])
def test_a_server_that_leaves_takes_nothing(phase: Phase) -> None:
    """421: this message was not accepted, and no other would be."""
    became, said, accepted, _ = outcome(answering(phase, LEAVING))
    assert (became, accepted) == (None, 0)
    assert "421 4.3.2 shutting down" in said or "cannot be reached" in said


def test_a_server_that_leaves_twice_takes_nothing() -> None:
    """Once it may have meant the connection that was there before."""
    assert outcome(answering(Phase.MAIL, LEAVING)) == (SENT, "250 2.0.0 accepted", 1, 2)
    became, _, accepted, connections = outcome(answering(Phase.MAIL, LEAVING), answering(Phase.MAIL, LEAVING))
    assert (became, accepted, connections) == (None, 0, 2)


@pytest.mark.parametrize("does", [closing, hanging, garbling])
@pytest.mark.parametrize("phase", [Phase.RCPT, Phase.DATA])
def test_a_connection_lost_before_the_content_defers(phase: Phase, does: type[Trouble]) -> None:
    """Nobody can have got it."""
    became, said, accepted, connections = outcome(does(phase))
    assert (became, accepted, connections) == (DEFERRED, 0, 1)
    assert said.startswith("before the message was sent: ")


def test_a_connection_lost_twice_at_the_sender_defers() -> None:
    """It is made anew once and no more."""
    became, _, accepted, connections = outcome(closing(Phase.MAIL), closing(Phase.MAIL))
    assert (became, accepted, connections) == (DEFERRED, 0, 2)


@pytest.mark.parametrize("does", [closing, hanging])
def test_a_connection_lost_in_the_middle_of_the_content_defers(does: type[Trouble]) -> None:
    """As long as the dot behind it has not left this machine, nobody can have got it."""
    became, said, accepted, _ = outcome(does(Phase.CONTENT), body="so long a text " * 700_000)
    assert (became, accepted) == (DEFERRED, 0)
    assert said.startswith("in the middle of the message: ")


@pytest.mark.parametrize("does", [closing, hanging])
def test_a_short_message_has_left_before_the_connection_is_lost(does: type[Trouble]) -> None:
    """What has left whole may have arrived whole, whether or not it has."""
    became, _, accepted, _ = outcome(does(Phase.CONTENT))
    assert (became, accepted) == (UNCERTAIN, 0)


@pytest.mark.parametrize("does", [closing, hanging, garbling])
def test_a_connection_lost_behind_the_dot_is_uncertain(does: type[Trouble]) -> None:
    """The server has it here, and the channel cannot know; it is not sent a second time."""
    became, _, accepted, connections = outcome(does(Phase.END))
    assert (became, accepted, connections) == (UNCERTAIN, 1, 1)


def test_an_uncertain_message_has_its_id() -> None:
    """A notice of its delivery may still come."""
    with smtp.running() as server:
        server.then(closing(Phase.END))
        (became,) = sent(server)
    assert isinstance(became, Receipt)
    assert became.provider_id == "k1@example.org"


@pytest.mark.parametrize("phase", [Phase.GREETING, Phase.HELLO])
@pytest.mark.parametrize("does", [closing, hanging])
def test_a_server_that_says_nothing_cannot_be_reached(phase: Phase, does: type[Trouble]) -> None:
    """No message is tried."""
    became, said, accepted, _ = outcome(does(phase))
    assert (became, accepted) == (None, 0)
    assert "cannot be reached" in said


@pytest.mark.parametrize(
    "trouble",
    [
        answering(Phase.RCPT, LATER),
        closing(Phase.RCPT),
        closing(Phase.DATA),
        answering(Phase.END, NEVER),
        closing(Phase.END),
        hanging(Phase.END),
        garbling(Phase.END),
        garbling(Phase.MAIL),
        closing(Phase.CONTENT),
    ],
)
def test_the_next_message_goes_on(trouble: Trouble) -> None:
    """On the connection that is there, or on another; a late answer is never taken for that of the next message."""
    with smtp.running() as server:
        server.then(trouble)
        first, second = sent(server, MESSAGE, replace(MESSAGE, key="k2", address="bo@example.org"))
        assert isinstance(first, Receipt)
        assert first.outcome is not SENT
        assert isinstance(second, Receipt)
        assert second.outcome is SENT
        assert [letter.recipient for letter in server.accepted].count("bo@example.org") == 1


TROUBLES = st.one_of(
    st.just(WELL),
    st.builds(answering, st.sampled_from([*BEFORE, Phase.END]), st.sampled_from([LATER, NEVER, LEAVING])),
    st.builds(Trouble, st.sampled_from([Phase.GREETING, *BEFORE, Phase.END]), st.just(Doing.CLOSE)),
    st.builds(Trouble, st.sampled_from([*BEFORE, Phase.END]), st.just(Doing.GARBLE)),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TROUBLES, max_size=8))
def test_what_was_said_agrees_with_what_was_got(troubles: list[Trouble]) -> None:
    """Whatever happens in whatever order: nobody gets a message twice, and what was got is SENT or UNCERTAIN."""
    messages = [replace(MESSAGE, key=f"k{at}", address=f"p{at}@example.org") for at in range(6)]
    with smtp.running() as server:
        server.then(*troubles)
        became = sent(server, *messages, timeout="5")
        got = [letter.recipient for letter in server.accepted]
    assert len(got) == len(set(got))
    if len(became) == 1:  # there was no connection
        assert not got
        return
    for message, receipt in zip(messages, became, strict=True):
        outcome = receipt.outcome if isinstance(receipt, Receipt) else None
        assert outcome is not SENT or message.address in got
        assert message.address not in got or outcome in (SENT, UNCERTAIN)

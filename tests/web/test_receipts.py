"""Where providers tell what became of messages: by signature alone, once, and in plain words when it is wrong."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from rehearsal import gateway as gateways
from rehearsal.gateway import ACCOUNT, TOKEN, Gateway, form_notice
from surveylab import spec
from surveylab.fieldwork import recruit
from surveylab.fieldwork.worker import Worker, send_due
from surveylab.settings import Settings
from surveylab.signatures import sign
from surveylab.store import contacts, snapshots, suppressions
from surveylab.store.ledger import Ledger
from surveylab.store.tables import contact, event, sampled_case, setting
from surveylab.web import create_app

from .conftest import BEGIN, Clock

HOOK = "/hooks/receipts/sms"
BASE = "https://survey.example.org"
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
PHONES = {"a": "+4915112345670", "b": "+4915112345671"}
TRIAL = """
format: 1
title: A trial
frame: {source: customers}
inquiries: {reply: {outcome: response, contrast: {words: [b, a]}}}
sampling: {scheme: srs, n: 2}
assignment: {scheme: complete, factors: {words: {varies: messages.invitation.body, levels: {a: One, b: Two}}}}
contact: {channel: sms, reminders: [P3D]}
messages: {invitation: {subject: "", body: "{link|}"}}
measurement: {instrument: questions}
"""
QUESTIONS = """
format: 1
title: Questions
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome.
thanks: Saved.
pages: [{id: one, items: [why]}]
items: [{id: why, type: short_text, text: {en: Why?}}]
"""


class Provider:
    """A gateway of messages with an account here, and the application that it tells things to."""

    def __init__(self, gateway: Gateway, ledger: Ledger, settings: Settings, clock: Clock) -> None:
        self.gateway, self.ledger, self.clock = gateway, ledger, clock
        self.twilio = {
            "SURVEYLAB_SMS_URL": gateway.url,
            "SURVEYLAB_SMS_GATEWAY": "twilio",
            "SURVEYLAB_SMS_ACCOUNT": ACCOUNT,
            "SURVEYLAB_SMS_TOKEN": TOKEN,
            "SURVEYLAB_SMS_FROM": "+4915112345678",
            "SURVEYLAB_SMS_STATUS_URL": BASE + HOOK,
        }
        self.json = {**self.twilio, "SURVEYLAB_SMS_GATEWAY": "json", "SURVEYLAB_SMS_SECRET": SECRET}
        self._settings = replace(settings, base_url=BASE)

    def client(self, **variables: str) -> FlaskClient:
        """A client of the application with these settings."""
        settings = replace(self._settings, variables=variables)
        return create_app(settings, ledger=self.ledger, clock=self.clock).test_client()

    def send(self) -> None:
        """Field the trial, and send what is due by a real worker over a real connection."""
        people = [(unit, {"x": 1}, {"phone": phone}) for unit, phone in PHONES.items()]
        with self.ledger.write() as conn:
            snapshots.replace_frame(conn, "customers", "digest", people, BEGIN)
        study = spec.read_documents({"trial.yaml": TRIAL, "questions.yaml": QUESTIONS}, "trial.yaml")
        recruit.draw(self.ledger, study, BEGIN)
        self.work()

    def work(self) -> None:
        """Send what is due now."""
        failed: list[Any] = []
        worker = Worker(self.ledger, BASE, lambda: self.clock(None))
        send_due(worker, replace(self._settings, variables=self.twilio), lambda *told: failed.append(told))
        assert not failed

    def told(self, client: FlaskClient, token: str = TOKEN, url: str = BASE + HOOK, **fields: str) -> TestResponse:
        """The answer to a signed form."""
        headers, body = form_notice(url, fields, token)
        return client.post(HOOK, data=body, headers=headers)

    def signed(self, client: FlaskClient, said: Any, name: str = "n1", **at: float) -> TestResponse:
        """The answer to a signed document."""
        body = json.dumps(said).encode()
        headers = sign(SECRET, name, self.clock(None) + timedelta(**at), body)
        return client.post(HOOK, data=body, headers=headers)

    def of(self, unit: str) -> str:
        """The gateway's name of the message to a unit."""
        return next(each.id for each in self.gateway.accepted if each.to == PHONES[unit])

    def heard(self) -> list[tuple[str, str, str]]:
        """Unit, kind and detail of every event but the draw, in order."""
        source = event.join(sampled_case, sampled_case.c.id == event.c.case_id)
        query = select(sampled_case.c.unit, event.c.kind, event.c.detail).select_from(source)
        with self.ledger.read() as conn:
            rows = conn.execute(query.where(event.c.kind.not_in(("selected", "sent"))).order_by(event.c.id))
            return [tuple(row) for row in rows]  # type: ignore[misc]


@pytest.fixture
def provider(ledger: Ledger, settings: Settings, clock: Clock) -> Iterator[Provider]:
    """A provider whose gateway runs while the test does."""
    with gateways.running() as running:
        yield Provider(running, ledger, settings, clock)


def test_what_the_gateway_tells_of_its_messages_reaches_their_cases(provider: Provider) -> None:
    """From the draw over a worker and a connection to the gateway, and back by its signed notices."""
    provider.send()
    client = provider.client(**provider.twilio)
    assert {each.callback for each in provider.gateway.accepted} == {BASE + HOOK}
    delivered = provider.told(client, MessageSid=provider.of("a"), MessageStatus="delivered", Price="-0.07")
    assert (delivered.status_code, delivered.data) == (204, b"")
    provider.told(client, MessageSid=provider.of("b"), MessageStatus="undelivered", ErrorCode="30005")
    assert provider.heard() == [("a", "delivered", "sms"), ("b", "bounced", "sms undelivered 30005")]
    with provider.ledger.read() as conn:
        costs = dict(conn.execute(select(contact.c.provider_id, contact.c.cost).where(contact.c.step == 0)).all())
    assert costs == {provider.of("a"): 0.07, provider.of("b"): None}


def test_who_answers_stop_gets_no_reminder(provider: Provider) -> None:
    """The number opts out and is on the list; the worker passes over what was planned for it."""
    provider.send()
    client = provider.client(**provider.twilio)
    answer = {"MessageSid": "SM-in", "SmsStatus": "received", "From": PHONES["a"], "To": "+4915112345678"}
    assert provider.told(client, **answer, Body="Stop").status_code == 204
    assert provider.heard() == [("a", "opted_out", "stop")]
    with provider.ledger.read() as conn:
        assert [(each.kind, each.reason) for each in suppressions.counts(conn)] == [("phone", "stop")]
    provider.clock.advance(days=4)
    provider.work()
    assert sorted(each.to for each in provider.gateway.accepted) == [PHONES["a"], PHONES["b"], PHONES["b"]]
    with provider.ledger.read() as conn:
        states = list(conn.scalars(select(contact.c.state).where(contact.c.step == 1).order_by(contact.c.state)))
    assert states == [contacts.CANCELLED, contacts.SENT]


def test_a_notice_that_comes_again_changes_nothing(provider: Provider) -> None:
    """A form has no moment and may come at any time; what it says is written once."""
    provider.send()
    client = provider.client(**provider.twilio)
    for days in (0, 0, 40):
        provider.clock.advance(days=days)
        assert provider.told(client, MessageSid=provider.of("a"), MessageStatus="delivered").status_code == 204
    assert provider.heard() == [("a", "delivered", "sms")]


def test_a_document_that_comes_again_is_taken_once_and_later_refused(provider: Provider) -> None:
    """Its moment is signed: within five minutes it changes nothing, behind them it is refused."""
    provider.send()
    client = provider.client(**provider.json)
    said = {"state": "delivered", "id": provider.of("a")}
    assert [provider.signed(client, said).status_code for _ in range(2)] == [204, 204]
    assert provider.signed(client, said, minutes=-6).status_code == 403
    assert provider.signed(client, said, minutes=6).status_code == 403
    assert provider.heard() == [("a", "delivered", "sms")]


def test_what_is_of_nobody_is_answered_like_all_else(provider: Provider) -> None:
    """A provider is not told which messages there are, and has nothing to try again."""
    provider.send()
    client = provider.client(**provider.twilio)
    assert provider.told(client, MessageSid="SM-unknown", MessageStatus="delivered").status_code == 204
    assert (
        provider.told(client, MessageSid="SM-in", SmsStatus="received", From=PHONES["a"], Body="9").status_code == 204
    )
    assert provider.heard() == []


def test_what_is_not_signed_is_refused(provider: Provider) -> None:
    """A wrong signature, one for another address, none at all: 403, and nothing is written."""
    provider.send()
    client = provider.client(**provider.twilio)
    fields = {"MessageSid": provider.of("a"), "MessageStatus": "delivered"}
    refused = [
        provider.told(client, token="another", **fields),
        provider.told(client, url=f"http://127.0.0.1{HOOK}", **fields),
        client.post(HOOK, data=fields),
        client.post(HOOK, data=b"\x00" * 100),
        provider.client(**provider.json).post(HOOK, json={"state": "delivered", "id": provider.of("a")}),
    ]
    assert [answer.status_code for answer in refused] == [403] * 5
    assert all(answer.mimetype == "text/plain" and "signed" in answer.text for answer in refused)
    assert provider.heard() == []


def test_the_address_that_is_signed_has_its_query(provider: Provider) -> None:
    """It is the one of the settings, whatever host the request names: behind a proxy that is another."""
    client = provider.client(**{**provider.twilio, "SURVEYLAB_SMS_STATUS_URL": ""})
    url = f"{HOOK}?of=a%20survey&n=1"
    headers, body = form_notice(BASE + url, {"MessageSid": "SM1", "MessageStatus": "delivered"})
    assert client.post(url, data=body, headers=headers).status_code == 204
    assert client.post(f"{HOOK}?of=a%20survey&n=2", data=body, headers=headers).status_code == 403


def test_what_cannot_be_read_is_said_to_be_so(provider: Provider) -> None:
    """Signed, and no notice: 400, and the text says what is wrong."""
    answer = provider.signed(provider.client(**provider.json), {"state": "delivered"})
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    assert "names no message" in answer.text


@pytest.mark.parametrize("channel", ["pigeon", "kiosk", "link", "_sms_json", "..%2Fsms"])
def test_a_channel_that_is_told_nothing_is_not_there(channel: str, provider: Provider) -> None:
    """Nor is one that is not set up."""
    assert provider.client(**provider.twilio).post(f"/hooks/receipts/{channel}").status_code == 404
    assert provider.client().post(HOOK).status_code == 404


def test_a_fault_of_the_settings_is_none_of_the_provider(provider: Provider, caplog: pytest.LogCaptureFixture) -> None:
    """It is told to try again, and the log says which setting it is; the answer does not."""
    answer = provider.told(provider.client(SURVEYLAB_SMS_TOKEN=TOKEN), MessageSid="SM1", MessageStatus="delivered")
    assert answer.status_code == 503
    assert "SURVEYLAB" not in answer.text
    assert "SURVEYLAB_SMS_URL" in caplog.text


def test_a_request_has_an_end(provider: Provider) -> None:
    """64 kB, and a provider needs one of them; nothing of more is read."""
    client = provider.client(**provider.twilio)
    assert client.post(HOOK, data=b"x" * 64_001).status_code == 413
    assert client.post(HOOK, data=b"x" * 64_000).status_code == 403


def test_only_a_post_tells_anything_and_nobody_is_known_by_it(provider: Provider) -> None:
    """A browser that opens the address is told so; no answer sets a cookie."""
    client = provider.client(**provider.twilio)
    assert client.get(HOOK).status_code == 405
    answers = [
        provider.told(client, MessageSid="SM1", MessageStatus="delivered"),
        client.post(HOOK),
        client.post("/hooks/receipts/pigeon"),
    ]
    assert not any("Set-Cookie" in answer.headers for answer in answers)
    with provider.ledger.read() as conn:
        assert "suppression_key" not in set(conn.scalars(select(setting.c.key)))

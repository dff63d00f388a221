"""The channel ``email`` hands messages to a real server, over one connection, and says what became of each."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rehearsal import smtp
from rehearsal.smtp import PASSWORD, USER, WELL, MailServer, Phase, answering, closing
from surveylab.channels import Delivering, Notified, Outcome, Outgoing, Receipt, UnreachableError, _pace, email

FROM = "Customer service <service@example.org>"
LINK = "https://survey.example.org/r/abc"
MESSAGE = Outgoing("k1", "u1", "ann@example.org", LINK, f"{LINK}/unsubscribe", "Zoë asks", f"Hello\n\n{LINK}\n")
LOGIN = f"{USER}:{PASSWORD.replace(' ', '%20')}"


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A mail server that runs while the test does."""
    with smtp.running() as running:
        yield running


@pytest.fixture(scope="session")
def encryption(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """What a server of 127.0.0.1 encrypts with, and the file of its certificate."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl makes the certificate")
    folder = tmp_path_factory.mktemp("encryption")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    made = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    made += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context, certificate


def sent(server: MailServer, *messages: Outgoing, url: str = "", **settings: str) -> list[Receipt]:
    """The receipts of one batch."""
    given = {"url": url or server.url, "from": FROM, "timeout": "5", **settings}
    with email.connect(given, "") as sender:
        return [sender.send(each) for each in messages]


def others(count: int) -> list[Outgoing]:
    """Messages to as many people."""
    return [replace(MESSAGE, key=f"k{at}", address=f"p{at}@example.org") for at in range(count)]


def test_it_is_a_channel_that_delivers_and_hears() -> None:
    """By a worker, to the email address of a person."""
    assert isinstance(email, Delivering)
    assert isinstance(email, Notified)
    assert (email.BY, email.ADDRESS) == ("worker", "email")


def test_a_message_arrives_as_it_was_written(server: MailServer) -> None:
    """One recipient, the text as it was, and the id of the receipt in its header."""
    body = f"Hello Zoë,\n\n{LINK}\n\n.\n..\nFrom here on.\n"
    (receipt,) = sent(server, replace(MESSAGE, body=body))
    assert receipt == Receipt(Outcome.SENT, "250 2.0.0 accepted", "k1@example.org")
    (letter,) = server.accepted
    assert (letter.sender, letter.recipient) == ("service@example.org", "ann@example.org")
    assert letter.message["Message-ID"] == "<k1@example.org>"
    assert letter.message["Subject"] == "Zoë asks"
    assert letter.message["From"] == FROM
    plain = letter.message.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n") == body


def test_a_batch_has_one_connection(server: MailServer) -> None:
    """Each message has its own receipt, in order."""
    receipts = sent(server, *others(5))
    assert [each.provider_id for each in receipts] == [f"k{at}@example.org" for at in range(5)]
    assert [letter.recipient for letter in server.accepted] == [f"p{at}@example.org" for at in range(5)]
    assert server.connections == 1


def test_a_connection_has_as_many_messages_as_the_settings_allow(server: MailServer) -> None:
    """Then there is a new one."""
    sent(server, *others(5), per_connection="2")
    assert [letter.connection for letter in server.accepted] == [1, 1, 2, 2, 3]


def test_the_settings_set_the_pace(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two messages of a connection lies what they say."""
    slept: list[float] = []
    monkeypatch.setattr(_pace.Pace.__init__, "__defaults__", (lambda: 0.0, slept.append))
    sent(server, *others(2), per_second="0.5")
    assert slept == [2.0]


@pytest.mark.parametrize("trouble", [closing(Phase.MAIL), answering(Phase.MAIL, "421 4.4.2 idle too long")])
def test_a_connection_that_was_closed_between_messages_is_made_anew(server: MailServer, trouble: smtp.Trouble) -> None:
    """Nothing of the message has been sent then; each arrives once."""
    server.then(WELL, trouble)
    assert [each.outcome for each in sent(server, *others(3))] == [Outcome.SENT] * 3
    assert [letter.connection for letter in server.accepted] == [1, 2, 2]


def test_a_refused_message_leaves_the_others_alone(server: MailServer) -> None:
    """On the same connection."""
    for phase in (Phase.RCPT, Phase.DATA, Phase.END):
        server.then(WELL, answering(phase, "550 5.1.1 no such person"), WELL)
        outcomes = [each.outcome for each in sent(server, *others(3))]
        assert outcomes == [Outcome.SENT, Outcome.REFUSED, Outcome.SENT], phase
    assert server.connections == 3


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ann",
        "ann@example.org\r\nRCPT TO:<b@example.org>",
        "ann@example.org\n",
        "a\x00@example.org",
        "<a@example.org>",
        "a@example.org, b@example.org",
        "a b@example.org",
        "ann@exam\x85ple.org",
        "ann@example.org> SIZE=1",
        "@",
        "a@b",
    ],
)
def test_an_address_that_cannot_be_is_refused_and_never_told(server: MailServer, address: str) -> None:
    """Nothing is sent; the detail says why."""
    (receipt,) = sent(server, replace(MESSAGE, address=address))
    assert receipt.outcome is Outcome.REFUSED
    assert receipt.detail.startswith("not sent: the address ")
    assert receipt.detail.isprintable()
    assert not server.accepted


def test_a_domain_in_letters_is_written_in_ascii(server: MailServer) -> None:
    """As the frame stores it (punycode)."""
    (receipt,) = sent(server, replace(MESSAGE, address="ann@Straße.example"))
    assert receipt.outcome is Outcome.SENT
    assert server.accepted[0].recipient == "ann@xn--strae-oqa.example"
    assert server.accepted[0].content.isascii()


def test_letters_before_the_at_need_a_server_that_takes_them() -> None:
    """With SMTPUTF8 the address is written as it is; without, the message is refused; the next one is as any."""
    messages = replace(MESSAGE, address="zoë@example.org"), MESSAGE
    with smtp.running() as server:
        assert [each.outcome for each in sent(server, *messages)] == [Outcome.SENT, Outcome.SENT]
        assert [each.recipient for each in server.accepted] == ["zoë@example.org", "ann@example.org"]
        assert server.accepted[0].message["To"] == "zoë@example.org"
    with smtp.running(utf8=False) as server:
        refused, other = sent(server, *messages)
    assert (refused.outcome, other.outcome) == (Outcome.REFUSED, Outcome.SENT)
    assert refused.detail == "not sent: the server takes no address with letters beyond ASCII (SMTPUTF8)"


def test_a_template_names_its_sender(server: MailServer) -> None:
    """In the header; bounces go where the settings say."""
    sent(server, replace(MESSAGE, sender="Ann <ann@shop.example>"), replace(MESSAGE, sender="Ann"))
    assert [letter.message["From"] for letter in server.accepted] == [
        "Ann <ann@shop.example>",
        "Ann <service@example.org>",
    ]
    assert {letter.sender for letter in server.accepted} == {"service@example.org"}
    assert {letter.message["Message-ID"] for letter in server.accepted} == {"<k1@example.org>"}


def test_a_template_with_an_impossible_sender_stops_the_batch(server: MailServer) -> None:
    """It is not the person's fault, and nobody is taken for unreachable because of it."""
    with pytest.raises(UnreachableError, match="message template"):
        sent(server, replace(MESSAGE, sender="Ann\nBcc: x@example.org"))
    assert not server.accepted


@pytest.mark.parametrize("from_the_start", [False, True])
def test_a_connection_is_encrypted_and_logs_in(
    encryption: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch, from_the_start: bool
) -> None:
    """By STARTTLS or from the start, where the certificate is that of an authority that is trusted."""
    context, certificate = encryption
    scheme = "smtps" if from_the_start else "smtp"
    with smtp.running(encryption=context, from_the_start=from_the_start, login=True) as server:
        url = f"{scheme}://{LOGIN}@{server.host}:{server.port}"
        with pytest.raises(UnreachableError, match=r"no encrypted connection.*SSL_CERT_FILE"):
            sent(server, MESSAGE, url=url)
        assert not server.logins
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert [each.outcome for each in sent(server, *others(2), url=url)] == [Outcome.SENT] * 2
        assert server.logins == [(USER, PASSWORD)]


def test_nothing_goes_unencrypted_unless_it_is_said(server: MailServer) -> None:
    """A server without STARTTLS is refused, before any password."""
    with pytest.raises(UnreachableError, match=r"does not offer STARTTLS.*\?tls=none"):
        sent(server, MESSAGE, url=f"smtp://{LOGIN}@{server.host}:{server.port}")
    assert not server.accepted


@pytest.mark.parametrize("word", ["wrong", "%C3%A4"])
def test_wrong_credentials_say_what_to_check_and_not_what_they_were(word: str) -> None:
    """No message is tried with them."""
    with smtp.running(login=True) as server:
        url = f"smtp://{USER}:{word}@{server.host}:{server.port}?tls=none"
        with pytest.raises(Exception, match="SURVEYLAB_EMAIL_URL") as told:
            sent(server, MESSAGE, url=url)
    assert word not in str(told.value)


def test_a_login_that_is_not_offered_is_told(server: MailServer) -> None:
    """As is the way to do without."""
    with pytest.raises(UnreachableError, match="does not offer a login"):
        sent(server, MESSAGE, url=f"smtp://{LOGIN}@{server.host}:{server.port}?tls=none")


def test_where_nobody_listens_there_is_no_connection(server: MailServer) -> None:
    """It says which server, and which setting."""
    with smtp.running() as gone:
        pass
    with pytest.raises(UnreachableError, match=rf"127\.0\.0\.1:{gone.port} cannot be reached.*SURVEYLAB_EMAIL_URL"):
        sent(gone, MESSAGE)


def test_the_skeleton_is_of_nobody(server: MailServer) -> None:
    """What is kept for the next message has nothing of the last one in it."""
    one: dict[str, Any] = {"subject": "only for Ann", "body": "Dear Ann", "opt_out": "https://survey.example.org/ann"}
    sent(server, replace(MESSAGE, **one), replace(MESSAGE, key="k2", address="bo@example.org"))
    second = server.accepted[1].content.lower()
    assert b"ann" not in second
    assert [line for line in second.split(b"\r\n") if line.startswith(b"to: ")] == [b"to: bo@example.org"]

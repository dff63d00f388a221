"""Settings of the channel ``email`` are read at once, and every fault of them is told."""

from __future__ import annotations

import pytest

from surveylab.channels import SettingError, email
from surveylab.channels._email_message import Mailbox
from surveylab.channels._email_settings import read, secret

URL = "smtp://user:password@mail.example.org"
GIVEN = {"url": URL, "from": "Service <service@example.org>"}
SECRET = "whsec_" + "QUJD" * 8


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("smtp://mail.example.org", "mail.example.org", 587, "starttls"),
        ("smtp://mail.example.org?tls=starttls", "mail.example.org", 587, "starttls"),
        ("smtp://mail.example.org:2525/", "mail.example.org", 2525, "starttls"),
        ("smtp://mail.example.org:25?tls=none", "mail.example.org", 25, "none"),
        ("smtps://mail.example.org", "mail.example.org", 465, "smtps"),
        ("smtps://[::1]:4650", "::1", 4650, "smtps"),
    ],
)
def test_a_scheme_says_port_and_encryption(url: str, host: str, port: int, tls: str) -> None:
    """Without more, a connection is encrypted."""
    server = read({**GIVEN, "url": url}).server
    assert (server.host, server.port, server.tls, server.user) == (host, port, tls, "")


def test_user_and_password_are_read_as_addresses_have_them() -> None:
    """Signs that part the address are written with per cent signs; the password is not in what is printed of it."""
    server = read({**GIVEN, "url": "smtps://me%40example.org:a%2Fb%3Ac%25@mail.example.org"}).server
    assert (server.user, server.password) == ("me@example.org", "a/b:c%")
    assert "a/b" not in repr(server)


def test_the_rest_has_defaults() -> None:
    """No limit of speed, a minute for an answer and ten for the last one; the name is the domain of the sender."""
    found = read(GIVEN)
    assert (found.per_second, found.per_connection) == (None, None)
    assert (found.server.reply, found.server.final, found.server.own_name) == (60, 600, "example.org")
    assert found.origin.reply_to is None
    given = {**GIVEN, "reply_to": "a@example.org", "per_second": "0.5", "per_connection": "100", "timeout": "5"}
    found = read({**given, "secret": SECRET})
    assert (found.per_second, found.per_connection, found.server.reply, found.server.final) == (0.5, 100, 5, 5)
    assert found.origin.reply_to == Mailbox("", "a@example.org")


@pytest.mark.parametrize(
    ("name", "value"),
    [("url", each) for each in ("mail.example.org", "http://mail.example.org", "smtp://", "smtp://a b", "smtp://h:x")]
    + [("url", each) for each in ("smtp://h:0", "smtp://h:99999", "smtp://h/path", "smtp://h?tls=maybe", "smtp://h#x")]
    + [("url", each) for each in ("smtps://h?tls=none", "smtp://user@h", "smtp://ü:p@h", "smtp://u:p%0Ax@h")]
    + [("url", "smtp://u:p@mail.example.org?tls=none"), ("url", "smtp://u:p@192.0.2.7?tls=none")]
    + [("from", each) for each in ("service", "Service", "a@example.org\nBcc: b@example.org", "a@localhost")]
    + [("reply_to", "nobody"), ("per_second", "0"), ("per_second", "fast"), ("per_second", "-1"), ("per_second", "nan")]
    + [("per_connection", "0"), ("per_connection", "1.5"), ("timeout", "0"), ("timeout", "inf")]
    + [("secret", "short"), ("secret", "whsec_QUJD")],
)
def test_a_fault_names_its_setting_and_says_what_to_write(name: str, value: str) -> None:
    """One sentence, and the word for the server is not in it."""
    with pytest.raises(SettingError, match=rf"\ASURVEYLAB_EMAIL_{name.upper()} .*; it is [^\n]*\Z") as told:
        read({**GIVEN, name: value})
    assert "u:p" not in str(told.value)


def test_a_password_stays_on_this_machine_or_is_encrypted() -> None:
    """A relay of one's own may be spoken to in the clear."""
    for host in ("127.0.0.1", "localhost", "[::1]"):
        assert read({**GIVEN, "url": f"smtp://u:p@{host}:2525?tls=none"}).server.user == "u"


def test_all_faults_are_told_at_once() -> None:
    """What is missing, what is wrong, and what is no setting with the one that was meant."""
    with pytest.raises(SettingError) as told, email.connect({"form": "a@example.org", "per_second": "0"}, ""):
        pass
    lines = str(told.value).split("\n")
    assert [line.split()[0] for line in lines] == [
        "SURVEYLAB_EMAIL_FORM",
        "SURVEYLAB_EMAIL_URL",
        "SURVEYLAB_EMAIL_FROM",
        "SURVEYLAB_EMAIL_PER_SECOND",
    ]
    assert "Did you mean 'SURVEYLAB_EMAIL_FROM'?" in lines[0]


def test_notices_need_a_secret_and_nothing_else() -> None:
    """Who takes notices need not be who sends."""
    assert secret({"secret": SECRET}) == SECRET
    for given in ({}, {"secret": " "}, {"secret": "whsec_short"}):
        with pytest.raises(SettingError, match="SURVEYLAB_EMAIL_SECRET"):
            secret(given)

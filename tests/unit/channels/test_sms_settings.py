"""A setting that cannot be used is named, with what to write, before anything is sent."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from surveylab.channels import SettingError, sms
from surveylab.channels._sms_settings import GATEWAYS, SmsSettings, read

RIGHT = {
    "url": "https://api.twilio.com/",
    "gateway": "twilio",
    "account": "AC1",
    "token": "very secret",
    "from": "+4915112345678",
}


def test_settings_are_read() -> None:
    """What is not set is as the gateway has it."""
    own = read({**RIGHT, "price": "0.075", "per_second": "2.5", "secret": ""})
    assert (own.url, own.sender, str(own.price), own.per_second) == (RIGHT["url"][:-1], RIGHT["from"], "0.075", 2.5)
    assert read(RIGHT).price is None
    assert read(RIGHT).per_second is None


@pytest.mark.parametrize("name", ["url", "gateway", "token", "from", "account"])
def test_what_is_missing_is_named(name: str) -> None:
    """One sentence, and none about the others."""
    with pytest.raises(SettingError) as raised:
        read({**RIGHT, name: " "})
    assert str(raised.value).startswith(f"SURVEYLAB_SMS_{name.upper()} is not set; it is ")
    assert len(str(raised.value).splitlines()) == 1


def test_the_account_is_twilios_only() -> None:
    """A gateway of JSON knows its account by the token."""
    assert read({**RIGHT, "gateway": "json", "account": ""}).gateway in GATEWAYS


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("url", "http://api.example.org"),
        ("url", "api.example.org"),
        ("url", "https://"),
        ("url", "https://name:password@api.example.org"),
        ("url", "https://api.example.org/?to=1"),
        ("url", "ftp://127.0.0.1"),
        ("gateway", "Twilio"),
        ("account", "../AC1"),
        ("token", "schlüssel"),
        ("from", "a name that is too long"),
        ("from", "12"),
        ("from", "015112345678"),
        ("from", "MG" + "0" * 31),
        ("status_url", "http://survey.example.org/hooks/receipts/sms"),
        ("price", "0,075"),
        ("price", "-1"),
        ("price", "nan"),
        ("per_second", "0"),
        ("per_second", "fast"),
        ("per_second", "1e9"),
        ("secret", "very secret"),
    ],
)
def test_what_is_wrong_is_named(name: str, wrong: str) -> None:
    """One sentence with what was written, unless that is a secret."""
    with pytest.raises(SettingError) as raised:
        read({**RIGHT, name: wrong})
    (line,) = str(raised.value).splitlines()
    assert line.startswith(f"SURVEYLAB_SMS_{name.upper()} is ")
    assert "; it is " in line
    assert (repr(wrong) in line) is (name not in ("token", "secret"))


def test_an_address_of_this_machine_needs_no_https() -> None:
    """What is sent there is read by nobody on the way."""
    for url in ("http://127.0.0.1:8080", "http://[::1]:8080/sms", "http://localhost"):
        assert read({**RIGHT, "url": url}).url == url


def test_a_name_that_is_no_setting_is_told_with_the_nearest() -> None:
    """A typing error would else leave the default where somebody meant something."""
    with pytest.raises(
        SettingError, match=r"^SURVEYLAB_SMS_PRIZE is no setting. Did you mean 'SURVEYLAB_SMS_PRICE'\?$"
    ):
        read({**RIGHT, "prize": "0.1"})


def test_all_faults_are_told_at_once() -> None:
    """Each on a line of its own; the channel raises them before there is a connection."""
    with pytest.raises(SettingError) as raised, sms.connect({"gateway": "json", "price": "x"}, ""):
        pass
    names = [line.split()[0].removeprefix("SURVEYLAB_SMS_") for line in str(raised.value).splitlines()]
    assert names == ["URL", "TOKEN", "FROM", "PRICE"]


def test_every_setting_is_documented() -> None:
    """docs/channels.md and docs/settings.md have a row for each."""
    names = {each.name for each in fields(SmsSettings)} - {"sender"} | {"from"}
    for page in ("channels.md", "settings.md"):
        text = (Path(__file__).parents[3] / "docs" / page).read_text(encoding="utf-8")
        for name in names:
            assert f"| `SURVEYLAB_SMS_{name.upper()}` | " in text, (page, name)

"""The settings of the channel ``sms``, read at once and every fault of them told."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from ipaddress import ip_address
from urllib.parse import urlsplit

from surveylab import signatures
from surveylab.channels import SettingError
from surveylab.channels._pace import is_rate
from surveylab.channels._sms_numbers import is_sender
from surveylab.errors import hint

GATEWAYS = ("twilio", "json")
_PREFIX = "SURVEYLAB_SMS_"
_ALWAYS = ("url", "gateway", "token", "from")
_MAY_BE = ("account", "status_url", "price", "per_second", "secret")
_ALSO = {"twilio": ("account",), "json": ()}


@dataclass(frozen=True)
class SmsSettings:
    """A gateway, and how it is used.

    ``url`` has no slash at its end. ``sender`` is whom messages come from, where their template names nobody.
    ``price`` is of a segment, in the currency of the account, for gateways that tell none. ``per_second`` is the most
    messages of one connection in a second; None: as fast as the gateway answers.
    """

    url: str
    gateway: str
    account: str
    token: str
    sender: str
    status_url: str
    price: Decimal | None
    per_second: float | None
    secret: str


def read(settings: Mapping[str, str]) -> SmsSettings:
    """The settings from SURVEYLAB_SMS_URL and so on, handed over as ``{"url": ...}``.

    Raises:
        SettingError: a sentence for each that is missing or wrong.
    """
    given = {name: text.strip() for name, text in settings.items() if text.strip()}
    faults = [
        f"{_PREFIX}{name.upper()} is no setting.{_offer(name)}" for name in sorted(given.keys() - {*_ALWAYS, *_MAY_BE})
    ]
    asked = (*_ALWAYS, *_ALSO.get(given.get("gateway", ""), ()))
    faults += [f"{_PREFIX}{name.upper()} is not set; {_WHAT[name]}." for name in asked if name not in given]
    faults += [
        f"{_PREFIX}{name.upper()} {'' if name in _HIDDEN else f'is {given[name]!r} and '}is not usable; {_WHAT[name]}."
        for name, is_right in _RIGHT.items()
        if name in given and not is_right(given[name])
    ]
    if faults:
        raise SettingError("\n".join(faults))
    return SmsSettings(
        url=given["url"].rstrip("/"),
        gateway=given["gateway"],
        account=given.get("account", ""),
        token=given["token"],
        sender=given["from"],
        status_url=given.get("status_url", ""),
        price=Decimal(given["price"]) if "price" in given else None,
        per_second=float(given["per_second"]) if "per_second" in given else None,
        secret=given.get("secret", ""),
    )


def _offer(name: str) -> str:
    near = hint(name.upper(), [each.upper() for each in (*_ALWAYS, *_MAY_BE)])
    return near.replace("'", f"'{_PREFIX}", 1) or f" There are: {', '.join(sorted((*_ALWAYS, *_MAY_BE)))}."


def _address(text: str) -> bool:
    """Whether it is an address over https; without it on this machine only, for the token goes with each message."""
    try:
        parts = urlsplit(text)
        here = parts.hostname == "localhost" or ip_address(parts.hostname or "").is_loopback
    except ValueError:
        here = False
    plain = re.fullmatch(r"https?://[!-~]+", text) is not None and bool(urlsplit(text).hostname)
    return plain and "@" not in text and "#" not in text and (here or text.startswith("https://"))


def _amount(text: str) -> bool:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return False
    return amount.is_finite() and amount >= 0


def _secret(text: str) -> bool:
    try:
        signatures.key(text)
    except ValueError:
        return False
    return True


_RIGHT: Mapping[str, Callable[[str], bool]] = {
    "url": lambda text: _address(text) and "?" not in text,
    "gateway": lambda text: text in GATEWAYS,
    "account": lambda text: re.fullmatch("[A-Za-z0-9_-]+", text) is not None,
    "token": lambda text: text.isascii() and text.isprintable(),
    "from": is_sender,
    "status_url": _address,
    "price": _amount,
    "per_second": is_rate,
    "secret": _secret,
}
_HIDDEN = ("token", "secret")
_WHAT = {
    "url": "it is the address of the gateway, such as https://api.twilio.com, over https unless on this machine",
    "gateway": f"it is the shape of the gateway's requests: {' or '.join(GATEWAYS)}",
    "account": "it is the id of the account, such as AC and 32 figures and letters",
    "token": "it is what the gateway knows this account by, in ASCII",
    "from": "it is whom messages come from: a number such as +4915112345678, a short code, a name of up to eleven "
    "letters and figures, or a messaging service (MG and 32 figures and letters)",
    "status_url": "it is where the gateway tells what became of a message, such as "
    "https://survey.example.org/hooks/receipts/sms",
    "price": "it is the price of a segment, such as 0.075",
    "per_second": "it is the most messages in a second, such as 10 or 0.5",
    "secret": "it is what the gateway signs its notices with: whsec_ and the base64 of 24 to 64 random bytes",
}

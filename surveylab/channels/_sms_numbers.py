"""Telephone numbers that a text message can go to, and senders that it can come from."""

from __future__ import annotations

import re

_SERVICE = re.compile("MG[0-9a-f]{32}")
"""A messaging service of Twilio."""
_SENDERS = (
    re.compile(r"\+[1-9][0-9]{6,14}"),  # a number in E.164
    re.compile("[0-9]{3,8}"),  # a short code
    re.compile("(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11}"),  # a name: letters of the GSM alphabet that networks pass on
    _SERVICE,
)


def e164(text: str) -> str:
    """A number with its country code as E.164 writes it.

    Raises:
        ValueError: there can be no such number. The text says so without telling the number.
    """
    import phonenumbers  # late: its tables take a while, and the pages need none of them

    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        raise ValueError("no telephone number with its country code") from None
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    if number.extension or not possible:
        raise ValueError("a telephone number that cannot be")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def is_sender(text: str) -> bool:
    """Whether a message can come from this: a number in E.164, a short code, a name, or a messaging service."""
    return any(each.fullmatch(text) for each in _SENDERS)


def is_service(text: str) -> bool:
    """Whether it is the id of a messaging service, which picks the sender by itself."""
    return _SERVICE.fullmatch(text) is not None

"""Addresses and preferences as they are stored: one spelling each, or what is wrong with them."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from surveylab.fieldwork.frames.kinds import day, truth
from surveylab.mailboxes import UnusableError, controls, email, same_email
from surveylab.words import TAG

__all__ = [
    "UnusableError",
    "consent",
    "consent_date",
    "controls",
    "email",
    "language",
    "phone",
    "regions",
    "same_email",
    "time_zone",
]


def phone(text: str, region: str | None) -> str:
    """A telephone number in E.164, such as +4915112345678.

    Args:
        text: the number as people write it.
        region: the country of numbers without a country code (ISO 3166, two letters).

    Raises:
        UnusableError: there can be no such number.
    """
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        if error.error_type == error.INVALID_COUNTRY_CODE and region is None and not text.startswith("+"):
            raise UnusableError("has no country code, and no region is said (--region DE)") from None
        raise UnusableError("is no telephone number") from None
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    if number.extension or not possible:
        raise UnusableError("is no telephone number that can be")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


@cache
def regions() -> frozenset[str]:
    """The regions that ``phone`` knows."""
    import phonenumbers

    return frozenset(phonenumbers.SUPPORTED_REGIONS)


@cache
def _zones() -> dict[str, str]:
    return {zone.lower(): zone for zone in available_timezones()}


def time_zone(text: str) -> str:
    """A time zone as the IANA database spells it. UnusableError where it has none such."""
    zone = _zones().get(text.replace(" ", "_").lower())
    if zone is None:
        raise UnusableError("is no time zone of the IANA database, such as Europe/Berlin")
    return zone


def language(text: str) -> str:
    """A tag of a language (BCP 47) in its usual spelling: de-AT, az-Arab. UnusableError where it is none."""
    tag = text.replace("_", "-")
    if not TAG.fullmatch(tag):
        raise UnusableError("is no tag of a language, such as en or de-AT")
    first, *rest = tag.split("-")
    return "-".join([first.lower(), *(_subtag(part) for part in rest)])


def _subtag(part: str) -> str:
    if len(part) == 2 and part.isalpha():
        return part.upper()
    return part.title() if len(part) == 4 and part.isalpha() else part.lower()


def consent(text: str) -> str:
    """``true`` or ``false``. UnusableError where a text declares neither."""
    found = truth(text)
    if found is None:
        raise UnusableError("is neither true nor false")
    return "true" if found else "false"


def consent_date(text: str) -> str:
    """A date as ISO 8601. UnusableError where a text is none."""
    found = day(text)
    if found is None:
        raise UnusableError("is no date")
    return found

"""Email addresses: the one spelling in which each is stored and written to, or what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*")
"""The part before the @, without the quoted form that nobody has (RFC 5321, 4.1.2; letters of any script: RFC 6531)."""
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_DOTS = str.maketrans("。．｡", "...")
"""What scripts write for the dot of a domain (RFC 3490, 3.1)."""


class UnusableError(ValueError):
    """A value that cannot be used. Its text is the part of a sentence behind the value: "is no email address"."""


def controls(text: str) -> bool:
    """Whether a text has a line break or another control character, by which it could become a header of its own."""
    return not text.isprintable() and any(unicodedata.category(sign) in ("Cc", "Zl", "Zp") for sign in text)


def email(text: str) -> str:
    """An email address with its domain in small letters and ASCII (punycode, RFC 3492).

    Raises:
        UnusableError: it is none.
    """
    local, at, domain = text.rpartition("@")
    if not at or len(local.encode()) > 64 or not _LOCAL.fullmatch(local):
        raise UnusableError("is no email address")
    return f"{local}@{_domain(domain)}"


def same_email(text: str) -> str:
    """What two addresses of one mailbox have in common, in practice: capitals make no difference."""
    return text.lower()


@lru_cache(maxsize=10_000)  # a list has few domains
def _domain(text: str) -> str:
    labels = unicodedata.normalize("NFKC", text.translate(_DOTS)).lower().split(".")
    try:
        names = [label if label.isascii() else "xn--" + label.encode("punycode").decode() for label in labels]
    except UnicodeError:
        raise UnusableError("has a domain that cannot be") from None
    written = all(
        label.isascii() or all(unicodedata.category(sign)[0] in "LMN-" or sign == "-" for sign in label)
        for label in labels
    )
    if len(names) < 2 or not written or not all(map(_LABEL.fullmatch, names)) or len(".".join(names)) > 253:
        raise UnusableError("has a domain that cannot be")
    if names[-1].isdigit():
        raise UnusableError("has a domain that cannot be")
    return ".".join(names)

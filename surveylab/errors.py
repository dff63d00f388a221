"""Every error that surveylab raises on purpose, under one root.

Errors of input carry *all* faults of the input at once, each with its place, a code
that never changes, what is wrong and what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, order=True)
class Fault:
    """One fault of one input: where, which, what, and the way out.

    ``line`` and ``column`` count from 1; 0 means that the place is the whole file.
    """

    file: str
    line: int
    column: int
    code: str
    what: str
    remedy: str

    def __str__(self) -> str:
        """``file:line:column code what remedy``, on one line."""
        return f"{self.file}:{self.line}:{self.column} {self.code} {self.what} {self.remedy}"


class SurveylabError(Exception):
    """The root."""


class InputError(SurveylabError):
    """An input that cannot be used; ``faults`` lists every reason, in file order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class SpecError(InputError):
    """An experiment or instrument file with faults."""


class DataError(InputError):
    """A frame or a data file with faults; nothing of it was stored."""


class GateError(SurveylabError):
    """A gate said no: the sample ratio, a leak, or the convergence of a fit.

    There is no estimate then, and none is shown.
    """


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The nearest of ``names`` to one that does not exist; None where none is near."""
    return next(iter(get_close_matches(name, list(names), n=1)), None)


def hint(name: str, names: Iterable[str]) -> str:
    """The sentence that offers the nearest of ``names``, with a space before it, or nothing."""
    near = nearest(name, names)
    return "" if near is None else f" Did you mean {near!r}?"

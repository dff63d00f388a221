"""The order in which options and rows are shown: as in the file, reversed, or drawn by chance for each case.

What is stored never depends on it: answers are codes, and several of them stand in the order of the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from surveylab.design.orders import Arrangement, Order


class Arranged:
    """Settings whose ``arrangements`` are over fields of the same name: name -> what stands there."""

    def arranged(self, what: str, members: tuple[str, ...]) -> Self:
        """The same settings with the options or rows in that order."""
        there = getattr(self, what)
        return replace(self, **{what: {member: there[member] for member in members}})  # type: ignore[type-var]  # a mixin


@dataclass(frozen=True, kw_only=True)
class OptionsOrdered(Arranged):
    """Settings of a type that shows ``options``."""

    order: Order = Order.FIXED
    """How the options are put in order; answers are stored in the same way in any order."""
    pinned: tuple[str, ...] = ()
    """Options that keep their place, such as a last "none of these"."""

    def arrangements(self) -> Mapping[str, Arrangement]:
        """The options."""
        return {"options": Arrangement(tuple(self._options), self.order, self.pinned)}

    @property
    def _options(self) -> Mapping[str, Any]:
        options: Mapping[str, Any] = self.options  # type: ignore[attr-defined]  # of the type
        return options

    def check_order(self) -> None:
        """ValueError unless what is pinned is there."""
        check_pinned("pinned", self.pinned, self._options, "an option")


@dataclass(frozen=True, kw_only=True)
class RowsOrdered(Arranged):
    """Settings of a type that shows ``rows``."""

    row_order: Order = Order.FIXED
    """How the rows are put in order."""
    pinned_rows: tuple[str, ...] = ()
    """Rows that keep their place."""

    def arrangements(self) -> Mapping[str, Arrangement]:
        """The rows."""
        return {"rows": Arrangement(tuple(self._rows), self.row_order, self.pinned_rows)}

    @property
    def _rows(self) -> Mapping[str, Any]:
        rows: Mapping[str, Any] = self.rows  # type: ignore[attr-defined]  # of the type
        return rows

    def check_row_order(self) -> None:
        """ValueError unless what is pinned is there."""
        check_pinned("pinned_rows", self.pinned_rows, self._rows, "a row")


def check_pinned(key: str, pinned: tuple[str, ...], there: Mapping[str, Any], what: str) -> None:
    """ValueError that names what is pinned and not there."""
    unknown = [name for name in pinned if name not in there]
    if unknown:
        raise ValueError(f"{key} {', '.join(map(repr, unknown))} is not {what}; there are: {', '.join(there)}")

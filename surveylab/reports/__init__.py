"""Reports, a file each: ``render(results) -> document``, from values only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class Contract(Protocol):
    """What a report is."""

    def render(self, content: Mapping[str, Any]) -> str:
        """The whole document as text; it loads nothing from anywhere."""

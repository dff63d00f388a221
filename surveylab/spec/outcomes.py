"""What spec knows about outcomes: plug-ins, or columns of data that were fielded elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surveylab import registry
from surveylab.design.terms import Scale
from surveylab.spec.document import Node, at, keys_of, text_of

_SCALE = {"binary": Scale.RISK_DIFFERENCE, "duration": Scale.RATIO}
_SHARES = (Scale.RISK_DIFFERENCE, Scale.RISK_RATIO, Scale.ODDS_RATIO)
_MEASURED = re.compile(r"([^()]+)\(([^()]*)\)")


@dataclass(frozen=True)
class Outcomes:
    """The outcomes that an experiment may name."""

    loaded: Mapping[str, str]
    """Outcome of the data -> its family as written."""
    measured: bool
    """Whether something is measured here, so that the plug-ins can be computed."""

    @classmethod
    def of(cls, node: Node) -> Outcomes:
        """The outcomes that the file of an experiment may name."""
        there = at(node, "data", "outcomes")
        loaded = {name: text_of(at(there, name, "family")) or "" for name in keys_of(there)}
        return cls(loaded, measured="data" not in keys_of(node) or "measurement" in keys_of(node))

    @property
    def names(self) -> tuple[str, ...]:
        """Their names."""
        return (*self.loaded, *(registry.names("outcomes") if self.measured else ()))

    def plugin(self, name: str) -> Any:
        """The module of an outcome that is computed here; None for one of the data or an unknown one."""
        computed = self.measured and name not in self.loaded and name in registry.names("outcomes")
        return registry.load("outcomes", name) if computed else None

    def family(self, name: str) -> str:
        """The family of an outcome that exists."""
        return self.loaded[name] if name in self.loaded else str(registry.load("outcomes", name).FAMILY)

    def scale(self, name: str) -> Scale:
        """The scale on which contrasts of an outcome are told where the file does not say."""
        if name in self.loaded:
            return _SCALE.get(self.loaded[name], Scale.DIFFERENCE)
        return Scale(registry.load("outcomes", name).SCALE)


def suits(scale: Scale, family: str) -> bool:
    """Whether contrasts of a family can be told on a scale: risks and odds are of shares."""
    return family == "binary" or scale not in _SHARES


def measured(text: str) -> tuple[str, str | None]:
    """Name and item of an outcome as ``Measurement.outcomes`` has it: ``name`` or ``name(item)``."""
    match = _MEASURED.fullmatch(text)
    return (match.group(1), match.group(2)) if match else (text, None)

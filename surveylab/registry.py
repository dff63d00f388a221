"""Plug-ins: a module in one of the plug-in folders, found by its file name.

``names`` only lists files, so that a command line can offer them without importing
anything; ``load`` imports one module and holds it against the ``Contract`` protocol of
its folder. There is no list to edit: a new file is a new plug-in.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from surveylab.errors import SurveylabError

KINDS = ("questions", "sampling", "assignment", "outcomes", "channels", "models", "reports")


@cache
def names(kind: str) -> tuple[str, ...]:
    """The plug-ins of a kind in alphabetical order; files that begin with ``_`` are not."""
    folder = Path(__file__).parent / kind
    return tuple(sorted(file.stem for file in folder.glob("[!_]*.py")))


@cache
def load(kind: str, name: str) -> Any:
    """The module of one plug-in, checked against the contract of its kind.

    Raises:
        SurveylabError: no such plug-in, or it lacks something its contract asks for.
    """
    if name not in names(kind):
        near = get_close_matches(name, names(kind), n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise SurveylabError(f"No {kind} plug-in is called {name!r}.{hint} There are: {', '.join(names(kind))}.")
    module = import_module(f"surveylab.{kind}.{name}")
    missing = lacking(kind, module)
    if missing:
        raise SurveylabError(f"The {kind} plug-in {name!r} lacks {', '.join(missing)}, which its contract asks for.")
    return module


def lacking(kind: str, module: ModuleType) -> list[str]:
    """What the contract of a kind asks for and the module does not have."""
    contract = import_module(f"surveylab.{kind}").Contract
    asked = {*getattr(contract, "__annotations__", ()), *(n for n in vars(contract) if not n.startswith("_"))}
    return sorted(name for name in asked if not hasattr(module, name))

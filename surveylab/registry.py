"""Plug-ins: a module in one of the plug-in folders, found by its file name.

``names`` only lists files, so that a command line can offer them without importing
anything; ``load`` imports one module and holds it against the ``Contract`` protocol of
its folder. There is no list to edit: a new file is a new plug-in.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from inspect import isfunction, signature
from pathlib import Path
from types import ModuleType
from typing import Any

from surveylab.errors import SurveylabError, hint

KINDS = ("questions", "sampling", "assignment", "outcomes", "channels", "models", "reports", "sources")


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
        there = names(kind)
        raise SurveylabError(f"No {kind} plug-in is called {name!r}.{hint(name, there)} There are: {', '.join(there)}.")
    module = import_module(f"surveylab.{kind}.{name}")
    missing = lacking(kind, module)
    if missing:
        raise SurveylabError(f"The {kind} plug-in {name!r} lacks {', '.join(missing)}, which its contract asks for.")
    return module


def lacking(kind: str, module: ModuleType) -> list[str]:
    """What the contract of a kind asks for and the module does not have.

    A function is there when it takes the arguments of the contract, by their names and in
    their order; else it is told as the contract has it: ``draw(frame, settings, rng)``.
    """
    contract = import_module(f"surveylab.{kind}").Contract
    values = {name for name in contract.__annotations__ if not hasattr(module, name)}
    methods = {name: each for name, each in vars(contract).items() if isfunction(each) and not name.startswith("_")}
    asked = {name: list(signature(each).parameters)[1:] for name, each in methods.items()}  # without self
    wrong = {name for name, arguments in asked.items() if _arguments(getattr(module, name, None)) != arguments}
    return sorted(values | {f"{name}({', '.join(asked[name])})" for name in wrong})


def _arguments(function: object) -> list[str] | None:
    return list(signature(function).parameters) if callable(function) else None

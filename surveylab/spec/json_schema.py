"""JSON Schemas of all kinds of file, so that an editor completes and checks them.

They are made from the same types that read the files, with the docstrings of the dataclasses as
descriptions and their defaults. What needs more than one place of a file (names, weights, arms) is for ``check``.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
import re
import sys
import textwrap
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from surveylab import registry
from surveylab.spec.mirror import written
from surveylab.spec.models import annotation, mirror

KINDS = ("experiment", "instrument", "frame")


def schema_of(kind: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a kind of file.

    Raises:
        ValueError: no such kind.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of file; there are {', '.join(KINDS)}")
    made = mirror(lenient=False)
    schema = TypeAdapter(annotation(kind, made, lenient=False)).json_schema()
    _tidy(schema)
    for name, definition in {**schema.get("$defs", {}), schema["title"]: schema}.items():
        for each in made.dataclasses.get(name, ()):
            _describe(definition, each)
    if kind == "experiment":
        _offer_names(schema["$defs"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def write(folder: Path) -> None:
    """Write ``<kind>.json`` of every kind into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        text = json.dumps(schema_of(kind), indent=2, ensure_ascii=False)
        (folder / f"{kind}.json").write_text(text + "\n", encoding="utf-8")


def _tidy(schema: Any) -> None:
    """Drop titles that only repeat keys, and the members of unions that stand for what is unknown."""
    if isinstance(schema, list):
        for each in schema:
            _tidy(each)
    if not isinstance(schema, dict):
        return
    if "oneOf" in schema:
        schema["oneOf"] = [each for each in schema["oneOf"] if each != {"not": {}}]
    for name, each in schema.items():
        if name in ("properties", "$defs"):
            for inner in each.values():
                if name == "properties":
                    inner.pop("title", None)
                _tidy(inner)
        else:
            _tidy(each)


def _describe(definition: dict[str, Any], kind: type) -> None:
    words = " ".join((kind.__doc__ or "").split())
    definition.setdefault("description", f"{_said_of_plug_in(kind)} {words}".strip())
    sentences = {**_said_of_fields(words), **_behind_fields(kind)}
    defaults = {written(field.name): field.default for field in dataclasses.fields(kind)}
    for name, each in definition["properties"].items():
        if name in sentences:
            each["description"] = sentences[name]
        if isinstance(defaults.get(name), str | int | float):
            each["default"] = defaults[name]


def _said_of_plug_in(kind: type) -> str:
    """The first line of the plug-in whose settings these are."""
    module = sys.modules[kind.__module__].__doc__ or ""
    return module.splitlines()[0] if kind.__name__ == "Settings" else ""


def _said_of_fields(docstring: str) -> dict[str, str]:
    """Field -> the sentences of a docstring that begin with it, as in "``low`` and ``high`` are the ends."."""
    found: dict[str, str] = {}
    for part in re.split(r"(?<=[.;]) (?=``)", docstring):
        if begin := re.match(r"``\w+``(?:(?:, | and )``\w+``)*", part):
            for name in re.findall(r"``(\w+)``", begin.group()):
                found[name] = " ".join(filter(None, (found.get(name), part.rstrip(";.") + ".")))
    return found


def _behind_fields(kind: type) -> dict[str, str]:
    """Field -> the text that stands behind it, in a class or in those that it comes from."""
    found = {}
    for each in reversed([base for base in kind.__mro__ if dataclasses.is_dataclass(base)]):
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(each))).body
        for field, text in pairwise(tree.body if isinstance(tree, ast.ClassDef) else []):
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
                words = text.value.value if isinstance(text.value, ast.Constant) else ""
                found[written(field.target.id)] = " ".join(str(words).split())
    return found


def _offer_names(definitions: dict[str, Any]) -> None:
    """Names of plug-ins, for completion where a name of the file's own is allowed too."""
    outcomes, models = list(registry.names("outcomes")), list(registry.names("models"))
    definitions["InquirySection"]["properties"]["outcome"]["examples"] = outcomes
    definitions["Estimator"]["properties"]["model"] = {"enum": [*models, None]}
    definitions["LoadedOutcomeSection"]["properties"]["family"]["enum"] = models
    definitions["Contact"]["properties"]["channel"]["enum"] = list(registry.names("channels"))

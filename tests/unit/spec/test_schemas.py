"""The JSON Schemas in docs/schemas: true to the code, and true to the shipped files."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import jsonschema
import pytest

from surveylab import registry
from surveylab.spec import schema
from surveylab.spec.document import plain
from surveylab.spec.parsing import parse

ROOT = Path(__file__).parents[3]
FILES = [(kind, file) for kind in ("experiment", "instrument") for file in sorted((ROOT / f"{kind}s").glob("*.yaml"))]


@pytest.mark.parametrize("kind", ["experiment", "instrument"])
def test_the_published_schema_is_the_generated_one(kind):
    """After a change of the grammar or a new plug-in: python -m surveylab.spec.schema docs/schemas."""
    published = json.loads((ROOT / "docs" / "schemas" / f"{kind}.json").read_text(encoding="utf-8"))
    assert published == schema(kind)
    jsonschema.Draft202012Validator.check_schema(published)


@pytest.mark.parametrize(("kind", "file"), FILES, ids=[file.stem for _, file in FILES])
def test_the_shipped_files_fit_the_schema(kind, file):
    """What the reader accepts, an editor accepts too."""
    node, faults = parse(file.read_text(encoding="utf-8"), file.name)
    assert not faults
    jsonschema.validate(plain(node), schema(kind))


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("experiment", "title: Wording", "titel: Wording"),
        ("experiment", "scheme: srs", "scheme: sss"),
        ("experiment", "[P3D]", "[3 days]"),
        ("experiment", "n: 10", "n: ten"),
        ("instrument", "type: scale", "type: scal"),
        ("instrument", "high: 10", "highest: 10"),
        ("instrument", 'version: "1"', "version: 1"),
    ],
)
def test_an_editor_sees_misspelt_keys_and_wrong_types(files, kind, old, new):
    """The schema refuses what the reader refuses, where one place of the file is enough to see it."""
    files.change(old, new)
    node, _ = parse(files.documents["wording.yaml" if kind == "experiment" else "survey.yaml"], "x.yaml")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plain(node), schema(kind))


def test_every_plug_in_is_offered():
    """Question types, schemes and models of the registry stand in the schemas."""
    text = json.dumps([schema("experiment"), schema("instrument")])
    for kind in ("questions", "sampling", "assignment", "outcomes", "models", "channels"):
        for name in registry.names(kind):
            assert f'"{name}"' in text, (kind, name)


def test_there_are_three_kinds_of_file():
    """Another kind is an error."""
    with pytest.raises(ValueError, match="experiment, instrument, frame"):
        schema("sample")


def test_the_command_writes_all_schemas(tmp_path, monkeypatch):
    """``python -m surveylab.spec.schema FOLDER`` writes what is published."""
    monkeypatch.setattr(sys, "argv", ["schema", str(tmp_path / "new")])
    runpy.run_path(str(ROOT / "surveylab" / "spec" / "schema.py"), run_name="__main__")
    for kind in ("experiment", "instrument"):
        published = (ROOT / "docs" / "schemas" / f"{kind}.json").read_text(encoding="utf-8")
        assert (tmp_path / "new" / f"{kind}.json").read_text(encoding="utf-8") == published


def test_an_editor_is_told_what_a_key_means():
    """Docstrings of classes, sentences about fields, texts behind fields (inherited too) and defaults are there."""
    experiment, instrument = schema("experiment"), schema("instrument")
    stratified = experiment["$defs"]["Sampling_stratified"]
    assert stratified["description"].startswith("Stratified random sampling: ")
    assert stratified["properties"]["minimum"]["description"] == "``minimum``: units wanted in every stratum."
    assert stratified["properties"]["minimum"]["default"] == 1
    assert "half-normal" in experiment["$defs"]["Priors"]["properties"]["interactions"]["description"]
    assert instrument["properties"]["introduction"]["description"].startswith("On the landing page")
    assert instrument["$defs"]["Item_scale"]["properties"]["high"]["description"].endswith("lowest and highest point.")
    assert all("description" in each for each in experiment["properties"].values())

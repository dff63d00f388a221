"""frames/<name>.yaml: how the source of a frame is read, and every fault at its place."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from surveylab import spec
from surveylab.design.frames import Column, FrameReading
from surveylab.errors import SpecError

WHOLE = """\
format: 1
encoding: latin-1
delimiter: ";"
sheet: Kunden
region: DE
same_person: last
columns:
  Kundennr: unit
  E-Mail: email
  Alter: {as: age, type: integer}
  PLZ: {type: text}
  Notizen: left_out
"""


def written(folder: Path, text: str) -> Path:
    """The file of a frame."""
    path = folder / "frames" / "customers.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_says_how_a_frame_is_read(tmp_path: Path) -> None:
    """Roles, names and types of columns in their short and their long form; what it leaves out is found out."""
    assert spec.read_frame(written(tmp_path, WHOLE)) == FrameReading(
        columns={
            "Kundennr": Column("unit"),
            "E-Mail": Column("email"),
            "Alter": Column("age", "integer"),
            "PLZ": Column("", "text"),
            "Notizen": Column("left_out"),
        },
        encoding="latin-1",
        delimiter=";",
        sheet="Kunden",
        region="DE",
        same_person="last",
    )
    assert spec.read_frame(written(tmp_path, "format: 1\n")) == FrameReading()


@pytest.mark.parametrize(
    ("old", "new", "place", "remedy"),
    [
        ("format: 1\n", "", (1, 1, "SL102"), "format"),
        ("sheet:", "shet:", (4, 1, "SL101"), "sheet"),
        ("same_person: last", "same_person: newest", (6, 14, "SL104"), "refuse"),
        ("type: integer", "type: whole", (10, 26, "SL104"), "integer"),
        ("region: DE", "region: DD", (5, 9, "SL104"), ""),
        ("PLZ: {type: text}", "PLZ: {kind: text}", (11, 9, "SL101"), "type"),
        ("PLZ: {type: text}", "PLZ: 5", (11, 8, "SL103"), ""),
        ("Notizen: left_out", "Notizen: email", (12, 12, "SL304"), "left_out"),
        ("PLZ: {type: text}", "PLZ: {as: age}", (11, 13, "SL304"), "left_out"),
    ],
)
def test_each_fault_stands_at_its_place(
    tmp_path: Path, old: str, new: str, place: tuple[int, int, str], remedy: str
) -> None:
    """With the way out; ``surveylab check`` tells the same."""
    path = written(tmp_path, WHOLE.replace(old, new, 1))
    with pytest.raises(SpecError) as caught:
        spec.read_frame(path)
    (fault,) = caught.value.faults
    assert (fault.line, fault.column, fault.code) == place
    assert remedy in fault.remedy
    assert spec.check([path]) == [fault]


def test_the_schema_takes_what_is_read() -> None:
    """An editor does not mark what is right, and marks what is not."""
    schema = spec.schema("frame")
    columns = {"Kundennr": "unit", "Alter": {"as": "age", "type": "integer"}}
    jsonschema.validate({"format": 1, "region": "DE", "same_person": "first", "columns": columns}, schema)
    for wrong in ({"format": 1, "shet": "x"}, {"format": 1, "columns": {"x": {"type": "whole"}}}, {}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)

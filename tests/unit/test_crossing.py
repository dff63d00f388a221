"""Units are classified by one field or several, and every fault names its unit or field."""

from datetime import date

import numpy as np
import pytest

from surveylab.crossing import cross, written
from surveylab.errors import SurveylabError

IDS = np.array(["a", "b", "c", "d"])
FIELDS = {
    "region": np.array(["north", "south", "north", "south"]),
    "age": np.array(["old", "old", "young", "old"]),
    "wave": np.array([10, 9, 9, 9]),
    "panel": np.array(["x"] * 4),
}


def test_one_field() -> None:
    """Cells are sorted by value and named ``field=value``."""
    crossing = cross(IDS, FIELDS, ["region"])
    assert crossing.labels == ("region=north", "region=south")
    assert crossing.code.tolist() == [0, 1, 0, 1]
    assert crossing.sizes.tolist() == [2, 2]


def test_several_fields_give_only_the_cells_that_exist() -> None:
    """The first field moves slowest, and a combination that no unit has is no cell."""
    crossing = cross(IDS, FIELDS, ["panel", "region", "age"])
    assert crossing.labels == (
        "panel=x,region=north,age=old",
        "panel=x,region=north,age=young",
        "panel=x,region=south,age=old",
    )
    assert crossing.code.tolist() == [0, 2, 1, 2]
    assert crossing.named(crossing.code[:2]).tolist() == [
        "panel=x,region=north,age=old",
        "panel=x,region=south,age=old",
    ]


def test_numbers_sort_as_numbers() -> None:
    """9 comes before 10, and fractions and truth values read as YAML writes them."""
    assert cross(IDS, FIELDS, ["wave"]).labels == ("wave=9", "wave=10")
    mixed = {"f": np.array([True, 2.5, "two", 3.0], dtype=object)}
    assert cross(IDS, mixed, ["f"]).labels == ("f=true", "f=2.5", "f=3", "f=two")
    dates = {"d": np.array([date(2024, 5, day) for day in (4, 3, 4, 3)], dtype=object)}
    assert cross(IDS, dates, ["d"]).labels == ("d=2024-05-03", "d=2024-05-04")


def test_no_units_make_no_cells() -> None:
    """An empty list has no cell, whatever the number of fields."""
    empty = {name: values[:0] for name, values in FIELDS.items()}
    for by in (["region"], ["region", "age"]):
        crossing = cross(IDS[:0], empty, by)
        assert crossing.labels == ()
        assert crossing.sizes.tolist() == []


@pytest.mark.parametrize("value", [None, float("nan"), ""])
def test_a_missing_value_names_the_unit(value: object) -> None:
    """None, NaN and an empty text are missing; the message says which unit and what to do."""
    fields = {"region": np.array(["n", value, "n", value], dtype=object)}
    with pytest.raises(SurveylabError, match=r"'b' and 1 more have no value of 'region'\. Fill it in"):
        cross(IDS, fields, ["region"])


def test_an_unknown_field_gets_the_nearest_name() -> None:
    """The message names the nearest field and all there are."""
    with pytest.raises(SurveylabError, match=r"field 'regio'\. Did you mean 'region'\? .*: age, panel, region, wave"):
        cross(IDS, FIELDS, ["age", "regio"])


def test_two_cells_never_share_a_label() -> None:
    """Values that hold the separators could make two strata one; that is an error."""
    fields = {
        "f": np.array(["1", "1,g=2", "1", "1"], dtype=object),
        "g": np.array(["2,g=3", "3", "9", "9"], dtype=object),
    }
    with pytest.raises(SurveylabError, match="share the label 'f=1,g=2,g=3'"):
        cross(IDS, fields, ["f", "g"])
    with pytest.raises(SurveylabError, match="share the label 'f=1'"):
        cross(IDS, {"f": np.array(["1", 1, 2, 3], dtype=object)}, ["f"])


@pytest.mark.parametrize(
    ("value", "text"), [(True, "true"), (3.0, "3"), (2.5, "2.5"), ("", ""), (None, "null"), (10**20, "1" + "0" * 20)]
)
def test_values_in_labels(value: object, text: str) -> None:
    """One way to write a value, whether it comes from an array or from the JSON of a case."""
    assert written(value) == text

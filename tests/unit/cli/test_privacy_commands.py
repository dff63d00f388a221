"""The commands of privacy as a person or a script meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .test_commands import SPEC, Lab


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """A workspace with an experiment that was drawn, and a frame of three people."""
    made = Lab(tmp_path, monkeypatch)
    monkeypatch.setenv("SURVEYLAB_ACCOUNT", "field office")
    made.frame()
    made.run("draw", SPEC)
    write(made, "u1,ann@example.org,x\nbob@example.org,bob@example.org,y\nu3,,z\n")
    return made


def write(lab: Lab, rows: str) -> str:
    """Load a frame of people; what the load said."""
    path = lab.folder / "people.csv"
    path.write_text(f"id,email,hobby\n{rows}", encoding="utf-8")
    return lab.run("frame", "load", "people", str(path)).output


def test_somebody_is_looked_at_forgotten_and_left_out(lab: Lab) -> None:
    """What would go is told first; then it goes, and the next load says how many it left out."""
    told = lab.run("forget", "--email", "ANN@example.org", "--dry-run").output
    assert "Would be erased: 1 people, 0 answers, 1 fields, 0 links" in told
    done = json.loads(lab.run("forget", "--email", "ANN@example.org", "--json").output)
    assert done["units"] == [{"frame": "people", "unit": "u1", "known": ["email"], "experiments": []}]
    assert (done["rehearsal"], done["people"], done["remembered"], done["shared"]) == (False, 1, 2, [])
    again = write(lab, "u1,,x\nu9,Ann@example.org,x\nu3,,z\n")
    assert "2 units were left out: whoever they are was forgotten." in again
    assert "Nobody on any frame has that address" in lab.run("forget", "--email", "ann@example.org").output


def test_an_id_that_is_an_address_is_told_of(lab: Lab) -> None:
    """When it is loaded, and when its person is forgotten: it cannot go."""
    assert "1 ids look like email addresses" in write(lab, "x@example.org,,\nu3,,\n")
    told = lab.run("forget", "--frame", "people", "--unit", "x@example.org").output
    assert "The id 'x@example.org' stays" in told


@pytest.mark.parametrize(
    "ways",
    [
        (),
        ("--unit", "u1"),
        ("--frame", "people"),
        ("--email", "a@b.org", "--phone", "1"),
        ("--frame", "p", "--code", "x"),
    ],
)
def test_one_way_of_saying_who_is_needed(lab: Lab, ways: tuple[str, ...]) -> None:
    """Anything else is a matter of usage."""
    assert "in one way" in lab.run("forget", *ways, code=2).stderr


def test_retention_is_told_and_carried_out(lab: Lab) -> None:
    """An experiment that says nothing has no limits; one that does has two."""
    assert "No experiment that was drawn" in lab.run("retention").output
    documents = Path(SPEC).read_text(encoding="utf-8").replace("n: 2000", "n: 20")
    (lab.folder / "experiments").mkdir()
    (lab.folder / "instruments").symlink_to(Path(SPEC).parents[1] / "instruments")
    mine = lab.folder / "experiments" / "limited.yaml"
    mine.write_text(documents + "\nretention: {addresses: P90D, texts: P1Y}\n", encoding="utf-8")
    lab.run("draw", str(mine))
    limits = json.loads(lab.run("retention", "--json").output)["limits"]
    assert [(each["what"], each["due"], each["erased"]) for each in limits] == [
        ("addresses", False, 0),
        ("texts", False, 0),
    ]
    assert "texts" in lab.run("retention", "--dry-run").output


def test_the_log_tells_who_did_what(lab: Lab) -> None:
    """Every act that changes what the ledger does or knows, once, and in order; identity is never told."""
    experiment = Path(SPEC).stem
    lab.run("pause", experiment)
    lab.run("resume", experiment)
    lab.run("frame", "suppress", "--email", "bob@example.org")
    lab.run("frame", "suppress", "--email", "bob@example.org", "--lift")
    lab.run("forget", "--email", "ann@example.org")
    lab.run("forget", "--email", "bob@example.org", "--dry-run")
    lab.run("frame", "prune", "people")
    rows = json.loads(lab.run("log", "--json").output)
    assert [row["action"] for row in rows] == [
        "frame load",
        "draw",
        "frame load",
        "pause",
        "resume",
        "suppress",
        "lift",
        "forget",
        "frame prune",
    ]
    assert {row["account"] for row in rows} == {"field office"}
    assert (rows[1]["detail"]["experiment"], rows[1]["detail"]["cases"]) == (experiment, 2000)
    assert rows[5]["detail"]["who"] == rows[6]["detail"]["who"]
    told = lab.run("log").output
    assert "example.org" not in told
    assert "u1" not in told
    assert json.loads(lab.run("log", "--json", "--since", "2999-01-01").output) == []

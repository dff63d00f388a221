"""The commands of frames as a person or a script meets them."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from .test_commands import SPEC, Lab


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """An empty workspace."""
    return Lab(tmp_path, monkeypatch)


def write(lab: Lab, text: str, name: str = "customers.csv") -> str:
    """A file in the workspace."""
    path = lab.folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


FIRST = "Nr;Alter;E-Mail;Ort\nu1;34;ann@example.org;Bonn\nu2;n/a;bob@example.org;Ulm\nu3;5;ANN@example.org;Ulm\n"
MAP = ("--map", "Nr=unit,Alter=age", "--map", "Ort=left_out")


def test_a_load_says_what_it_took_for_what(lab: Lab) -> None:
    """Units, snapshot, types, exceptions, and who was left out as the same person."""
    path = write(lab, FIRST)
    assert "FR03" in lab.run("frame", "load", "people", path, code=1).stderr
    assert "FR30" in lab.run("frame", "load", "people", path, *MAP, code=1).stderr
    result = lab.run("frame", "load", "people", path, *MAP, "--same-person", "first").output
    assert "Frame 'people': 2 units, snapshot 1" in result
    assert "age (text)" in result
    assert "'n/a' in line 3" in result
    assert "set apart by semicolons" in result
    assert "1 units are the same person" in result
    assert "FR23" in lab.run("frame", "load", "people", path, *MAP, "--type", "Alter=integer", code=1).stderr


def test_a_file_of_the_workspace_says_it_once(lab: Lab) -> None:
    """frames/<name>.yaml is read by itself, and what the command says goes before it."""
    path = write(lab, FIRST)
    write(
        lab, "format: 1\nsame_person: last\ncolumns: {Nr: unit, Alter: {as: age, type: text}}\n", "frames/people.yaml"
    )
    loaded = json.loads(lab.run("frame", "load", "people", path, "--json").output)
    assert loaded["fields"] == {"age": "text", "Ort": "text"}
    assert loaded["merged"] == [{"kept": "u3", "dropped": ["u1"]}]
    over = json.loads(
        lab.run("frame", "load", "people", path, "--same-person", "allow", "--map", "Ort=town", "--json").output
    )
    assert (over["units"], over["fields"]) == (3, {"age": "text", "town": "text"})
    write(lab, "format: 1\nregion: XX\n", "frames/people.yaml")
    assert "frames/people.yaml:2:9 SL104" in lab.run("frame", "load", "people", path, code=1).stderr
    assert "2:9 SL104" in lab.run("check", "frames/people.yaml", code=1).stderr


def test_history_and_differences_are_told(lab: Lab) -> None:
    """Snapshots, what changed between them, and what was drawn from which."""
    lab.run("frame", "load", "people", write(lab, "id,x\na,1\nb,2\n"))
    assert "the snapshot stays" in lab.run("frame", "load", "people", write(lab, "x,id\n2,b\n1,a\n")).output
    assert "1 new, 1 changed, 0 gone" in lab.run("frame", "load", "people", write(lab, "id,x\na,1\nb,3\nc,4\n")).output
    history = json.loads(lab.run("frame", "history", "people", "--json").output)
    assert [(each["number"], each["units"], each["changed"]) for each in history] == [(2, 3, 1), (1, 2, 2 - 2)]
    found = json.loads(lab.run("frame", "diff", "people", "--json").output)
    assert found["units"] == [
        {"unit": "b", "what": "changed", "fields": {"x": [2, 3]}},
        {"unit": "c", "what": "new", "fields": {"x": [None, 4]}},
    ]
    assert "x: 2 to 3" in lab.run("frame", "diff", "people").output
    assert "no snapshot 7" in lab.run("frame", "diff", "people", "1", "7", code=1).stderr
    assert "1 rows of earlier snapshots" in lab.run("frame", "prune", "people").output
    assert "it has: 2" in lab.run("frame", "diff", "people", code=1).stderr
    assert "Did you mean 'people'?" in lab.run("frame", "show", "peple", code=1).stderr


def test_frames_are_listed_and_shown(lab: Lab) -> None:
    """What a frame holds, and how many can be reached."""
    assert "No frame is loaded" in lab.run("frame", "list").output
    lab.run("frame", "load", "people", write(lab, "id,email,age\na,a@example.org,5\nb,,6\n"))
    assert [each["name"] for each in json.loads(lab.run("frame", "list", "--json").output)] == ["people"]
    shown = json.loads(lab.run("frame", "show", "people", "--json").output)
    assert (shown["reach"], shown["fields"], shown["suppressed"]) == ({"email": 1}, {"age": "integer"}, 0)


def test_who_is_suppressed_is_not_drawn_and_the_audit_knows(lab: Lab) -> None:
    """Over a file and one address; the draw counts them, and the audit holds when frame and list have changed since."""
    lab.frame()
    assert "2 of 2" in lab.run("frame", "suppress", write(lab, "unit\nc00001\nc00002\n", "list.csv")).output
    assert json.loads(lab.run("frame", "suppress", "--unit", "nobody", "--json").output)["new"] == 1
    drawn = json.loads(lab.run("draw", SPEC, "--json").output)
    assert (drawn["frame"], drawn["suppressed"], drawn["eligible"]) == (2100, 2, 2098)
    lab.run("frame", "suppress", "--unit", "c00001", "--lift")
    lab.run("frame", "suppress", "--unit", "c00009", "--reason", "complaint")
    lab.frame(1_000)
    history = json.loads(lab.run("frame", "history", "customers", "--json").output)
    assert [(each["number"], each["drawn"]) for each in history] == [(2, []), (1, ["nps_wording_length"])]
    assert history[1]["digest"] == drawn["snapshot"]
    lab.run("frame", "prune", "customers")
    assert "byte for byte" in lab.run("audit", SPEC).output


def test_a_database_is_read_by_its_address(lab: Lab) -> None:
    """A table or a query, one of them; a file and an address are too much."""
    with sqlite3.connect(lab.folder / "crm.db") as conn:
        conn.execute("CREATE TABLE people AS SELECT 'u1' AS id, 5 AS age")
    conn.close()
    address = f"sqlite:///{lab.folder / 'crm.db'}"
    assert "1 units" in lab.run("frame", "load", "people", "--from", address, "--table", "people").output
    assert (
        "the snapshot stays"
        in lab.run("frame", "load", "people", "--from", address, "--query", "SELECT * FROM people").output
    )
    lab.run("frame", "load", "people", "--from", address, code=2)
    lab.run("frame", "load", "people", "x.csv", "--from", address, "--table", "people", code=2)
    lab.run("frame", "load", "people", "x.csv", "--map", "nonsense", code=2)
    lab.run("frame", "load", "people", "x.csv", "--type", "age=whole", code=2)
    lab.run("frame", "load", "people", "x.csv", "--region", "XX", code=2)
    lab.run("frame", "suppress", "--phone", "1", "--email", "a@example.org", code=2)

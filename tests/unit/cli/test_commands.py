"""The commands as a person or a script meets them: words, exit codes, JSON, and what they leave alone."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from surveylab.cli import commands

ROOT = Path(__file__).parents[3]
SPEC = str(ROOT / "experiments" / "nps_wording_length.yaml")
GSS = str(ROOT / "experiments" / "gss_spending_2024.yaml")


class Lab:
    """A workspace of its own, and commands run in it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.database = folder / "lab.db"
        monkeypatch.setenv("SURVEYLAB_DATABASE_URL", f"sqlite:///{self.database}")
        monkeypatch.chdir(folder)

    def run(self, *arguments: str, code: int = 0) -> Result:
        """Run a command that has to end with this exit code."""
        result = CliRunner().invoke(commands, arguments)
        assert result.exit_code == code, (result.output, result.exception)
        return result

    def frame(self, people: int = 2100) -> None:
        """Load a frame of customers."""
        regions = ("north", "south", "east", "west")
        rows = [f"c{number:05d},{regions[number % 4]},{18 + number % 60}" for number in range(people)]
        file = self.folder / "customers.csv"
        file.write_text("id,region,age\n" + "\n".join(rows) + "\n", encoding="utf-8")
        self.run("frame", "load", "customers", str(file))


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """An empty workspace."""
    return Lab(tmp_path, monkeypatch)


def test_check_tells_each_fault_on_a_line_and_ends_with_1(lab: Lab) -> None:
    """``file:line:column code what remedy`` on standard error, and a count."""
    path = lab.folder / "wrong.yaml"
    path.write_text("format: 1\ntitel: Misspelt\n", encoding="utf-8")
    result = lab.run("check", str(path), code=1)
    lines = result.stderr.strip().splitlines()
    assert any(line.startswith(f"{path}:2:1 SL101 ") and "title" in line for line in lines)
    assert lines[-1].endswith("faults; nothing was changed.")


def test_check_passes_the_shipped_files(lab: Lab) -> None:
    """The experiments that come with surveylab have no fault."""
    files = sorted(map(str, (ROOT / "experiments").glob("*.yaml")))
    assert f"{len(files)} files checked, no faults." in lab.run("check", *files).output


def test_draw_is_told_and_never_repeated(lab: Lab) -> None:
    """A draw says how many; the second one is refused and changes nothing."""
    lab.frame()
    drawn = json.loads(lab.run("draw", SPEC, "--json", "--links", "links.csv").output)
    assert (drawn["frame"], drawn["cases"], sum(drawn["arms"].values())) == (2100, 2000, 2000)
    assert all(count in (499, 500, 501) for count in drawn["arms"].values())
    assert len((lab.folder / "links.csv").read_text(encoding="utf-8").splitlines()) == 2001
    assert "drawn already" in lab.run("draw", SPEC, code=1).stderr


def test_audit_derives_everything_and_finds_one_changed_row(lab: Lab) -> None:
    """A draw is the same byte for byte; one level changed behind the triggers' back is found, exit code 3."""
    lab.frame()
    lab.run("draw", SPEC)
    assert json.loads(lab.run("audit", SPEC, "--json").output) == {
        "cases": 2000,
        "assignments": 4000,
        "differences": [],
    }
    with sqlite3.connect(lab.database) as forged:
        for (name,) in forged.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            forged.execute(f'DROP TRIGGER "{name}"')
        one = "SELECT min(case_id) FROM assignment WHERE factor = 'length' AND level = 'long'"
        forged.execute(f"UPDATE assignment SET level = 'short' WHERE factor = 'length' AND case_id = ({one})")
        changed = forged.total_changes
    forged.close()
    assert changed == 1
    assert "levels of length differ" in lab.run("audit", SPEC, code=3).stderr


def test_what_is_missing_is_said_with_the_way_out(lab: Lab) -> None:
    """No frame, no draw, no file: each message names the command or the mend."""
    assert "surveylab frame load customers" in lab.run("draw", SPEC, code=1).stderr
    assert "surveylab draw" in lab.run("analyse", SPEC, code=1).stderr
    assert "not drawn" in lab.run("audit", SPEC, code=1).stderr
    assert "SL001" in lab.run("analyse", "none.yaml", code=1).stderr


def test_a_pause_is_begun_told_and_ended(lab: Lab) -> None:
    """By the file or by the name; what cannot be done is said with the way out."""
    assert "surveylab draw" in lab.run("pause", SPEC, code=1).stderr
    lab.frame()
    lab.run("draw", SPEC)
    assert "surveylab resume nps_wording_length" in lab.run("pause", SPEC).output
    assert "paused already" in lab.run("pause", "nps_wording_length", code=1).stderr
    assert "takes answers again" in lab.run("resume", "nps_wording_length").output
    assert "not paused" in lab.run("resume", SPEC, code=1).stderr


def test_quotas_are_told(lab: Lab) -> None:
    """As a table and as JSON; without any, in words."""
    assert "surveylab draw" in lab.run("quotas", "trial", code=1).stderr
    lab.frame()
    (lab.folder / "experiments").mkdir()
    (lab.folder / "instruments").mkdir()
    shipped = ROOT / "instruments" / "relationship_nps.yaml"
    (lab.folder / "instruments" / shipped.name).write_text(shipped.read_text(encoding="utf-8"), encoding="utf-8")
    quota = 'quotas: {short: {most: 9, if: arm.length == "short"}, all: {most: 99, counts: completes}}\n'
    trial = lab.folder / "experiments" / "trial.yaml"
    trial.write_text(Path(SPEC).read_text(encoding="utf-8") + quota, encoding="utf-8")
    lab.run("draw", str(trial))
    rows = json.loads(lab.run("quotas", str(trial), "--json").output)
    far = {"confirmed": 0, "reserved": 0, "turned_away": 0}
    assert rows == [
        {"name": "short", "rule": 'arm.length == "short"', "most": 9, "counts": "in_progress", **far},
        {"name": "all", "rule": None, "most": 99, "counts": "completes", **far},
    ]
    assert "everybody" in lab.run("quotas", "trial").output
    lab.run("draw", SPEC)
    assert "has no quotas" in lab.run("quotas", SPEC).output


def test_an_unknown_database_is_one_clear_error(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong address is refused without a traceback."""
    monkeypatch.setenv("SURVEYLAB_DATABASE_URL", "mysql://x/y")
    assert "it takes sqlite:///" in lab.run("audit", SPEC, code=1).stderr


def test_a_pipe_gets_results_and_nothing_else(lab: Lab) -> None:
    """No progress bar, no warning of a library: standard error is empty and standard output is JSON."""
    command = [sys.executable, "-m", "surveylab", "analyse", GSS, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert json.loads(done.stdout)["experiment"] == "gss_spending_2024"


def test_data_of_others_are_analysed_and_reported(lab: Lab) -> None:
    """The shipped re-analysis: eleven topics within their published differences, the same digits again, a report."""
    first = json.loads(lab.run("analyse", GSS, "--json").output)
    assert first["n"]["sampled"] == 35230
    assert first["refused"] == {}
    by_topic = {each["within"]["topic"]: each for each in first["estimates"] if each["within"]}
    assert len(by_topic) == 11
    welfare, space = by_topic["welfare"], by_topic["space"]
    assert welfare["interval"][0] < 0.705 - 0.334 < welfare["interval"][1]
    assert space["interval"][0] < 0.217 - 0.200 < space["interval"][1]
    assert welfare["diagnostics"]["rhat_max"] < 1.01
    again = json.loads(lab.run("analyse", GSS, "--json").output)
    assert again == first
    lab.run("report", GSS, "--output", "report.html")
    assert "welfare" in (lab.folder / "report.html").read_text(encoding="utf-8")
    assert "states no decision rule" in lab.run("decide", GSS, code=1).stderr


def test_scores_are_told_with_their_source(lab: Lab) -> None:
    """A table for a person and JSON for a script; before anybody answered no score is made up."""
    lab.frame()
    assert "run surveylab draw first" in lab.run("scores", SPEC, code=1).stderr
    lab.run("draw", SPEC)
    told = lab.run("scores", SPEC).output
    assert "net_promoter" in told
    assert "Unweighted" in told
    assert "Source: Reichheld" in told
    found = json.loads(lab.run("scores", SPEC, "--json").output)
    assert found["weighted"] is False
    first = found["scores"][0]
    assert (first["score"], first["within"], first["n"], first["value"]) == ("net_promoter", {}, 0, None)


def test_draw_says_how_an_app_includes_the_prompt(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address of the script, and that no site is named yet as long as none is."""
    (lab.folder / "instruments").mkdir()
    (lab.folder / "experiments").mkdir()
    instrument = (ROOT / "instruments" / "relationship_nps.yaml").read_text(encoding="utf-8")
    (lab.folder / "instruments" / "relationship_nps.yaml").write_text(instrument, encoding="utf-8")
    path = lab.folder / "experiments" / "app_nps.yaml"
    path.write_text(IN_AN_APP, encoding="utf-8")
    first = lab.run("draw", str(path))
    assert "/w/app_nps.js" in first.output
    assert "SURVEYLAB_EMBED_ORIGINS" in first.output
    monkeypatch.setenv("SURVEYLAB_EMBED_ORIGINS", "https://shop.example.org")
    path.with_name("again.yaml").write_text(IN_AN_APP, encoding="utf-8")
    again = lab.run("draw", str(path.with_name("again.yaml")))
    assert "/w/again.js" in again.output
    assert "SURVEYLAB_EMBED_ORIGINS" not in again.output


IN_AN_APP = """
format: 1
title: In an app
sampling: {scheme: bernoulli, p: 0.2}
contact: {channel: in_app}
assignment: {scheme: hashed, factors: {w: {varies: pages.background.items, levels: {x: [], y: [tenure]}}}}
measurement: {instrument: relationship_nps, language: en}
inquiries: {w_on_response: {outcome: response, contrast: {w: [x, y]}}}
"""

"""The documentation says what the code does."""

from __future__ import annotations

import re
import runpy
import tomllib
from dataclasses import fields
from pathlib import Path

import click
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from surveylab import registry
from surveylab.chance.balance import Balance, Difference
from surveylab.chance.stages import StageRatio
from surveylab.cli import commands
from surveylab.design import results, schemes
from surveylab.design.designs import Described
from surveylab.design.dispositions import LABELS, letter_of
from surveylab.fieldwork.forgetting import Forgotten, ForgottenUnit
from surveylab.fieldwork.monitor import Leaks, Monitored
from surveylab.fieldwork.recruit import Drawn
from surveylab.fieldwork.response_rates import CodeCount, DayRates, GroupRates, Outcomes
from surveylab.fieldwork.retention import Kept
from surveylab.rates import Eligibility, Propagated, Rates, Sums, rates
from surveylab.settings import from_environment
from surveylab.store.log import Entry

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
COMMANDS = DOCS / "commands.md"


def leaves(group: click.Group, path: str = "") -> list[str]:
    """The commands of a group with their full names."""
    found = []
    for name, command in group.commands.items():
        full = f"{path} {name}".strip()
        found += leaves(command, full) if isinstance(command, click.Group) else [full]
    return found


@pytest.mark.parametrize("name", leaves(commands))
def test_every_command_is_documented_with_an_example(name: str) -> None:
    """docs/commands.md has a heading and an example for each command, and so has its help."""
    assert f"### `surveylab {name}`" in COMMANDS.read_text(encoding="utf-8")
    command: click.Command = commands
    for part in name.split():
        assert isinstance(command, click.Group)
        command = command.commands[part]
    assert f"Example: surveylab {name}" in (command.help or "")


@pytest.mark.parametrize("name", ["plugins.md", "faults.md", "instruments.md"])
def test_generated_pages_are_true(name: str) -> None:
    """The pages that follow from the code are what ``python docs/generate.py`` writes."""
    generate = runpy.run_path(str(DOCS / "generate.py"))
    assert set(generate["TITLES"]) == set(registry.KINDS)
    assert generate["PAGES"][name]() == (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "result",
    [
        results.Analysis,
        results.Estimate,
        results.SampleRatio,
        results.Diagnostics,
        results.Decision,
        results.Scores,
        results.Scored,
        Balance,
        Difference,
        Leaks,
        Monitored,
        StageRatio,
        Described,
        Drawn,
        results.Weights,
        results.ArmWeights,
        results.WeightedScore,
        results.ScoreDifference,
        results.Merged,
        Forgotten,
        ForgottenUnit,
        Kept,
        Entry,
        schemes.SchemeComparison,
        schemes.SchemeResult,
        schemes.FieldEstimate,
    ],
)
def test_every_json_field_is_documented(result: type) -> None:
    """Each field that a command prints as JSON stands in docs/commands.md."""
    page = COMMANDS.read_text(encoding="utf-8")
    for field in fields(result):
        assert f"`{field.name}`" in page, f"{result.__name__}.{field.name}"


@pytest.mark.parametrize("result", [Outcomes, CodeCount, GroupRates, DayRates, Sums, Rates, Eligibility, Propagated])
def test_outcomes_are_documented(result: type) -> None:
    """Each field of them stands in docs/monitoring.md."""
    page = (DOCS / "monitoring.md").read_text(encoding="utf-8")
    for field in fields(result):
        assert f"`{field.name}`" in page, f"{result.__name__}.{field.name}"


def test_every_disposition_is_documented() -> None:
    """Each code stands in docs/monitoring.md, in a row with its letter."""
    rows = [line.split("|") for line in (DOCS / "monitoring.md").read_text(encoding="utf-8").splitlines()]
    letters = {code.strip(): row[2].strip() for row in rows if len(row) > 3 for code in row[1].split(",")}
    assert {code: letters.get(code) for code in LABELS} == {code: letter_of(code) for code in LABELS}


def test_the_worked_example_of_rates_is_right() -> None:
    """The numbers of docs/monitoring.md are those of the code."""
    text = (DOCS / "monitoring.md").read_text(encoding="utf-8").partition("For example ")[2].partition("\n\n")[0]
    numbers = dict(re.findall(r"(\w+) = (?:720 / 800 = )?([\d.]+\d|\d)", text))
    found = rates(Sums.of({name: float(numbers[name]) for name in "I P R NC O UH UO UR NE".split()}))  # noqa: SIM905
    assert found.e.value == float(numbers["e"])
    told = {name: float(value) for name, value in numbers.items() if name.lower() in vars(found) and name != "e"}
    assert len(told) == 7
    for name, value in told.items():
        assert getattr(found, name.lower()) == pytest.approx(value, abs=0.0005), name


def test_every_setting_is_documented() -> None:
    """Each environment variable that the code reads stands in docs/settings.md."""
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    for source in (ROOT / "surveylab").rglob("*.py"):
        for name in re.findall(r"SURVEYLAB_[A-Z_]+", source.read_text(encoding="utf-8")):
            assert name.rstrip("_") in page, name


def test_settings_read_the_environment() -> None:
    """What settings.md says of defaults is what an empty environment gives."""
    settings = from_environment({"SURVEYLAB_WORKSPACE": "/srv/lab"})
    assert settings.database_url == "sqlite:////srv/lab/surveylab.db"
    assert settings.secret is None
    assert settings.base_url == "http://127.0.0.1:8000"


def test_decisions_are_numbered_without_gaps() -> None:
    """docs/decisions/NNNN-title.md, from 0001 on."""
    numbers = sorted(int(path.name[:4]) for path in (DOCS / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_lock_holds_what_is_asked_for() -> None:
    """Every requirement of pyproject.toml is pinned in requirements.lock at a version it allows, with hashes."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = {
        canonicalize_name(name): version for name, version in re.findall(r"^([\w.-]+)==([\w.+]+)", text, re.MULTILINE)
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    assert len(asked) > 20
    for line in asked:
        requirement = Requirement(line)
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), line
    assert text.count("--hash=sha256:") > len(pinned)
    assert "://" not in text


def test_the_readme_links_are_there() -> None:
    """Every relative link and picture of the README exists."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (ROOT / target).exists(), target

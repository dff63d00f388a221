"""The command that compares sampling schemes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from surveylab.cli._terminal import json_option, opened, say_json, say_table, spec_argument, study_of

if TYPE_CHECKING:
    from surveylab.design.schemes import SchemeComparison


@click.command()
@spec_argument
@json_option
def schemes(spec: Path, as_json: bool) -> None:
    """Compare the sampling schemes of an experiment on the frame that they were drawn from.

    Response, representativeness, precision per contact, contacts per respondent, and the error of
    every mean that the frame knows, by level of the factors that vary the sampling.

    \b
    Example: surveylab schemes experiments/sampling_schemes.yaml
    """
    from surveylab.analysis.schemes import compare
    from surveylab.design.results import as_json as plain

    study = study_of(spec)
    with opened() as ledger:
        found = compare(ledger, study)
    if as_json:
        say_json(plain(found))
    else:
        say_schemes(found)


def say_schemes(found: SchemeComparison) -> None:
    """Print a comparison of schemes for a person."""
    click.echo(f"{found.title}\n{found.eligible:,} units on the eligible frame\n")
    named = [(", ".join(each.levels.values()) or each.scheme, each) for each in found.schemes]
    rows = [
        [
            name,
            f"{each.cases:,}",
            f"{each.contacts:,}",
            f"{each.respondents:,}",
            _with_error(each.response_rate, each.response_se),
            _with_error(each.r, each.r_se),
            _number(each.deff),
            _number(each.contacts_per_respondent),
        ]
        for name, each in named
    ]
    header = ["scheme", "cases", "contacts", "respondents", "RR2 (s.e.)", "R (s.e.)", "deff", "contacts each"]
    say_table(header, rows)
    click.echo("")
    rows = [
        [
            f"{field.field}, {name}",
            _number(field.truth),
            _number(field.cases),
            _with_error(field.respondents, field.standard_error),
            _number(field.error),
            _number(field.worth),
        ]
        for number in range(len(found.schemes[0].fields) if found.schemes else 0)
        for name, each in named
        for field in [each.fields[number]]
    ]
    say_table(["mean of", "truth", "cases", "respondents (s.e.)", "error in sd", "worth of a contact"], rows)
    if found.on:
        click.echo(f"\nR: how alike the answering is over {', '.join(found.on)}; 1 is alike everywhere.")
    for name, each in named:
        for note in each.notes:
            click.echo(f"{name}: {note}")


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


def _with_error(value: float | None, error: float | None) -> str:
    return _number(value) if error is None else f"{_number(value)} ({error:.2g})"

"""The command that watches an experiment: monitor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from surveylab.cli._terminal import json_option, opened, progress, say_json, say_mappings, slug_of

if TYPE_CHECKING:
    from surveylab.chance.balance import Balance
    from surveylab.fieldwork.monitor import Monitored
    from surveylab.fieldwork.response_rates import GroupRates, Outcomes
    from surveylab.rates import Rates


@click.command()
@click.argument("experiment")
@json_option
def monitor(experiment: str, as_json: bool) -> None:
    """Tell whether chance runs as designed, and what became of the cases. EXPERIMENT is a file or its name.

    Sample ratio by stage, leaks and balance of the arms; AAPOR dispositions, and outcome rates by arm, stratum and day.

    Ends with exit code 3 where the experiment may not be analysed as it stands.

    \b
    Example: surveylab monitor nps_wording_length
    """
    from surveylab.design.results import as_json as plain
    from surveylab.errors import GateError
    from surveylab.fieldwork import monitor as watch

    with opened() as ledger, progress("cases") as bar:
        found = watch.monitor(ledger, slug_of(experiment), progress=bar)
    if as_json:
        say_json(plain(found))
    else:
        say_monitored(found)
    if found.refused:
        raise GateError(" ".join(found.refused))


def say_monitored(found: Monitored) -> None:
    """Print what was watched for a person."""
    click.echo(f"{found.experiment}, version {found.version}: {found.cases:,} cases\n")
    said = {"fits": "fits", "gate": "MISMATCH: nothing may be estimated", "effect": "the arms differ: an effect"}
    say_mappings(
        [
            {
                "stage": each.stage,
                "exposure": each.exposure,
                **{arm: f"{cases:,}" for arm, cases in each.observed.items()},
                "p": f"{each.p:.3f}",
                "": said[each.verdict],
            }
            for each in found.stages
        ]
    )
    leaks = found.leaks
    click.echo(
        f"\nLeaks: {leaks.other_arm + leaks.no_arm:,} of {leaks.exposures:,} exposures, "
        f"{leaks.two_arms:,} cases in two arms (at most {leaks.most:.0%} is analysed)."
    )
    if found.balance is not None and found.balance.differences:
        _say_balance(found.balance)
    if found.outcomes is not None and found.outcomes.dispositions:
        _say_outcomes(found.outcomes)


def _say_balance(table: Balance) -> None:
    click.echo(f"\nBalance: chi-square {table.statistic:.1f} with {table.degrees} degrees, p = {table.p:.3f}")
    say_mappings(
        [
            {
                "field": each.field + (f" = {each.value}" if each.value else ""),
                "arm": each.arm,
                "mean": f"{each.mean:.4g}",
                "others": f"{each.others:.4g}",
                "smd": f"{each.smd:+.3f}",
            }
            for each in table.differences
        ]
    )


def _say_outcomes(found: Outcomes) -> None:
    """The dispositions by arm; where there is a sample, its rates by arm, by stratum and by day."""
    click.echo(f"\nDispositions (AAPOR, edition {found.edition})")
    say_mappings(
        [
            {
                "code": each.code,
                "": each.label,
                "letter": each.letter,
                **{arm: f"{cases:,}" for arm, cases in each.arms.items()},
                "all": f"{each.cases:,}",
            }
            for each in found.dispositions
        ]
    )
    if not found.sampled:
        click.echo(
            "\nNobody was sampled by chance: these are counts of participation, and there are no response rates."
        )
        return
    whole, arms, strata = ([each for each in found.groups if each.by == by] for by in ("all", "arm", "stratum"))
    click.echo("\nOutcome rates")
    columns = {_named(each): each.rates for each in (*whole, *(arms if len(arms) > 1 else ()))}
    columns["all, weighted"] = whole[0].weighted
    _say_rates({name: rates for name, rates in columns.items() if rates is not None})
    if whole[0].rates is not None and not whole[0].rates.all_known:
        click.echo("RR5, RR6, REF3 and CON3 leave cases of unknown eligibility out: they do not tell of this sample.")
    if strata:
        click.echo("\nOutcome rates by stratum")
        _say_rates({_named(each): each.rates for each in strata if each.rates is not None})
    click.echo("\nBy days since the draw")
    say_mappings(
        [
            {
                "day": each.day,
                "complete": f"{each.sums.i:,.0f}",
                "partial": f"{each.sums.p:,.0f}",
                "RR1": _share(each.rates.rr1),
                "RR2": _share(each.rates.rr2),
                "RR3": _share(each.rates.rr3),
                "REF1": _share(each.rates.ref1),
                "CON1": _share(each.rates.con1),
            }
            for each in found.days
            if each.rates is not None
        ]
    )


RATES = (
    *("rr1", "rr2", "rr3", "rr4", "rr5", "rr6"),
    *("coop1", "coop2", "coop3", "coop4"),
    *("ref1", "ref2", "ref3", "con1", "con2", "con3"),
)


def _say_rates(columns: Mapping[str, Rates]) -> None:
    rows = [
        {"": name.upper(), **{group: _share(getattr(rates, name)) for group, rates in columns.items()}}
        for name in RATES
    ]
    say_mappings([*rows, {"": "e", **{group: _share(rates.e.value) for group, rates in columns.items()}}])


def _named(group: GroupRates) -> str:
    return ", ".join(group.within.values()) or "all"


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"

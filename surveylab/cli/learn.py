"""Commands that learn: load, scores, weights, analyse, decide, report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from surveylab.cli._terminal import json_option, opened, progress, say_json, say_table, slug_of, spec_argument, study_of

if TYPE_CHECKING:
    from surveylab.design.results import Analysis, ScoreDifference, Scores, WeightedScore, Weights


@click.command()
@spec_argument
@click.argument("data", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--encoding", default="utf-8", show_default=True, help="Encoding of the file.")
def load(spec: Path, data: Path, encoding: str) -> None:
    """Load the data of an experiment that was fielded elsewhere.

    DATA is a CSV with one row per case, or one row per cell with counts; the ``data`` section
    of SPEC says which column is what. What was loaded before for SPEC is replaced.

    \b
    Example: surveylab load experiments/gss_spending_2024.yaml experiments/gss_spending_2024.csv
    """
    from surveylab.analysis.load import load_data

    study = study_of(spec)
    with opened() as ledger, progress("rows") as bar:
        loaded = load_data(ledger, study, data, encoding, bar)
    click.echo(f"{loaded.rows:,} rows, {loaded.cases:,} cases in {loaded.cells:,} cells.")


@click.command()
@spec_argument
@json_option
def scores(spec: Path, as_json: bool) -> None:
    """Compute the official scores of the instrument: NPS, CSAT and whatever else its file declares.

    Over all who started and by arm, from the answers that stand; unweighted, so that strata that
    were sampled more count more.

    \b
    Example: surveylab scores experiments/nps_wording_length.yaml
    """
    from surveylab.analysis.scores import official_scores
    from surveylab.design.results import as_json as plain

    study = study_of(spec)
    with opened() as ledger:
        found = official_scores(ledger, study)
    if as_json:
        say_json(plain(found))
    else:
        say_scores(found)


@click.command()
@click.argument("experiment")
@click.option("--by", multiple=True, help="Field of the frame for classes and margins; repeat it [strata and blocks].")
@click.option("--uncalibrated", is_flag=True, help="Leave the margins of the frame alone.")
@click.option("--replicates", default=0, show_default=True, type=click.IntRange(0, 10_000), help="Of the bootstrap.")
@click.option(
    "--lonely",
    default="fail",
    show_default=True,
    type=click.Choice(["fail", "certainty", "adjust", "average"]),
    help="What a stratum with one case adds to a variance.",
)
@json_option
def weights(
    experiment: str, by: tuple[str, ...], *, uncalibrated: bool, replicates: int, lonely: str, as_json: bool
) -> None:
    """Weigh the respondents of a drawn experiment and estimate its scores. EXPERIMENT is a file or its name.

    Base weights, nonresponse by classes within arms, margins of the frame; per arm the response
    rate, design effect and R-indicator, the weighted mean of each score and the differences.

    \b
    Example: surveylab weights nps_wording_length --by region
    """
    from surveylab.analysis.weigh import weigh
    from surveylab.design.results import as_json as plain

    with opened() as ledger:
        found = weigh(
            ledger,
            slug_of(experiment),
            by,
            calibrate=not uncalibrated,
            replicates=replicates,
            lonely=lonely,  # type: ignore[arg-type]
        )
    if as_json:
        say_json(plain(found))
    else:
        say_weights(found)


@click.command()
@spec_argument
@json_option
def analyse(spec: Path, as_json: bool) -> None:
    """Estimate what the file inquires about, and say what its rule decides.

    \b
    Example: surveylab analyse experiments/gss_spending_2024.yaml --json
    """
    from surveylab.design.results import as_json as plain

    analysis = _analysed(spec)
    if as_json:
        say_json(plain(analysis))
    else:
        say_analysis(analysis)
    _hold(analysis)


@click.command()
@spec_argument
@json_option
def decide(spec: Path, as_json: bool) -> None:
    """Apply the decision rule of the file to the data as they are, and record the decision.

    \b
    Example: surveylab decide experiments/nps_wording_length.yaml
    """
    from surveylab.analysis.analyse import record_decision
    from surveylab.design.results import as_json as plain
    from surveylab.errors import SurveylabError

    analysis = _analysed(spec)
    _hold(analysis)
    if analysis.decision is None:
        raise SurveylabError(f"{spec} states no decision rule; add a section `decision` to it.")
    with opened() as ledger:
        record_decision(ledger, study_of(spec), analysis)
    if as_json:
        say_json(plain(analysis.decision))
    else:
        click.echo(f"{analysis.decision.action}: {analysis.decision.reason}")


@click.command()
@spec_argument
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write [results/SLUG.html].")
def report(spec: Path, output: Path | None) -> None:
    """Write the report of an experiment as one HTML page.

    \b
    Example: surveylab report experiments/nps_wording_length.yaml
    """
    from surveylab.analysis.report import write_report
    from surveylab.design.results import as_json as plain
    from surveylab.fieldwork.monitor import monitor

    analysis, study = _analysed(spec), study_of(spec)
    target = output or Path("results") / f"{analysis.experiment}.html"
    with opened() as ledger:
        watched = None if study.experiment.data else plain(monitor(ledger, study.experiment.slug))
        write_report(ledger, study, analysis, target, watched)
    click.echo(str(target))


def say_analysis(analysis: Analysis) -> None:
    """Print the estimates and the decision for a person."""
    click.echo(analysis.title)
    click.echo(f"{analysis.n['sampled']:,} cases, design {analysis.design_hash[:12]}, data {analysis.data_hash[:12]}")
    if analysis.sample_ratio:
        click.echo(f"Sample ratio: p = {analysis.sample_ratio.p:.3f}")
    rows = [
        [
            each.inquiry + "".join(f", {value}" for value in each.within.values()),
            each.scale.replace("_", " "),
            f"{each.mean:.4g}",
            f"{each.interval[0]:.4g} to {each.interval[1]:.4g}",
            f"{each.p_positive:.3f}",
        ]
        for each in analysis.estimates
    ]
    click.echo("")
    say_table(["inquiry", "scale", "mean", "95 % interval", "P(above no effect)"], rows)
    for inquiry, why in analysis.refused.items():
        click.echo(f"{inquiry}: no estimate. {why}")
    if analysis.decision:
        click.echo(f"\nDecision: {analysis.decision.action}. {analysis.decision.reason}")


def say_scores(found: Scores) -> None:
    """Print scores for a person, with where they come from."""
    click.echo(f"{found.title}\n")
    rows = [
        [
            each.score if not each.within else "  " + ", ".join(each.within.values()),
            each.rule,
            f"{each.n:,}",
            "-" if each.value is None else f"{each.value:.4g}",
            "-" if each.standard_error is None else f"{each.standard_error:.3g}",
            "-" if each.interval is None else f"{each.interval[0]:.4g} to {each.interval[1]:.4g}",
            ", ".join(f"{count:,} {reason.replace('_', ' ')}" for reason, count in each.missing.items()) or "-",
        ]
        for each in found.scores
    ]
    say_table(["score", "rule", "n", "value", "s.e.", f"{found.level:.0%} interval", "without"], rows)
    for each in (each for each in found.scores if each.bands and not each.within):
        click.echo(f"{each.score}: " + ", ".join(f"{band} {count:,}" for band, count in each.bands.items()))
    click.echo("\nUnweighted, among those who started.")
    for source in dict.fromkeys(source for sources in found.sources.values() for source in sources):
        click.echo(f"Source: {source}")


def say_weights(found: Weights) -> None:
    """Print weights and weighted scores for a person."""

    def told(number: float | None, form: str = ".3f") -> str:
        return "-" if number is None else format(number, form)

    def named(arm: Mapping[str, str]) -> str:
        return ", ".join(arm.values())

    click.echo(f"{found.title}\n")
    rows = [
        [
            named(each.arm),
            f"{each.n:,}",
            f"{each.respondents:,}",
            f"{each.response_rate:.1%}",
            f"{each.deff:.3f}",
            f"{each.effective_n:,.1f}",
            f"{told(each.r)} ({told(each.r_se)})",
            f"{told(each.cv)} ({told(each.cv_se)})",
        ]
        for each in found.arms
    ]
    say_table(["arm", "n", "respondents", "response", "deff", "effective n", "R (s.e.)", "CV (s.e.)"], rows)
    lines: list[tuple[str, str, WeightedScore | ScoreDifference]] = []
    lines += [(each.score, named(each.arm), each) for each in found.scores]
    lines += [(each.score, f"{named(each.arm)} - {named(each.reference)}", each) for each in found.differences]
    click.echo("")
    say_table(
        ["score", "arm", "value", "s.e.", f"{found.level:.0%} interval"],
        [
            [
                score,
                arm,
                f"{each.value:.4g}",
                told(each.standard_error, ".3g"),
                "-" if each.interval is None else f"{each.interval[0]:.4g} to {each.interval[1]:.4g}",
            ]
            for score, arm, each in lines
        ],
    )
    margins = "raked to the frame" if found.calibrated else "not calibrated"
    click.echo(
        f"\nClasses by {', '.join(found.by)} within arms; {margins} ({found.population:,} units). {found.variance}."
    )
    for each in found.merged:
        click.echo(f"Merged: {each.name} into {each.into}")
    for arm in (arm for arm in found.arms if arm.refused):
        click.echo(f"{named(arm.arm)}: no R-indicator. {arm.refused}")


def _analysed(spec: Path) -> Analysis:
    from surveylab.analysis.analyse import analyse as run
    from surveylab.fieldwork.monitor import held

    study = study_of(spec)
    with opened() as ledger, progress("fits", len(study.experiment.inquiries)) as bar:
        return run(ledger, study, bar, held=held(ledger, study.experiment.slug))


def _hold(analysis: Analysis) -> None:
    """End with exit code 3 when an estimate was refused."""
    if analysis.refused:
        from surveylab.errors import GateError

        raise GateError("; ".join(f"{inquiry}: {why}" for inquiry, why in analysis.refused.items()))


COMMANDS = (load, scores, weights, analyse, decide, report)

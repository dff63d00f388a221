"""Commands of fieldwork: monitor, draw, serve, pause, resume, quotas, simulate, audit."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from surveylab.cli._terminal import (
    json_option,
    opened,
    progress,
    say_json,
    say_mappings,
    slug_of,
    spec_argument,
    study_of,
)

if TYPE_CHECKING:
    from surveylab.fieldwork.monitor import Monitored


@click.command()
@spec_argument
@click.option("--links", type=click.Path(dir_okay=False, path_type=Path), help="Write the personal links here (CSV).")
@click.option(
    "--new-version", is_flag=True, help="Draw a design that was changed since its draw, for who is no case yet."
)
@json_option
def draw(spec: Path, links: Path | None, new_version: bool, as_json: bool) -> None:
    """Draw the sample of an experiment and assign every case to its arm.

    Both are written before anybody is contacted, and cannot be changed afterwards. An
    experiment without a frame is opened to people who arrive unlisted.

    \b
    Example: surveylab draw experiments/nps_wording_length.yaml --links links.csv
    """
    from surveylab.design.cases import IN_APP, KIOSK
    from surveylab.fieldwork import recruit
    from surveylab.settings import from_environment

    study = study_of(spec)
    now = datetime.now(UTC)
    with opened() as ledger:
        drawn = recruit.draw(ledger, study, now, new_version=new_version)
        if links:
            recruit.send(ledger, study, from_environment().base_url, links, now)
    if as_json:
        say_json(asdict(drawn))
        return
    if study.experiment.frame is None:
        settings, channel = from_environment(), study.experiment.contact.channel
        if channel == IN_APP:
            script = f"{settings.base_url}/w/{drawn.experiment}.js"
            click.echo(f"Open in an app: include the script {script} (docs/surfaces.md).")
            if not settings.embed_origins:
                click.echo("No site may show it yet: name the sites in SURVEYLAB_EMBED_ORIGINS before you serve.")
            return
        door = "k" if channel == KIOSK else "o"
        click.echo(f"Open: whoever comes to {settings.base_url}/{door}/{drawn.experiment} is assigned on arrival.")
        return
    click.echo(f"{drawn.cases:,} of {drawn.eligible:,} eligible units drawn ({drawn.frame:,} on the frame).")
    if drawn.suppressed:
        click.echo(f"Suppressed and taken off before: {drawn.suppressed:,}.")
    if drawn.excluded:
        told = ", ".join(f"{units:,} {purpose}" for purpose, units in drawn.excluded.items())
        click.echo(f"Left out before the draw: {told}.")
    say_mappings([{"arm": arm, "cases": cases} for arm, cases in drawn.arms.items()])
    if links:
        click.echo(f"Personal links: {links}")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes that serve.")
@click.option("--simulated", is_flag=True, help="Let synthetic respondents bring their own time; on loopback only.")
def serve(host: str, port: int, workers: int, simulated: bool) -> None:
    """Serve the surveys and the console of this workspace.

    \b
    Example: surveylab serve --port 8000
    """
    from surveylab.settings import from_environment
    from surveylab.web.server import serve as serve_pages

    click.echo(f"Serving on http://{host}:{port}, the console on http://{host}:{port}/console. Ctrl+C stops.")
    serve_pages(from_environment(), host, port, workers, synthetic=simulated)


@click.command()
@click.argument("experiment")
def pause(experiment: str) -> None:
    """Let nobody begin or go on for a while. EXPERIMENT is a file or its name.

    What people send from pages that they had open is kept; their links stay as they are.

    \b
    Example: surveylab pause nps_wording_length
    """
    from surveylab.fieldwork import pausing

    slug = slug_of(experiment)
    with opened() as ledger:
        pausing.pause(ledger, slug, datetime.now(UTC))
    click.echo(f"{slug} is paused. surveylab resume {slug} opens it again.")


@click.command()
@click.argument("experiment")
def resume(experiment: str) -> None:
    """Open an experiment that was paused. EXPERIMENT is a file or its name.

    \b
    Example: surveylab resume nps_wording_length
    """
    from surveylab.fieldwork import pausing

    slug = slug_of(experiment)
    with opened() as ledger:
        pausing.resume(ledger, slug, datetime.now(UTC))
    click.echo(f"{slug} takes answers again.")


@click.command()
@click.argument("experiment")
@json_option
def monitor(experiment: str, as_json: bool) -> None:
    """Tell whether chance runs as designed: sample ratio by stage, leaks, balance. EXPERIMENT is a file or its name.

    Ends with exit code 3 where the experiment may not be analysed as it stands.

    \b
    Example: surveylab monitor nps_wording_length
    """
    from surveylab.design.results import as_json as plain
    from surveylab.errors import GateError
    from surveylab.fieldwork import monitor as watch

    with opened() as ledger:
        found = watch.monitor(ledger, slug_of(experiment))
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
    if found.balance is None or not found.balance.differences:
        return
    table = found.balance
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


@click.command()
@click.argument("experiment")
@json_option
def quotas(experiment: str, as_json: bool) -> None:
    """Tell how far the quotas of an experiment are. EXPERIMENT is a file or its name.

    \b
    Example: surveylab quotas nps_wording_length
    """
    from surveylab.errors import SurveylabError
    from surveylab.fieldwork import progress as far
    from surveylab.fieldwork.studies import Studies

    slug = slug_of(experiment)
    with opened() as ledger:
        versions = far.versions(ledger, Studies(ledger), slug, datetime.now(UTC))
    if not versions:
        raise SurveylabError(f"{slug} is not in the field; run surveylab draw first.")
    rows = [asdict(quota) for quota in versions[0].quotas]
    if as_json:
        say_json(rows)
    elif rows:
        say_mappings([{**row, "rule": row["rule"] or "everybody"} for row in rows])
    else:
        click.echo(f"{slug} has no quotas.")


@click.command()
@spec_argument
@click.option("--server", default="http://127.0.0.1:8000", show_default=True, help="A server started with --simulated.")
@click.option("--workers", default=4, show_default=True, type=click.IntRange(1, 64), help="People at a time.")
@click.option("--most", default=100_000, show_default=True, help="Play at most so many cases.")
@json_option
def simulate(spec: Path, server: str, workers: int, most: int, as_json: bool) -> None:
    """Let synthetic respondents answer an experiment that was drawn, through its real pages.

    They behave as the experiment's assumptions say, and the same way each time.

    \b
    Example: surveylab simulate experiments/nps_wording_length.yaml
    """
    from surveylab.fieldwork import recruit
    from surveylab.fieldwork.synthetic import Walker, answer_all

    study = study_of(spec)
    with opened() as ledger:
        people = recruit.invited(ledger, study.experiment.slug)[:most]
    walker = Walker(study, server, datetime.now(UTC))
    with progress("people", len(people)) as bar:
        ends = answer_all(walker, people, workers, bar)
    if as_json:
        say_json(ends)
    else:
        say_mappings([{"end": end, "people": people} for end, people in sorted(ends.items())])


@click.command()
@spec_argument
@json_option
def audit(spec: Path, as_json: bool) -> None:
    """Derive the draw and the assignment again from the seed, and compare every row.

    \b
    Example: surveylab audit experiments/nps_wording_length.yaml
    """
    from surveylab.errors import GateError
    from surveylab.fieldwork import recruit

    with opened() as ledger:
        result = recruit.audit(ledger, spec.stem)
    if as_json:
        say_json(asdict(result))
    else:
        click.echo(f"{result.cases:,} cases and {result.assignments:,} assignments derived again from the seed.")
    if result.differences:
        raise GateError("The ledger differs from its seed: " + "; ".join(result.differences))
    if not as_json:
        click.echo("Every row is the same, byte for byte.")


COMMANDS = (monitor, draw, serve, pause, resume, quotas, simulate, audit)

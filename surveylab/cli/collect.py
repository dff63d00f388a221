"""Commands of fieldwork: draw, serve, pause, resume, quotas, simulate, audit."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

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
    from surveylab.fieldwork.worker import Worker
    from surveylab.settings import from_environment

    study = study_of(spec)
    now = datetime.now(UTC)
    with opened() as ledger:
        drawn = recruit.draw(ledger, study, now, new_version=new_version)
        if links:
            Worker(ledger, from_environment().base_url, lambda: now).hand_over(drawn.experiment, links)
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


COMMANDS = (draw, serve, pause, resume, quotas, simulate, audit)

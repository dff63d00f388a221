"""The main job, shown: a live experiment from YAML to decision, and a published one re-analysed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from surveylab.cli._terminal import progress, say_mappings, say_table

if TYPE_CHECKING:
    from surveylab.design.experiment import Study
    from surveylab.design.results import Analysis
    from surveylab.store.ledger import Ledger

LIVE, REAL, SCHEMES = "nps_wording_length", "gss_spending_2024", "sampling_schemes"
PEOPLE = 2000
"""Units on the synthetic frame; the shipped experiment asks all of them."""
LISTED = 6000
"""Units on the synthetic frame that sampling schemes are compared on."""
PATIENCE = 30
"""Seconds that the server may take to answer."""


@click.command()
@click.option(
    "--folder",
    default=".demo",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Database and reports go here; a database of an earlier demo is replaced.",
)
@click.option("--schemes", is_flag=True, help="Compare three sampling schemes on one synthetic frame instead.")
def demo(folder: Path, schemes: bool) -> None:
    """Run one experiment with synthetic respondents through real pages, and re-analyse a published one.

    \b
    Example: surveylab demo
    """
    from surveylab import spec
    from surveylab.store.ledger import open_ledger

    started = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    database = folder / "demo.db"
    for file in folder.glob("demo.db*"):
        file.unlink()
    source = examples()
    ledger = open_ledger(f"sqlite:///{database.resolve()}")
    try:
        if schemes:
            _schemes(ledger, spec.read(source / "experiments" / f"{SCHEMES}.yaml"), folder)
            return
        _live(ledger, spec.read(source / "experiments" / f"{LIVE}.yaml"), folder)
        _real(ledger, spec.read(source / "experiments" / f"{REAL}.yaml"), folder)
    finally:
        ledger.close()
    _heading("Where to look")
    click.echo(f"Reports:  {folder / LIVE}.html and {folder / REAL}.html")
    click.echo(
        f"Console:  SURVEYLAB_DATABASE_URL=sqlite:///{database} {sys.argv[0]} serve, then http://127.0.0.1:8000/console"
    )
    click.echo(f"Done in {time.monotonic() - started:.0f} seconds.")


def examples() -> Path:
    """The shipped experiments and instruments: in the workspace here, else those of the package."""
    here = Path.cwd()
    if (here / "experiments" / f"{LIVE}.yaml").is_file():
        return here
    package = Path(__file__).parent.parent
    inside = package / "_examples"
    return inside if inside.is_dir() else package.parent


def _live(ledger: Ledger, study: Study, folder: Path) -> None:
    from surveylab.analysis.analyse import analyse, record_decision
    from surveylab.analysis.report import flow, write_report

    _heading(f"Live: {study.experiment.title}")
    _field(ledger, study, folder, PEOPLE)
    with progress("4. fits", len(study.experiment.inquiries)) as bar:
        analysis = analyse(ledger, study, bar)
    record_decision(ledger, study, analysis)
    write_report(ledger, study, analysis, folder / f"{LIVE}.html")
    click.echo("4. The funnel by arm\n")
    say_mappings(flow(ledger, study))
    click.echo("\n5. The estimates, against the truth that the respondents were given\n")
    _say_against_truth(study, analysis)
    _say_decision("6. ", analysis)


def _schemes(ledger: Ledger, study: Study, folder: Path) -> None:
    from surveylab.analysis.schemes import compare
    from surveylab.cli.schemes import say_schemes

    _heading(f"Schemes: {study.experiment.title}")
    _field(ledger, study, folder, LISTED)
    click.echo("4. The schemes, against the truth of the frame\n")
    say_schemes(compare(ledger, study))


def _field(ledger: Ledger, study: Study, folder: Path, units: int) -> None:
    """Draw from a synthetic frame of so many units, audit, and let synthetic respondents answer through the pages."""
    from surveylab import simulate
    from surveylab.fieldwork import recruit
    from surveylab.fieldwork.synthetic import Walker, answer_all
    from surveylab.fieldwork.worker import Worker
    from surveylab.store import snapshots

    now = datetime.now(UTC)
    with ledger.write() as conn:
        listed = simulate.frame(units, study.experiment.seed)
        stored = snapshots.replace_frame(conn, "customers", f"synthetic {units} {study.experiment.seed}", listed, now)
    drawn = recruit.draw(ledger, study, now)
    click.echo(f"1. {stored.units:,} people on the frame, {drawn.cases:,} drawn and assigned to {len(drawn.arms)} arms")
    audited = recruit.audit(ledger, study.experiment.slug)
    verdict = "; ".join(audited.differences) or "the same, byte for byte"
    click.echo(f"2. Draw and assignment derived again from the seed: {verdict}")
    with _server(str(ledger.url)) as address:
        invited = recruit.invited(ledger, study.experiment.slug)
        Worker(ledger, address, lambda: now).hand_over(study.experiment.slug, folder / "links.csv")
        with progress("3. synthetic respondents", len(invited)) as bar:
            begun = time.monotonic()
            ends = answer_all(Walker(study, address, now), invited, workers=4, progress=bar)
        seconds = time.monotonic() - begun
    click.echo(f"3. {len(invited):,} people played through {address} in {seconds:.0f} s: " + _counted(ends))


def _real(ledger: Ledger, study: Study, folder: Path) -> None:
    from surveylab.analysis.analyse import analyse
    from surveylab.analysis.report import write_report

    _heading(f"Real: {study.experiment.title}")
    with progress("fits", len(study.experiment.inquiries)) as bar:
        analysis = analyse(ledger, study, bar)
    write_report(ledger, study, analysis, folder / f"{REAL}.html")
    click.echo(f"{analysis.n['sampled']:,} answers; second wording against first, in percentage points\n")
    rows = [
        [
            ", ".join(each.within.values()) or "all topics",
            f"{100 * each.mean:+.1f}",
            f"{100 * each.interval[0]:+.1f} to {100 * each.interval[1]:+.1f}",
        ]
        for each in analysis.estimates
    ]
    say_table(["topic", "effect", "95 % interval"], rows)
    _say_decision("", analysis)


def _say_against_truth(study: Study, analysis: Analysis) -> None:
    from surveylab.simulate import truth

    rows = []
    for each in analysis.estimates:
        true = truth(study, study.experiment.inquiry(each.inquiry))
        low, high = each.interval
        inside = "" if true is None else "yes" if low <= true <= high else "no"
        shown = "" if true is None else f"{true:.3f}"
        rows.append(
            [each.inquiry, each.scale.replace("_", " "), f"{each.mean:.3f}", f"{low:.3f} to {high:.3f}", shown, inside]
        )
    say_table(["inquiry", "scale", "estimate", "95 % interval", "truth", "covered"], rows)
    for inquiry, why in analysis.refused.items():
        click.echo(f"{inquiry}: no estimate. {why}")


def _say_decision(number: str, analysis: Analysis) -> None:
    if analysis.decision:
        click.echo(f"\n{number}Decision: {analysis.decision.action}. {analysis.decision.reason}")


def _counted(ends: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {end.replace('_', ' ')}" for end, count in sorted(ends.items()))


def _heading(text: str) -> None:
    click.echo("\n" + click.style(text, bold=True) + "\n" + "=" * len(text))


@contextmanager
def _server(database_url: str) -> Iterator[str]:
    """A server of this database on a free port, which reads the respondents' own time; ended afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "surveylab", "serve", "--port", str(port), "--simulated"]
    environment = {**os.environ, "SURVEYLAB_DATABASE_URL": database_url}
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)  # noqa: S603
    try:
        _wait_for(server, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)


def _wait_for(server: subprocess.Popen[str], port: int) -> None:
    from surveylab.errors import SurveylabError

    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    said = server.stderr.read() if server.poll() is not None and server.stderr else "it does not answer"
    raise SurveylabError(f"The server did not start: {said.strip()}")

"""Commands of contacts: worker, links, contacts, settle."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from surveylab.cli._terminal import json_option, opened, say_json, say_mappings, slug_of

_STATES = ("planned", "held", "claimed", "attempted", "sent", "refused", "uncertain", "cancelled")


def _now() -> datetime:
    return datetime.now(UTC)


@click.command()
@click.option("--once", is_flag=True, help="Send what is due now, and end.")
@click.option("--threads", default=1, show_default=True, type=click.IntRange(1, 16), help="Jobs at a time.")
@json_option
def worker(once: bool, threads: int, as_json: bool) -> None:
    """Send what is due: invitations and reminders, by the channel, at the hour and under the limits of each arm.

    Any number of workers may run, on any number of machines. Nobody gets one contact twice: what was under way when a
    worker ended is uncertain, and a person settles it (surveylab settle).

    \b
    Example: surveylab worker
             surveylab worker --once
    """
    from surveylab.errors import SurveylabError
    from surveylab.fieldwork.worker import Worker, send_due
    from surveylab.settings import from_environment

    settings = from_environment()
    with opened() as ledger:
        if not once:
            _run(ledger, settings, threads)
            return
        failures: dict[str, str] = {}
        came = send_due(
            Worker(ledger, settings.base_url, _now),
            settings,
            lambda channel, error: failures.update({channel: str(error)}),
        )
    if as_json:
        say_json({"contacts": dict(sorted(came.items())), "failures": failures})
    else:
        told = ", ".join(f"{count:,} {state}" for state, count in sorted(came.items()))
        click.echo(f"Contacts: {told or 'nothing was due'}.")
    if failures:
        raise SurveylabError(" ".join(f"{channel}: {why}" for channel, why in failures.items()))


def _run(ledger: Any, settings: Any, threads: int) -> None:
    import logging

    from surveylab.fieldwork.jobs import work

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("huey").setLevel(logging.WARNING)
    click.echo("Working. What is due is sent each minute; Ctrl+C stops.")
    work(ledger, settings, _now, threads)


@click.command()
@click.argument("experiment")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def links(experiment: str, file: Path) -> None:
    """Write the messages of an experiment that are carried by hand into FILE, each with its personal link.

    These are the contacts on the channel link that are planned: first the invitations, later the reminders of those
    who have not answered. What is written counts as sent.

    \b
    Example: surveylab links nps_wording_length links.csv
    """
    from surveylab.errors import SurveylabError
    from surveylab.fieldwork.worker import Worker
    from surveylab.settings import from_environment

    if file.exists():
        raise SurveylabError(f"{file} is there already, and may be somebody's only list; name a new file.")
    with opened() as ledger:
        written = Worker(ledger, from_environment().base_url, _now).hand_over(slug_of(experiment), file)
    click.echo(f"{written:,} messages: {file}")


@click.command()
@click.argument("experiment")
@click.option("--state", "states", multiple=True, type=click.Choice(_STATES), help="Only contacts in this state.")
@click.option("--unit", help="Only the contacts of this unit.")
@click.option("--most", default=50, show_default=True, help="Show at most so many; --json shows all.")
@json_option
def contacts(experiment: str, states: tuple[str, ...], unit: str | None, most: int, as_json: bool) -> None:
    """The journal of the contacts: what was planned, sent, refused, cancelled, and what nobody knows of.

    \b
    Example: surveylab contacts nps_wording_length --state uncertain
    """
    from itertools import islice

    from surveylab.store import contacts as kept

    slug = slug_of(experiment)
    with opened() as ledger, ledger.read() as conn:
        counted = kept.counts(conn, slug)
        found = kept.journal(conn, slug, states=states or kept.STATES, unit=unit)
        rows = [asdict(each) for each in (found if as_json else islice(found, most))]
    if as_json:
        say_json({"states": counted, "contacts": [_plain(row) for row in rows]})
        return
    if not counted:
        click.echo(f"{slug} has no contacts; it was not drawn, or its people come by themselves.")
        return
    click.echo(", ".join(f"{counted[state]:,} {state}" for state in _STATES if state in counted))
    shown = [
        {
            "unit": row["unit"],
            "step": row["step"],
            "channel": row["channel"],
            "due": f"{row['due_at']:%Y-%m-%d %H:%M}",
            "state": row["state"],
            "since": f"{row['since']:%Y-%m-%d %H:%M}" if row["since"] else "",
            "tries": row["tries"],
            "detail": row["detail"],
        }
        for row in rows
    ]
    if shown:
        say_mappings(shown)


@click.command()
@click.argument("experiment")
@click.argument("unit")
@click.argument("step", type=click.IntRange(0))
@click.option("--sent/--not-sent", required=True, help="Whether the person got it.")
def settle(experiment: str, unit: str, step: int, sent: bool) -> None:
    """Say of an uncertain contact whether UNIT got it; one that they did not get goes out again. STEP 0 is the first.

    \b
    Example: surveylab settle nps_wording_length u17 0 --sent
    """
    from surveylab.fieldwork.contacting import resolve

    with opened() as ledger:
        resolve(ledger, slug_of(experiment), unit, step, sent=sent, now=_now())
    click.echo(f"Contact {step} of {unit}: {'sent' if sent else 'planned again'}.")


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


COMMANDS = (worker, links, contacts, settle)

"""Commands of privacy: forget, retention, log."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click

from surveylab.cli._terminal import json_option, opened, say_json, say_mappings

_REHEARSAL = click.option("--dry-run", "rehearsal", is_flag=True, help="Tell what would be erased, and erase nothing.")


@click.command()
@click.option("--frame", help="The frame of a unit; with --unit.")
@click.option("--unit", help="A unit of that frame, by its id.")
@click.option("--email", help="Everybody with this address, on every frame.")
@click.option("--phone", help="Everybody with this number, on every frame.")
@click.option("--code", help="Who arrived unlisted, by the code to come back with.")
@click.option("--region", help="Country of a phone number without a country code, such as DE.")
@_REHEARSAL
@json_option
def forget(rehearsal: bool, as_json: bool, **said: Any) -> None:
    """Erase who somebody is, and keep every count.

    Names, addresses, texts in the person's own words, the personal link and fields that nothing is
    derived from go. Frames that are loaded later leave the person out.

    \b
    Example: surveylab forget --email ann@example.org --dry-run
             surveylab forget --frame customers --unit u17
    """
    from surveylab.fieldwork import forgetting

    ways = [name for name in ("unit", "email", "phone", "code") if said[name]]
    if len(ways) != 1 or bool(said["frame"]) != (ways == ["unit"]):
        raise click.UsageError("Say who, in one way: --frame with --unit, --email, --phone or --code.")
    with opened() as ledger:
        result = forgetting.forget(ledger, forgetting.Whom(**said), datetime.now(UTC), rehearsal=rehearsal)
    if as_json:
        say_json(asdict(result))
        return
    shown = [{**asdict(each), "known": ", ".join(each.known) or "-"} for each in result.units]
    say_mappings([{**row, "experiments": ", ".join(row["experiments"]) or "-"} for row in shown])
    if not shown and not said["code"]:
        click.echo("Nobody on any frame has that address; it is remembered for frames that are loaded later.")
    counts = {"people": result.people, "answers": result.answers, "fields": result.fields, "links": result.links}
    told = ", ".join(f"{count:,} {what}" for what, count in counts.items())
    click.echo(f"{'Would be erased' if rehearsal else 'Erased'}: {told}, {result.resume_codes:,} codes.")
    if result.shared:
        click.echo(f"Left alone, though they have the same address: {', '.join(result.shared)}.")
    for each in (one for one in result.units if "@" in one.unit):
        click.echo(f"The id {each.unit!r} stays, because draws are derived from it; it looks like an address itself.")


@click.command()
@_REHEARSAL
@json_option
def retention(rehearsal: bool, as_json: bool) -> None:
    """Erase what experiments keep for a time only, where that is over.

    What each keeps stands in its file: `retention: {addresses: P90D, texts: P1Y}`, from its close.

    \b
    Example: surveylab retention --dry-run
    """
    from surveylab.fieldwork.retention import carry_out

    with opened() as ledger:
        limits = carry_out(ledger, datetime.now(UTC), rehearsal=rehearsal)
    rows: list[dict[str, Any]] = [asdict(each) for each in limits]
    for row in rows:
        row["until"] = row["until"].isoformat(timespec="seconds")
    if as_json:
        say_json({"rehearsal": rehearsal, "limits": rows})
    elif rows:
        say_mappings([{**row, "due": "yes" if row["due"] else "no"} for row in rows])
    else:
        click.echo("No experiment that was drawn says how long it keeps anything.")


@click.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From this day on (UTC).")
@json_option
def log(since: datetime | None, as_json: bool) -> None:
    """Tell who did what: draws, versions, pauses, loads of frames, suppressions, and what was erased.

    \b
    Example: surveylab log --since 2026-03-01
    """
    import json

    from surveylab.store.log import entries

    with opened() as ledger, ledger.read() as conn:
        found = entries(conn, since.replace(tzinfo=UTC) if since else None)
    rows: list[dict[str, Any]] = [asdict(each) for each in found]
    for row in rows:
        row["at"] = row["at"].isoformat(timespec="seconds")
    if as_json:
        say_json(rows)
        return
    say_mappings([{**row, "detail": json.dumps(row["detail"], ensure_ascii=False)} for row in rows])


COMMANDS = (forget, retention, log)

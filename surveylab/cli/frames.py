"""Commands of frames: load, list, show, history, diff, prune, suppress."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from surveylab.cli._terminal import json_option, opened, progress, say_json, say_mappings
from surveylab.design.frames import UNIT, Column, FieldType, FrameReading, SamePerson
from surveylab.errors import SurveylabError

if TYPE_CHECKING:
    from surveylab.store.frames import StoredFrame
    from surveylab.store.ledger import Connection

FEW = 20
"""Rows that a person is shown; --json gives all."""
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def frame() -> None:
    """The lists of units that samples are drawn from."""


def _pairs(_context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """``A=b,C=d`` as a mapping; what an option is given several times comes together."""
    found: dict[str, str] = {}
    for part in ",".join(given).split(",") if given else ():
        name, sign, value = part.rpartition("=")
        if not sign or not name.strip() or not value.strip():
            raise click.BadParameter(f"{part!r} is not COLUMN=NAME", param=option)
        found[name.strip()] = value.strip()
    return found


def _region(_context: click.Context, option: click.Parameter, given: str | None) -> str | None:
    """A region that phone numbers are known of, in capitals."""
    if given is None:
        return None
    from surveylab.fieldwork.frames.addresses import regions

    if given.upper() not in regions():
        raise click.BadParameter(f"{given!r} is no region; write two letters, such as DE or US", param=option)
    return given.upper()


_REGION = click.option(
    "--region", callback=_region, help="Country of phone numbers without a country code, such as DE."
)


@frame.command("load")
@click.argument("name")
@click.argument("file", type=_FILE, required=False)
@click.option("--from", "url", help="A database (SQLAlchemy URL) instead of a FILE; with --query or --table.")
@click.option("--query", default="", help="A query whose rows are the units.")
@click.option("--table", default="", help="A table or view whose rows are the units: NAME or SCHEMA.NAME.")
@click.option("--id", "identifier", help="Column of the units' ids.  [default: id]")
@click.option("--map", "columns", multiple=True, callback=_pairs, help="What columns are: Kundennr=unit,E-Mail=email.")
@click.option("--type", "types", multiple=True, callback=_pairs, help="Types of columns: age=integer,code=text.")
@click.option(
    "--reading", "reading_file", type=_FILE, help="A file that says it.  [default: frames/NAME.yaml, if there]"
)
@click.option("--encoding", help="Encoding of a text file.  [default: its byte-order mark's, else utf-8]")
@click.option("--delimiter", help="Sign between the columns of a text file.  [default: found out]")
@click.option("--sheet", help="Sheet of a workbook.  [default: the first]")
@_REGION
@click.option(
    "--same-person",
    type=click.Choice(get_args(SamePerson)),
    help="Units with the same email or phone: refuse the file, keep first or last, or allow.  [default: refuse]",
)
@json_option
def frame_load(name: str, file: Path | None, url: str | None, query: str, table: str, **said: Any) -> None:
    """Load FILE (a row for each unit) as a new snapshot of the frame NAME.

    FILE is CSV or its kin (also .gz), a workbook (.xlsx, .xls, .ods) or Parquet. Earlier
    snapshots stay; units that did not change are not stored again.

    \b
    Example: surveylab frame load customers customers.csv --id customer_number
             surveylab frame load customers kunden.xlsx --map "Kundennr=unit,E-Mail=email" --region DE
             surveylab frame load customers --from postgresql://me@host/crm --table sales.customers
    """
    from surveylab.fieldwork.frames import Query, load_frame

    if (file is None) == (url is None):
        raise click.UsageError("Give a FILE, or a database with --from.")
    if url is not None and bool(query) == bool(table):
        raise click.UsageError("Say what to read of the database: --query or --table, one of them.")
    source = Query(url, query, table) if url is not None else file
    assert source is not None
    reading = _reading(name, said)
    with opened() as ledger, progress("rows") as bar:
        loaded = load_frame(ledger, name, source, datetime.now(UTC), reading, progress=bar)
    if said["as_json"]:
        say_json({**_shown(loaded.frame), **{key: value for key, value in asdict(loaded).items() if key != "frame"}})
        return
    stored = loaded.frame
    click.echo(f"Frame {stored.name!r}: {stored.units:,} units, snapshot {stored.number} ({stored.digest[:16]}).")
    if not loaded.new:
        click.echo("No unit differs from what was loaded before: the snapshot stays.")
    elif stored.number > 1:
        counts = f"{loaded.added:,} new, {loaded.changed:,} changed, {loaded.removed:,} gone"
        click.echo(f"Since snapshot {stored.number - 1}: {counts}.")
    click.echo("Fields: " + ", ".join(f"{field} ({kind})" for field, kind in stored.types.items()) + ".")
    for note in loaded.notes:
        click.echo(note)
    if loaded.forgotten:
        click.echo(f"{loaded.forgotten:,} units were left out: whoever they are was forgotten.")
    if loaded.merged:
        dropped = sum(len(each.dropped) for each in loaded.merged)
        click.echo(f"{dropped:,} units are the same person as another, by email or phone, and were left out:")
        say_mappings([{"kept": each.kept, "left out": ", ".join(each.dropped)} for each in loaded.merged[:FEW]])


def _reading(name: str, said: Mapping[str, Any]) -> FrameReading:
    """How to read the source: what the file of the frame says, and over it what the command says."""
    from surveylab import spec
    from surveylab.settings import from_environment

    path = said["reading_file"] or from_environment().workspace / "frames" / f"{name}.yaml"
    reading = spec.read_frame(path) if said["reading_file"] or path.is_file() else FrameReading()
    columns = dict(reading.columns)
    mapped = dict(said["columns"])
    if said["identifier"]:
        mapped[said["identifier"]] = UNIT
    if UNIT in mapped.values():
        columns = {column: each for column, each in columns.items() if each.as_ != UNIT}
    for column, as_ in mapped.items():
        columns[column] = replace(columns.get(column, Column()), as_=as_)
    for column, kind in said["types"].items():
        if kind not in get_args(FieldType):
            raise click.BadParameter(f"{kind!r} is no type; there are {', '.join(get_args(FieldType))}")
        columns[column] = replace(columns.get(column, Column()), type=kind)
    over = {key: said[key] for key in ("encoding", "delimiter", "sheet", "region", "same_person") if said[key]}
    if over.get("delimiter") in ("\\t", "tab"):
        over["delimiter"] = "\t"
    return replace(reading, columns=columns, **over)


@frame.command("list")
@json_option
def frame_list(as_json: bool) -> None:
    """List the frames with their newest snapshots.

    \b
    Example: surveylab frame list
    """
    from surveylab.store import frames

    with opened() as ledger, ledger.read() as conn:
        found = [_shown(each) for each in frames.frames(conn)]
    if as_json:
        say_json(found)
    elif found:
        names = ("name", "snapshot", "units", "loaded_at")
        say_mappings([{name: each[name] for name in names} for each in found])
    else:
        click.echo("No frame is loaded; load one with: surveylab frame load.")


@frame.command("show")
@click.argument("name")
@json_option
def frame_show(name: str, as_json: bool) -> None:
    """Show a frame: its fields with their types, how many can be reached, and who is suppressed.

    \b
    Example: surveylab frame show customers
    """
    from surveylab.store import people, suppressions

    with opened() as ledger, ledger.read() as conn:
        stored = _found(conn, name)
        reach = people.reach(conn, stored.id)
        suppressed = len(suppressions.on_frame(conn, stored))
    if as_json:
        say_json({**_shown(stored), "reach": reach, "suppressed": suppressed})
        return
    loaded = f"{stored.loaded_at:%Y-%m-%d %H:%M} UTC"
    click.echo(f"Frame {stored.name!r}, snapshot {stored.number} of {loaded}: {stored.units:,} units")
    click.echo(f"from {stored.source or 'a source that nobody wrote down'}, digest {stored.digest}.\n")
    say_mappings([{"field": field, "type": kind or "unknown"} for field, kind in stored.types.items()])
    click.echo()
    say_mappings([{"known": known, "units": f"{count:,}"} for known, count in reach.items()])
    click.echo(f"\nSuppressed and not drawn: {suppressed:,}.")


@frame.command("history")
@click.argument("name")
@json_option
def frame_history(name: str, as_json: bool) -> None:
    """List the snapshots of a frame, the newest first, with what each changed and what was drawn from it.

    \b
    Example: surveylab frame history customers
    """
    from surveylab.store import snapshots

    with opened() as ledger, ledger.read() as conn:
        rows = [asdict(each) for each in snapshots.history(conn, _found(conn, name).id)]
    for row in rows:
        row["loaded_at"] = row["loaded_at"].isoformat(timespec="seconds")
    if as_json:
        say_json(rows)
        return
    for row in rows:
        row["digest"] = row["digest"][:16]
        row["drawn"] = ", ".join(row["drawn"]) or "-"
        row["readable"] = "yes" if row["readable"] else "no"
        del row["source"]
    say_mappings(rows)


@frame.command("diff")
@click.argument("name")
@click.argument("before", type=int, required=False)
@click.argument("after", type=int, required=False)
@json_option
def frame_diff(name: str, before: int | None, after: int | None, as_json: bool) -> None:
    """Tell what differs between two snapshots of a frame: the newest and the one before, unless others are named.

    \b
    Example: surveylab frame diff customers 1 3
    """
    from surveylab.store import snapshots

    with opened() as ledger, ledger.read() as conn:
        newest = _found(conn, name)
        last = newest.number if after is None else after
        first = last - 1 if before is None else before
        readable = {each.number for each in snapshots.history(conn, newest.id) if each.readable}
        for number in (first, last):
            if number not in readable:
                there = ", ".join(map(str, sorted(readable)))
                raise SurveylabError(f"The frame {name!r} has no snapshot {number} that can be read; it has: {there}.")
        found = [_difference(each) for each in snapshots.differences(conn, newest.id, first, last)]
    if as_json:
        say_json({"frame": name, "before": first, "after": last, "units": found})
        return
    counts = {what: sum(each["what"] == what for each in found) for what in ("new", "changed", "gone")}
    click.echo(f"Snapshot {first} to {last}: " + ", ".join(f"{count:,} {what}" for what, count in counts.items()) + ".")
    say_mappings([{"unit": each["unit"], "what": each["what"], "fields": _said(each)} for each in found[:FEW]])
    if len(found) > FEW:
        click.echo(f"and {len(found) - FEW:,} more; --json gives all.")


def _difference(each: Any) -> dict[str, Any]:
    what = "gone" if each.after is None else "new" if each.before is None else "changed"
    before, after = each.before or {}, each.after or {}
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {"unit": each.unit, "what": what, "fields": {name: [before.get(name), after.get(name)] for name in names}}


def _said(each: Mapping[str, Any]) -> str:
    if each["what"] != "changed":
        return ""
    return "; ".join(f"{name}: {old!r} to {new!r}" for name, (old, new) in each["fields"].items())


@frame.command("prune")
@click.argument("name")
def frame_prune(name: str) -> None:
    """Give up what only earlier snapshots hold, unless an experiment was drawn from them.

    \b
    Example: surveylab frame prune customers
    """
    from surveylab.store import log, snapshots

    with opened() as ledger, ledger.write() as conn:
        gone = snapshots.prune(conn, _found(conn, name).id)
        log.record(conn, datetime.now(UTC), "frame prune", {"frame": name, "rows": gone})
    click.echo(f"{gone:,} rows of earlier snapshots of {name!r} are gone.")


@frame.command("suppress")
@click.argument("file", type=_FILE, required=False)
@click.option("--email", help="One address.")
@click.option("--phone", help="One number, with its country code or with --region.")
@click.option("--unit", help="One unit, by its id, on every frame.")
@click.option("--reason", default="asked", show_default=True, help="Why; a column `reason` of the file goes before it.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Since when.  [default: now]")
@_REGION
@click.option("--encoding", help="Encoding of a text file.")
@click.option("--lift", is_flag=True, help="Take the address or the unit off the list instead.")
@json_option
def frame_suppress(file: Path | None, reason: str, day: datetime | None, region: str | None, **said: Any) -> None:
    """Ask these people nothing any more, in any experiment. FILE has a column email, phone or unit.

    Without FILE and address, tell how many are on the list. It keeps no address, only keyed hashes.

    \b
    Example: surveylab frame suppress complaints.csv --reason complaint
             surveylab frame suppress --email ann@example.org
    """
    from surveylab.fieldwork.frames import suppress
    from surveylab.sources import How
    from surveylab.store import suppressions

    given = [(kind, said[kind]) for kind in suppressions.KINDS if said[kind]]
    if len(given) + (file is not None) > 1 or (said["lift"] and not given):
        raise click.UsageError("Give a FILE, or one of --email, --phone and --unit; --lift takes one of those.")
    listing = suppress.Listing(reason, day.replace(tzinfo=UTC) if day else datetime.now(UTC), region)
    with opened() as ledger:
        result: dict[str, object]
        if file is not None:
            count, new = suppress.suppress_file(ledger, file, listing, How(said["encoding"]))
            result = {"addresses": count, "new": new}
        elif given and said["lift"]:
            result = {"lifted": suppress.lift_one(ledger, *given[0], datetime.now(UTC), region)}
        elif given:
            result = {"addresses": 1, "new": suppress.suppress_one(ledger, *given[0], listing)}
        else:
            result = {}
        with ledger.read() as conn:
            rows = [asdict(each) for each in suppressions.counts(conn)]
    if said["as_json"]:
        say_json({**result, "list": rows})
        return
    if "lifted" in result:
        click.echo("Taken off the list." if result["lifted"] else "It was not on the list.")
    elif result:
        click.echo(f"{result['new']:,} of {result['addresses']:,} addresses are new on the list.")
    say_mappings(rows)


def _found(conn: Connection, name: str) -> StoredFrame:
    from surveylab.errors import hint
    from surveylab.store import frames

    stored = frames.frame(conn, name)
    if stored is None:
        near = hint(name, [each.name for each in frames.frames(conn)])
        raise SurveylabError(f"No frame is called {name!r}.{near} See: surveylab frame list.")
    return stored


def _shown(stored: StoredFrame) -> dict[str, Any]:
    return {
        "name": stored.name,
        "snapshot": stored.number,
        "digest": stored.digest,
        "source": stored.source,
        "loaded_at": stored.loaded_at.isoformat(timespec="seconds"),
        "units": stored.units,
        "fields": dict(stored.types),
    }

"""Reading how a frame is read: ``frames/<name>.yaml``."""

from __future__ import annotations

from surveylab.design.frames import ROLES, FrameReading
from surveylab.errors import Fault
from surveylab.spec.checking import fault, read
from surveylab.spec.document import Node, at, keys_of, text_of
from surveylab.spec.faults import Finding, offer
from surveylab.spec.wording import Surroundings


def frame_of(node: Node) -> tuple[FrameReading, tuple[Fault, ...]]:
    """What a file says of the columns of a frame, and every fault of the file."""
    first = read("frame", node, Surroundings())
    said = {name: value for name, value in first.values.items() if name != "format"}
    reading = FrameReading(**said)
    return reading, (*first.faults, *_region(node, reading), *_roles(node))


def _region(node: Node, reading: FrameReading) -> list[Fault]:
    import phonenumbers

    place = at(node, "region")
    if place is None or reading.region is None or reading.region in phonenumbers.SUPPORTED_REGIONS:
        return []
    what = f"there is no region {reading.region!r}."
    return [
        fault(place, Finding("SL104", what, offer(reading.region, sorted(phonenumbers.SUPPORTED_REGIONS), "regions")))
    ]


def _roles(node: Node) -> list[Fault]:
    """Roles that two columns have."""
    columns = at(node, "columns")
    taken: dict[str, str] = {}
    found = []
    for name in keys_of(columns):
        column = at(columns, name)
        place = at(column, "as") or column
        role = text_of(place)
        if place is None or role is None or role == "left_out":
            continue
        if role in taken:
            kind = "role" if role in ROLES else "field"
            what = f"the columns {taken[role]!r} and {name!r} are the same {kind}, {role!r}."
            found.append(fault(place, Finding("SL304", what, "Give each its own, or leave one out (left_out).")))
        taken.setdefault(role, name)
    return found

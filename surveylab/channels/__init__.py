"""Channels, a file each: how a message reaches a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class Outgoing:
    """One message to one case, ready to go. ``link`` is the personal address of the survey."""

    case: int
    unit: str
    link: str
    subject: str
    body: str


@dataclass(frozen=True)
class Receipt:
    """What became of one message: ``kind`` is an event kind (design.cases.Event)."""

    case: int
    kind: str
    detail: str


@runtime_checkable
class Contract(Protocol):
    """What a channel is."""

    SENDS: bool
    """Whether messages go out through it. Where people meet the survey by themselves none do, and ``send`` refuses."""

    def send(self, messages: Iterable[Outgoing], target: str) -> list[Receipt]:
        """Hand the messages over; ``target`` is where this channel delivers to (a file, a host)."""

"""Whether every outcome that a file names can be computed in every arm, from the items asked there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from surveylab.errors import Fault
from surveylab.spec.checking import fault
from surveylab.spec.document import Keyed, Node, Scalar, at, members_of, text_of
from surveylab.spec.experiments import ExperimentReading
from surveylab.spec.faults import Finding, offer
from surveylab.spec.instruments import InstrumentReading, asked_items
from surveylab.spec.offered import offered
from surveylab.spec.outcomes import measured


@dataclass(frozen=True)
class _Wanted:
    """An outcome that the file names; its place is that of its item where there is one."""

    outcome: str
    item: str | None
    place: Node


_Reason = tuple[Node, str, str, str]
"""Place, code, what and remedy."""


class Asked:
    """Whether every outcome can be computed, and every offered answer selected, in every arm."""

    def __init__(self) -> None:
        self.arms = 0
        self.reasons: dict[_Reason, list[str]] = {}
        """What is wrong -> the arms in which it is."""

    def ask(self, experiment: ExperimentReading, instrument: InstrumentReading | None, arm: str) -> None:
        """Look at one arm: the experiment and the instrument with its levels applied."""
        self.arms += 1
        if instrument is None:
            return
        for wanted in _wanted(experiment):
            for reason in _reasons(wanted, experiment, instrument):
                self.reasons.setdefault(reason, []).append(arm)
        for reason in offered(experiment, instrument):
            self.reasons.setdefault(reason, []).append(arm)

    def faults(self) -> Iterator[Fault]:
        """What was found, each once; with the arm where it does not hold for all."""
        for (place, code, what, remedy), arms in self.reasons.items():
            everywhere = len(arms) == self.arms
            some = "" if everywhere else f" in the arm {arms[0]}" if arms[0] else ""
            more = f" and {len(arms) - 1} more" if len(arms) > 1 and some else ""
            yield fault(place, Finding(code, f"{what}{some}{more}.", remedy))


def _reasons(wanted: _Wanted, experiment: ExperimentReading, reading: InstrumentReading) -> Iterator[_Reason]:
    instrument, ids, settled = reading.instrument, reading.ids, reading.settled
    scored = wanted.item in instrument.scores
    plugin = experiment.names.outcomes.plugin(wanted.outcome)
    if plugin is None or (wanted.item is None and set(ids) - settled):
        return
    if wanted.item is not None and wanted.item not in ids and not scored:
        what = f"the instrument {instrument.name!r} has no item {wanted.item!r}"
        yield wanted.place, "SL420", what, offer(wanted.item, (*ids, *instrument.scores), "items")
    elif wanted.item is not None and (unasked := _unasked(wanted.item, reading)):
        what = f"the item {unasked!r} is on no page"
        yield wanted.place, "SL416", what, "Ask it in every arm, or choose another item."
    elif wanted.item is None or scored or wanted.item in settled:
        reason = plugin.fault(instrument, wanted.item)
        if reason:
            what = f"the outcome {wanted.outcome!r} {reason}"
            yield wanted.place, "SL415", what, "Choose another item or outcome."


def _unasked(name: str, reading: InstrumentReading) -> str | None:
    """An item, among those that a score counts where the name is a score's, that stands on no page."""
    score = reading.instrument.scores.get(name)
    named = [each.partition(".")[0] for each in score.named] if score else [name]
    lacking = (each for each in named if each in reading.settled and each not in asked_items(reading.instrument))
    return next(lacking, None)


def _wanted(experiment: ExperimentReading) -> Iterator[_Wanted]:
    inquiries = at(experiment.node, "inquiries")
    for inquiry in inquiries.entries.values() if isinstance(inquiries, Keyed) else ():
        yield from _named(inquiry)
    for member in members_of(at(experiment.node, "measurement", "outcomes")):
        if isinstance(member, Keyed) and set(member.entries) == {"outcome", "item"}:
            yield from _named(member)
        elif isinstance(member, Scalar):
            name, item = measured(member.text)
            yield _Wanted(name, item, member)


def _named(node: Node) -> Iterator[_Wanted]:
    outcome, item = at(node, "outcome"), at(node, "item")
    if isinstance(outcome, Scalar):
        absent = not isinstance(item, Scalar) or item.value is None
        yield _Wanted(outcome.text, None if absent else text_of(item), outcome if absent else item or outcome)

"""Whether the answers that a message offers, ``{answers.item|}``, can be selected by a link in every arm."""

from __future__ import annotations

from collections.abc import Iterator

from surveylab.design import fills
from surveylab.design.fills import ANSWERS
from surveylab.design.instrument import Instrument, Page, Selectable
from surveylab.design.orders import Order
from surveylab.spec.document import Node, Scalar, at, keys_of
from surveylab.spec.experiments import ExperimentReading
from surveylab.spec.faults import offer
from surveylab.spec.instruments import InstrumentReading


def offered(experiment: ExperimentReading, reading: InstrumentReading) -> Iterator[tuple[Node, str, str, str]]:
    """Place, code, what and remedy of every fill of answers that an arm cannot give."""
    messages = at(experiment.node, "messages")
    for name in keys_of(messages):
        for part in ("subject", "body"):
            text = at(messages, name, part)
            for item in _items(text):
                for code, what, remedy in _reasons(item, reading):
                    assert text is not None
                    yield text, code, what, remedy


def _items(text: Node | None) -> Iterator[str]:
    """The items whose answers a text offers, each once."""
    words = text.value if isinstance(text, Scalar) else None
    names = (name for name, _, _ in fills.occurrences(words)) if isinstance(words, str) else ()
    yield from dict.fromkeys(name.removeprefix(ANSWERS) for name in names if name.startswith(ANSWERS))


def _reasons(item: str, reading: InstrumentReading) -> Iterator[tuple[str, str, str]]:
    if item not in reading.ids:
        what = f"the instrument {reading.instrument.name!r} has no item {item!r}"
        yield "SL420", what, offer(item, reading.ids, "items")
    elif item in reading.settled:
        found = reading.instrument.item(item)
        settings: object = found.settings
        if found.is_battery or not isinstance(settings, Selectable):
            yield "SL425", f"the item {item!r} is not answered by one click", "Offer one with a single list of answers."
        elif not any(item in page.items for page in _may_come_first(reading.instrument)):
            yield "SL425", f"the item {item!r} is not on the first page", "Offer one of the first page."


def _may_come_first(instrument: Instrument) -> Iterator[Page]:
    """The pages that somebody may be shown first: up to one that everybody is shown; any, where chance orders them."""
    drawn = {instrument.order, *(section.order for section in instrument.sections)} != {Order.FIXED}
    for page in instrument.pages:
        yield page
        section = instrument.section(page.id)
        conditional = page.applicable_if or (section and section.applicable_if)
        asked = [instrument.item(name) for name in page.items if name in {item.id for item in instrument.items}]
        if not drawn and not conditional and any(item.applicable_if is None for item in asked):
            return

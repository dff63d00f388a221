"""Whether the parts of an instrument fit together: sections, what is pinned, sets of items, and rules.

A rule may read only answers that are there when it is evaluated, in every order that chance
can give: else it would mean one thing for one respondent and nothing for another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from surveylab.design import fills, rules
from surveylab.design.instrument import Instrument, Item, ItemSets, Page, Section
from surveylab.design.orders import Arrangement
from surveylab.design.terms import Text
from surveylab.errors import Fault
from surveylab.spec.checking import fault
from surveylab.spec.document import Node, at, keys_of
from surveylab.spec.faults import Finding, offer


def structure_faults(instrument: Instrument, node: Node, written: Node) -> Iterator[Fault]:
    """Every fault of how the parts stand to each other.

    What has faults of its own is left out of ``instrument`` and ``node``; ``written`` is the whole file.
    """
    yield from _sections(instrument, node)
    yield from _pinned(node, instrument.arrangement)
    for section in instrument.sections:
        yield from _pinned(at(node, "sections", section.id), section.arrangement)
    for page in instrument.pages:
        yield from _pinned(at(node, "pages", page.id), page.arrangement)
    taken: set[str] = set()
    for sets in instrument.sets:
        yield from _sets(instrument, sets, at(node, "sets", sets.id), taken)
        if keys_of(at(written, "sets", sets.id, "weights")) == tuple(sets.weights or ()):
            yield from _weights(sets, at(node, "sets", sets.id))
    pages = [page.id for page in instrument.pages]
    placed = [item for page in instrument.pages for item in page.items]
    if len(set(pages)) == len(pages) and len(set(placed)) == len(placed):  # else what comes first is not said
        yield from _rules(instrument, node)
        yield from _fills(instrument, node)


def _sections(instrument: Instrument, node: Node) -> Iterator[Fault]:
    pages = [page.id for page in instrument.pages]
    owner: dict[str, str] = {}
    for section in instrument.sections:
        for n, page in enumerate(section.pages):
            place = at(node, "sections", section.id, "pages", n)
            if place is None:
                continue
            if page not in pages:
                what = f"the section {section.id!r} names the page {page!r}, which does not exist."
                yield fault(place, Finding("SL311", what, offer(page, pages, "pages")))
            elif page in owner:
                what = f"the page {page!r} is in the section {owner[page]!r} already."
                yield fault(place, Finding("SL312", what, "Name it once."))
            owner.setdefault(page, section.id)
    for page in pages if instrument.sections else ():
        place = at(node, "pages", page)
        if page not in owner and place is not None:
            yield fault(place, Finding("SL312", f"the page {page!r} is in no section.", "Name it in one."))


def _pinned(node: Node | None, arrangement: Arrangement) -> Iterator[Fault]:
    for n, name in enumerate(arrangement.pinned):
        place = at(node, "pinned", n)
        if name not in arrangement.members and place is not None:
            what = f"{name!r} is pinned and not among what is put in order."
            yield fault(place, Finding("SL313", what, offer(name, arrangement.members, "names")))


def _sets(instrument: Instrument, sets: ItemSets, node: Node | None, taken: set[str]) -> Iterator[Fault]:
    if node is None:
        return
    on_pages = {item for page in instrument.pages for item in page.items}
    if len(sets.sets) < 2:
        what = f"{sets.id!r} has {len(sets.sets)} set{'' if len(sets.sets) == 1 else 's'} to draw from."
        yield fault(node, Finding("SL314", what, "Give at least two.", ("sets",)))
    elif not 1 <= sets.ask < len(sets.sets):
        what = f"{sets.ask} of {len(sets.sets)} sets cannot be drawn by chance."
        yield fault(node, Finding("SL314", what, f"Ask 1 to {len(sets.sets) - 1}.", ("ask",)))
    for name, items in sets.sets.items():
        for n, item in enumerate(items):
            place = at(node, "sets", name, n)
            if place is None:
                continue
            if item not in on_pages:
                what = f"the set {name!r} names the item {item!r}, which is on no page."
                yield fault(place, Finding("SL314", what, offer(item, sorted(on_pages), "items on pages")))
            elif item in taken:
                what = f"the item {item!r} is drawn with other sets already."
                yield fault(place, Finding("SL314", what, "Let one group of sets decide about it."))
    taken.update(item for items in sets.sets.values() for item in items)


def _weights(sets: ItemSets, node: Node | None) -> Iterator[Fault]:
    if sets.weights is None or node is None:
        return
    if sets.ask != 1:
        what = f"{sets.ask} sets are asked, and every combination is equally likely."
        yield fault(node, Finding("SL314", what, "Leave the weights out, or ask 1.", ("weights",)))
        return
    if set(sets.weights) != set(sets.sets):
        wrong = set(sets.weights) ^ set(sets.sets)
        what = f"the weights and the sets differ in {', '.join(sorted(wrong))}."
        yield fault(node, Finding("SL314", what, "Give each set a weight, and nothing else.", ("weights",)))
        return
    total = sum(sets.weights.values(), Fraction(0))
    if total != 1:
        what = f"the weights of the sets sum to {total}, not to 1."
        remedy = "Write decimals or fractions, such as 1/3, that sum to exactly 1."
        yield fault(node, Finding("SL314", what, remedy, ("weights",)))


def _rules(instrument: Instrument, node: Node) -> Iterator[Fault]:
    places = _Places(instrument)
    for section in instrument.sections:
        if section.applicable_if:
            there = at(node, "sections", section.id, "applicable_if")
            yield from _too_early(section.applicable_if, there, places, section)
    for page in instrument.pages:
        if page.applicable_if:
            there = at(node, "pages", page.id, "applicable_if")
            yield from _too_early(page.applicable_if, there, places, page)
        if page.screen_out_if:
            there = at(node, "pages", page.id, "screen_out_if")
            yield from _too_early(page.screen_out_if, there, places, page, with_page=True)
    for item in instrument.items:
        if item.applicable_if:
            yield from _too_early(item.applicable_if, at(node, "items", item.id, "applicable_if"), places, item)
        for n, each in enumerate(item.validation):
            there = at(node, "items", item.id, "validation", n, "error_if")
            yield from _too_early(each.error_if, there, places, item, with_page=True)


def _too_early(
    rule: rules.Rule, node: Node | None, places: _Places, part: Section | Page | Item, *, with_page: bool = False
) -> Iterator[Fault]:
    if node is None:
        return
    for each in rules.lookups(rule.tree):
        name = each.name.split(".", maxsplit=1)[0]
        if places.is_asked(name) and not places.is_before(name, part, with_page=with_page):
            what = f"the rule reads {each.name!r}, which may be asked later."
            remedy = "Read what is surely asked before, or change the order."
            yield fault(node, Finding("SL315", what, remedy, offset=each.position))


def _fills(instrument: Instrument, node: Node) -> Iterator[Fault]:
    """Answers filled in where they may not be there yet: the words would change for who comes back to them."""
    places = _Places(instrument)
    told: list[tuple[Iterable[Text], Node | None, Section | Page]] = []
    told += [([each.title or {}], at(node, "sections", each.id), each) for each in instrument.sections]
    told += [([each.title or {}], at(node, "pages", each.id), each) for each in instrument.pages]
    for item in instrument.items:
        told += [(item.texts, at(node, "items", item.id), page) for page in places.pages_of(item.id)]
    for said, place, part in told:
        filled = (name for text in said for words in text.values() for name, _, _ in fills.occurrences(words))
        for name in dict.fromkeys(filled):
            root = name.split(".", maxsplit=1)[0]
            if place is not None and places.is_asked(root) and not places.is_before(root, part):
                what = f"the fill names {name!r}, which may be asked later or on the same page."
                yield fault(place, Finding("SL315", what, "Fill in what is surely asked on an earlier page."))


class _Places:
    """Which items are asked before what, in every order that can come out."""

    def __init__(self, instrument: Instrument) -> None:
        self._instrument = instrument
        self._page = {item: page for page in reversed(instrument.pages) for item in page.items}

    def is_asked(self, item: str) -> bool:
        """Whether the item stands on a page."""
        return item in self._page

    def pages_of(self, item: str) -> tuple[Page, ...]:
        """The page that an item stands on; none where it stands on none."""
        return (self._page[item],) if item in self._page else ()

    def is_before(self, item: str, part: Section | Page | Item, *, with_page: bool = False) -> bool:
        """Whether an item is surely asked before a part is decided about; ``with_page`` if not on a later page."""
        page = self._page[item]
        if isinstance(part, Section):
            mine = self._instrument.section(page.id)
            return mine is not None and _precedes(self._instrument.arrangement, mine.id, part.id)
        if isinstance(part, Page):
            return (with_page and page.id == part.id) or self._page_before(page.id, part.id)
        if part.id not in self._page:
            return True
        other = self._page[part.id]
        if page.id != other.id:
            return self._page_before(page.id, other.id)
        return with_page or _precedes(page.arrangement, item, part.id)

    def _page_before(self, first: str, second: str) -> bool:
        one, two = self._instrument.section(first), self._instrument.section(second)
        if one is None or two is None:
            return _precedes(self._instrument.arrangement, first, second)
        if one.id == two.id:
            return _precedes(one.arrangement, first, second)
        return _precedes(self._instrument.arrangement, one.id, two.id)


def _precedes(arrangement: Arrangement, first: str, second: str) -> bool:
    there: Iterable[str] = arrangement.members
    return first not in there or second not in there or arrangement.precedes(first, second)

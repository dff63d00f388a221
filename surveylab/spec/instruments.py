"""Reading and checking one instrument: ids, pages, and the names that rules and fills use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath
from types import MappingProxyType
from typing import Any

from surveylab.design.instrument import RESERVED_ITEMS, RESERVED_PAGES, Instrument
from surveylab.errors import Fault
from surveylab.spec.checking import fault, read
from surveylab.spec.codes import Codes, codes_of
from surveylab.spec.document import Keyed, Node, Scalar, Series, at, members_of, text_of, texts_of
from surveylab.spec.faults import Finding, offer
from surveylab.spec.scores import score_faults
from surveylab.spec.structure import structure_faults
from surveylab.spec.wording import Beside, Surroundings, nothing
from surveylab.spec.words import wanted
from surveylab.words import LANGUAGES, TAG, base

NO_NAMES: frozenset[str] = frozenset()
NO_CODES: Codes = MappingProxyType({})

_ABSENT: dict[str, Any] = {
    "title": {},
    "version": "",
    "languages": (),
    "introduction": {},
    "thanks": {},
    "contact": {},
    "pages": (),
    "items": (),
}
"""What stands for a missing section while the rest of a file with faults is checked."""


@dataclass(frozen=True)
class InstrumentReading:
    """An instrument, the tree of its file, and its faults; without faults the instrument is whole."""

    instrument: Instrument
    node: Node
    faults: tuple[Fault, ...]
    beside: Beside = nothing
    """What stands beside its file."""
    forgiven: frozenset[str] = NO_NAMES
    """Codes of faults that are none here."""

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all items, those at fault too."""
        return item_ids(self.node)

    @property
    def settled(self) -> frozenset[str]:
        """The items whose settings are known."""
        return frozenset(item.id for item in self.instrument.items if item.settings is not None)


def read_instrument(
    node: Node, beside: Beside = nothing, elsewhere: Codes = NO_CODES, forgiven: frozenset[str] = NO_NAMES
) -> InstrumentReading:
    """Read and check an instrument; its name is the stem of its file, and its logo stands ``beside`` it.

    ``elsewhere`` are answers that its items take without the levels applied: a rule may compare with them,
    since it holds for nobody where they are not offered. Faults of the codes ``forgiven`` are none.
    """
    ids = item_ids(node)
    languages = texts_of(at(node, "languages")) or ("en",)
    alone = Surroundings(languages, beside=beside)
    first = read("instrument", node, alone)
    values = {key: value for key, value in first.values.items() if key != "format"}
    instrument = Instrument(name=PurePath(node.file).stem, **{**_ABSENT, **values})
    columns = frozenset(column for item in instrument.items for column in item.columns)
    settled = {item.id for item in instrument.items if item.settings is not None}
    codes = codes_of(instrument.items, elsewhere)
    around = replace(alone, columns=columns, unsettled=frozenset(ids) - settled, codes=codes)
    # Rules and fills may name any item, so they are read again once all items are known.
    before = read("instrument", first.node, alone).faults if first.faults else ()
    named = set(read("instrument", first.node, around).faults).difference(before)
    own = {*_languages(node), *_ids(node), *_pages(node, ids), *score_faults(node, instrument, ids)}
    own.update(_words(node, instrument), structure_faults(instrument, first.node, node))
    faults = (each for each in {*first.faults, *named, *own} if each.code not in forgiven)
    return InstrumentReading(instrument, node, tuple(sorted(faults)), beside, forgiven)


def item_ids(node: Node) -> tuple[str, ...]:
    """The ids of the items as written, those of items at fault too."""
    ids = (text_of(at(member, "id")) for member in members_of(at(node, "items")))
    return tuple(each for each in ids if each is not None)


def _languages(node: Node) -> Iterator[Fault]:
    section = at(node, "languages")
    if isinstance(section, Series) and not section.members:
        yield fault(section, Finding("SL105", "the instrument has no language.", "Name one, the default first."))
    seen: set[str] = set()
    for member in members_of(section):
        language = text_of(member) or ""
        if language in seen:
            yield fault(member, Finding("SL301", f"the language {language!r} stands twice.", "Delete one."))
        if not TAG.fullmatch(language):
            yield fault(
                member, Finding("SL109", f"{language!r} is no tag of a language.", "Write it as in de or pt-BR.")
            )
        seen.add(language)


def _words(node: Node, instrument: Instrument) -> Iterator[Fault]:
    """For each language that the pages do not speak, the words that the file does not bring."""
    brought = at(node, "words")
    given = brought.entries if isinstance(brought, Keyed) else {}
    languages = members_of(at(node, "languages"))
    for member in languages:
        language = text_of(member) or ""
        if base(language) in LANGUAGES or not TAG.fullmatch(language):
            continue
        needed = wanted(instrument)
        lacking = [key for key in needed if not _in(given.get(key), language, first=member is languages[0])]
        if lacking:
            what = f"the pages do not speak {language!r}, and {len(lacking)} of the {len(needed)} words that they say"
            remedy = f"Write them under `words:`; `surveylab words {language}` prints them to be translated."
            yield fault(member, Finding("SL208", f"{what} are missing: {', '.join(lacking)}.", remedy))


def _in(word: Node | None, language: str, *, first: bool) -> bool:
    """Whether a word is given in a language; a plain text is in the first one."""
    return language in word.entries if isinstance(word, Keyed) else isinstance(word, Scalar) and first


def _ids(node: Node) -> Iterator[Fault]:
    named = (("items", "item", RESERVED_ITEMS), ("pages", "page", RESERVED_PAGES), ("sections", "section", NO_NAMES))
    for section, what, reserved in (*named, ("sets", "group of sets", NO_NAMES)):
        seen: set[str] = set()
        for member in members_of(at(node, section)):
            name = text_of(at(member, "id"))
            if name in reserved or (what == "item" and name is not None and name.startswith("_")):
                found = f"no {what} can be called {name!r}, which stands for something else."
                yield fault(member, Finding("SL304", found, "Rename it."), ("id",))
            if name in seen:
                yield fault(member, Finding("SL301", f"the {what} {name!r} stands twice.", "Rename one."), ("id",))
            seen.add(name or "")


def _pages(node: Node, known: tuple[str, ...]) -> Iterator[Fault]:
    asked: dict[str, str] = {}
    for page in members_of(at(node, "pages")):
        name = text_of(at(page, "id"))
        for member in members_of(at(page, "items")):
            item = text_of(member)
            if item is None:
                continue
            if item not in known:
                what = f"the page {name!r} names the item {item!r}, which does not exist."
                yield fault(member, Finding("SL302", what, offer(item, known, "items")))
            elif item in asked:
                what = f"the item {item!r} is on the page {asked[item]!r} already."
                yield fault(member, Finding("SL303", what, "Ask it once."))
            asked.setdefault(item, name or "")


def asked_items(instrument: Instrument) -> frozenset[str]:
    """The items that stand on some page."""
    return frozenset(item for page in instrument.pages for item in page.items)

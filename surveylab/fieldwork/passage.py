"""The way of one respondent through an instrument, from what has been answered so far. Pure.

Routing reads only answers that still stand: those of items that apply, in the order of the
instrument. An answer to an item that an edit of an earlier one has ruled out stays in the
ledger and steers nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from surveylab.design.cases import Event
from surveylab.design.instrument import Answers, Instrument, Item, Page, asked, standing
from surveylab.design.rules import Rule, evaluate, names
from surveylab.design.terms import Value


@dataclass(frozen=True)
class Way:
    """How far a page is: ``done`` pages lie before it, and it is one of ``ahead`` that can still come.

    ``certain`` says that all of these will come, whatever is answered.
    """

    done: int
    ahead: int
    certain: bool

    @property
    def most(self) -> int:
        """The pages that there can be in all."""
        return self.done + self.ahead

    @property
    def share(self) -> int:
        """Whole percents of them that are done."""
        return 100 * self.done // self.most


@dataclass(frozen=True)
class Passage:
    """Where a respondent stands.

    ``answers`` is everything stored, ``unit`` the fields of the frame, ``sent`` the pages that
    were accepted at least once.
    """

    instrument: Instrument
    answers: Answers
    unit: Mapping[str, Value]
    sent: frozenset[str]

    def under(self, answers: Answers, events: Iterable[Event]) -> Passage:
        """The same way under these answers and this history."""
        sent = frozenset([event.detail for event in events if event.kind == "page"])
        return Passage(self.instrument, answers, self.unit, sent)

    def answering(self, answers: Answers, *sent: str) -> Passage:
        """The same way under these answers, and with these pages accepted as well."""
        return Passage(self.instrument, answers, self.unit, self.sent.union(sent))

    @cached_property
    def known(self) -> dict[str, Value]:
        """What rules and fills may name: ``unit.*`` and the answers that still stand."""
        return standing(self.instrument, self.answers, self.unit)

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """The pages that apply, in order."""
        asked = self._asked
        return tuple([page for page in self.instrument.pages if asked[page.id]])

    @cached_property
    def _asked(self) -> Mapping[str, tuple[Item, ...]]:
        if not self.instrument.has_rules:
            return self.instrument.always
        return {page.id: asked(self.instrument, page, self.known) for page in self.instrument.pages}

    def items(self, page: Page) -> tuple[Item, ...]:
        """The items of a page that apply, in order."""
        return self._asked[page.id]

    def done(self, page: Page) -> bool:
        """Whether the page was accepted with every item that now applies on it, and its answers go together.

        An edit of an earlier answer can make an item apply, or make a validation across items fail.
        """
        if page.id not in self.sent:
            return False
        items = self.items(page)
        if any(column not in self.answers for item in items for column in item.columns):
            return False
        return not any(evaluate(each.error_if, self.known) for item in items for each in item.validation)

    @property
    def first_open(self) -> Page | None:
        """The first page that is not done; None when all are."""
        return next((page for page in self.pages if not self.done(page)), None)

    @property
    def furthest(self) -> Page | None:
        """The last page that may be shown; None where no page applies at all."""
        return self.first_open or (self.pages[-1] if self.pages else None)

    @property
    def screening(self) -> Page | None:
        """The page that screens the respondent out, by the answers that stand; one that is not done says nothing."""
        for page in takewhile(self.done, self.pages) if self.instrument.screens else ():
            if page.screen_out_if is not None and evaluate(page.screen_out_if, self.known):
                return page
        return None

    def reachable(self, name: str) -> Page | None:
        """The page of that name if it may be shown now: one behind, or the first one open."""
        for page in self.pages:
            if page.id == name:
                return page
            if not self.done(page):
                return None
        return None

    def before(self, page: Page) -> Page | None:
        """The page that Back leads to; None at the first."""
        ahead = {each.id for each in takewhile(lambda each: each.id != page.id, self.instrument.pages)}
        return next((each for each in reversed(self.pages) if each.id in ahead), None)

    def way(self, page: Page) -> Way:
        """How far a page is.

        A page behind this one can come as long as no rule about it has been settled against it, and a
        rule is settled once all items that it names lie before. So what is ahead can only grow
        less on the way, and the share ``done / most`` only more.
        """
        place = next(n for n, each in enumerate(self.instrument.pages) if each.id == page.id)
        behind = self.instrument.pages[place + 1 :]
        still_open = {column for each in (page, *behind) for item in self._of(each) for column in item.columns}
        coming = [self._will_come(each, still_open) for each in behind]
        ahead = [each for each in coming if each is not False]
        done = sum(bool(self._asked[each.id]) for each in self.instrument.pages[:place])
        return Way(done, 1 + len(ahead), None not in ahead)

    def _will_come(self, page: Page, still_open: Collection[str]) -> bool | None:
        """Whether a page that lies ahead will be shown; None while answers to come decide it."""
        section = self.instrument.section(page.id)
        above = [self._verdict(each.applicable_if, still_open) for each in (section, page) if each is not None]
        items = [self._verdict(item.applicable_if, still_open) for item in self._of(page)]
        if False in above or all(each is False for each in items):
            return False
        return True if None not in above and any(items) else None

    def _verdict(self, rule: Rule | None, still_open: Collection[str]) -> bool | None:
        if rule is None:
            return True
        return None if any(name in still_open for name in names(rule.tree)) else evaluate(rule, self.known)

    def _of(self, page: Page) -> tuple[Item, ...]:
        return tuple(map(self.instrument.item, page.items))

    def after(self, page: Page) -> Page | None:
        """The page to show once ``page`` was accepted; None when the interview is over.

        The page itself again when its answers made another of its items apply.
        """
        here = next((n for n, each in enumerate(self.pages) if each.id == page.id), None)
        if here is None:
            return self.first_open
        if not self.done(page):
            return page
        earlier = next((each for each in self.pages[:here] if not self.done(each)), None)
        return earlier or next(iter(self.pages[here + 1 :]), None)

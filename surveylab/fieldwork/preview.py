"""A preview of all arms before fieldwork: every page as each arm has it, and what differs. Nothing is recorded.

Rules that hide items and pages are shown beside them and not carried out, so that everything which
somebody may be asked is seen. Orders of chance are shown as they came out for nobody in particular.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from difflib import SequenceMatcher
from typing import Any

from surveylab.design.experiment import Plan, Study
from surveylab.design.factors import Arm, steps, value_at
from surveylab.design.instrument import Arrangeable, Instrument, Item, Page
from surveylab.design.orders import Order
from surveylab.design.terms import Text
from surveylab.errors import SurveylabError
from surveylab.fieldwork.pages import Wording
from surveylab.fieldwork.sitting import PageView, Sitting
from surveylab.fieldwork.studies import arm_plan
from surveylab.store.cases import Case
from surveylab.store.responses import InterviewState

ALIKE = 0.4
"""Texts that share less than this are told one after the other and not word by word."""
_WORDS = re.compile(r"\s*\S+\s*")
MOST_ARMS = 64
"""More are shown one level at a time, every other factor at its reference."""
ASKED = ("instrument", "items", "pages", "measurement")
"""Where the paths begin that change what is asked."""
NOBODY = InterviewState({}, (), frozenset(), frozenset())
WHEN = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Difference:
    """One thing that an arm has otherwise than the first one: its path, there and here; None where it is not."""

    what: str
    before: str | None
    after: str | None

    @property
    def segments(self) -> tuple[tuple[str, str], ...]:
        """The words of both with what became of them: "same", "old" or "new"; nothing where hardly any are shared."""
        if self.before is None or self.after is None:
            return ()
        old, new = _WORDS.findall(self.before), _WORDS.findall(self.after)
        matcher = SequenceMatcher(None, old, new, autojunk=False)
        if matcher.ratio() < ALIKE:
            return ()
        parts: list[tuple[str, str]] = []
        for kind, a, b, c, d in matcher.get_opcodes():
            same = kind == "equal"
            parts += [("".join(old[a:b]), "same" if same else "old")] if b > a else []
            parts += [("".join(new[c:d]), "new")] if d > c and not same else []
        return tuple(parts)


@dataclass(frozen=True)
class ArmPage:
    """A page as an arm has it; ``view`` is None where the arm does not show it."""

    arm: Arm
    view: PageView | None
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class PagePreview:
    """A page in every arm, the first of them being what the others are compared with."""

    page: str
    notes: tuple[str, ...]
    arms: tuple[ArmPage, ...]


@dataclass(frozen=True)
class Beside:
    """A field that a factor varies and that no page shows: its value in each arm."""

    path: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """An experiment as it would be fielded. ``complete`` is False where only single levels are shown."""

    slug: str
    title: str
    language: str
    languages: tuple[str, ...]
    arms: tuple[Arm, ...]
    complete: bool
    beside: tuple[Beside, ...]
    landings: tuple[Sitting, ...]
    pages: tuple[PagePreview, ...]


def preview(study: Study, language: str | None = None) -> Preview:
    """Every page in every arm.

    Args:
        study: the experiment with its instruments.
        language: of the pages; by default that of each arm.

    Raises:
        SurveylabError: the experiment asks nothing, or no instrument of it has the language.
    """
    arms, complete = _arms(study)
    sittings = tuple(_sitting(study, arm, language) for arm in arms)
    instruments = [sitting.plan.instrument for sitting in sittings]
    languages = tuple(dict.fromkeys(tag for each in instruments for tag in each.languages))
    if language is not None and language not in languages:
        raise SurveylabError(f"No page is in the language {language!r}; there are: {', '.join(languages)}.")
    pages = dict.fromkeys(page.id for each in instruments for page in each.pages)
    return Preview(
        slug=study.experiment.slug,
        title=study.experiment.title,
        language=sittings[0].words.language,
        languages=languages,
        arms=arms,
        complete=complete,
        beside=tuple(_beside(study, arms)),
        landings=sittings,
        pages=tuple(_page(name, arms, sittings) for name in pages),
    )


def _arms(study: Study) -> tuple[tuple[Arm, ...], bool]:
    """The arms that differ in what is asked, each once; single levels where they are too many."""
    exp = study.experiment
    asking = {
        factor.name
        for factor in exp.assignment.factors
        if any(steps(path)[0] in ASKED for path in factor.varies) or not factor.varies
    }
    beside = {factor.name for factor in exp.assignment.factors} - asking
    if len(exp.arms) <= MOST_ARMS:
        return exp.arms, True
    reference = {factor.name: factor.levels[0].name for factor in exp.assignment.factors}
    kept = [arm for arm in exp.arms if all(arm.mapping[name] == reference[name] for name in beside)]
    if len(kept) > MOST_ARMS:
        kept = [arm for arm in kept if sum(arm.mapping[name] != reference[name] for name in asking) <= 1]
    return tuple(kept), False


def _sitting(study: Study, arm: Arm, language: str | None) -> Sitting:
    """Somebody who is about to begin, for whom no rule hides anything."""
    plan = arm_plan(study, arm)
    open_plan = replace(
        plan,
        armed=_unconditional(plan.armed),
        instrument=_unconditional(plan.instrument),
        language=language or plan.language,
    )
    case = Case(0, 0, study.experiment.slug, "preview", "preview", arm.mapping, {}, None)
    return Sitting(case, open_plan, NOBODY, WHEN)


def _unconditional(instrument: Instrument) -> Instrument:
    items = tuple(replace(item, applicable_if=None) for item in instrument.items)
    pages = tuple(replace(page, applicable_if=None) for page in instrument.pages)
    sections = tuple(replace(section, applicable_if=None) for section in instrument.sections)
    return replace(instrument, items=items, pages=pages, sections=sections)


def _page(name: str, arms: tuple[Arm, ...], sittings: tuple[Sitting, ...]) -> PagePreview:
    views = [_view(sitting, name) for sitting in sittings]
    told = [_told(view) if view else None for view in views]
    first = next(each for each in told if each is not None)
    rows = zip(arms, views, told, strict=True)
    compared = tuple(ArmPage(arm, view, tuple(_differences(first, words))) for arm, view, words in rows)
    original = sittings[0].plan.original
    there = name in {page.id for page in original.pages}
    return PagePreview(name, tuple(_notes(original, original.page(name))) if there else (), compared)


def _view(sitting: Sitting, name: str) -> PageView | None:
    page = next((each for each in sitting.passage.pages if each.id == name), None)
    if page is None:
        return None
    return _Shown(sitting, page, sitting.passage.items(page), {})


class _Shown(PageView):
    """A page beside that of another arm."""

    @property
    def back(self) -> str | None:
        """Whether there is a way back: which page lies behind is no difference of this one."""
        return super().back and "before"


def _told(view: PageView) -> dict[str, str]:
    """Path -> words, for everything on a page that a level may change."""
    found = {f"pages.{view.page}.items": ", ".join(question.item.id for question in view.questions)}
    if view.title:
        found[f"pages.{view.page}.title"] = view.title
    screens = view.passage.instrument.page(view.page).screen_out_if
    if screens:
        found[f"pages.{view.page}.screen_out_if"] = screens.text
    for question in view.questions:
        item = question.item
        found |= {f"items.{item.id}.{path}": words for path, words in _fields(item, view.words)}
    return found


def _fields(item: Item, words: Wording) -> Iterator[tuple[str, str]]:
    for each in dataclasses.fields(item):
        if each.name not in ("id", "settings", "applicable_if"):
            yield from _flat(each.name, getattr(item, each.name), words)
    settings: Any = item.settings
    for each in dataclasses.fields(settings) if dataclasses.is_dataclass(settings) else ():
        yield from _flat(each.name, getattr(settings, each.name), words)


def _flat(path: str, value: object, words: Wording) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        if value and all(isinstance(each, str) for each in value.values()):
            text: Text = value
            yield path, words(text)
        else:
            yield path, ", ".join(value)
            for key, each in value.items():
                yield from _flat(f"{path}.{key}", each, words)
    elif isinstance(value, tuple) and value and not isinstance(value[0], str):
        for number, each in enumerate(value, start=1):
            yield from _flat(f"{path}.{number}", each, words)
    elif value not in (None, ()):
        yield path, ", ".join(value) if isinstance(value, tuple) else str(value)


def _differences(first: Mapping[str, str], words: Mapping[str, str] | None) -> Iterator[Difference]:
    if words is None:
        yield Difference("page", "shown", None)
        return
    for path in dict.fromkeys((*first, *words)):
        if first.get(path) != words.get(path):
            yield Difference(path, first.get(path), words.get(path))


def _beside(study: Study, arms: Iterable[Arm]) -> Iterator[Beside]:
    """The varied fields that no page shows, with their values arm by arm."""
    paths = [path for factor in study.experiment.assignment.factors for path in factor.varies]
    plans = [study.plan(arm) for arm in arms]
    for path in paths:
        if steps(path)[0] not in ("items", "pages"):
            yield Beside(path, tuple(_value(plan, path) for plan in plans))


def _value(plan: Plan, path: str) -> str:
    value = value_at(plan, path)
    return ", ".join(map(_said, value)) if isinstance(value, tuple) else _said(value)


def _said(value: object) -> str:
    """A value in words: whole days without hours, times of day without seconds."""
    return value.isoformat("minutes") if isinstance(value, time) else str(value).removesuffix(", 0:00:00")


def _notes(instrument: Instrument, page: Page) -> Iterator[str]:
    """What is not seen on the page itself: rules, orders of chance, sets and checks."""
    section = instrument.section(page.id)
    if section is not None and section.applicable_if:
        yield f"The section {section.id} is shown if {section.applicable_if}."
    if page.applicable_if:
        yield f"The page is shown if {page.applicable_if}."
    if page.screen_out_if:
        yield f"The survey ends with the page if {page.screen_out_if}."
    if page.order is not Order.FIXED:
        yield f"Items in order: {page.order}{_pins(page.pinned)}."
    drawn = {item: group.id for group in instrument.sets for items in group.sets.values() for item in items}
    for name in page.items:
        item = instrument.item(name)
        if item.applicable_if:
            yield f"{name} is asked if {item.applicable_if}."
        if name in drawn:
            yield f"{name} is asked if one of its sets of {drawn[name]} is drawn."
        settings: object = item.settings
        for what, each in settings.arrangements().items() if isinstance(settings, Arrangeable) else ():
            if each.order is not Order.FIXED:
                yield f"{name}: {what} in order: {each.order}{_pins(each.pinned)}."
        for check in item.validation:
            yield f"{name} is refused if {check.error_if}."


def _pins(pinned: tuple[str, ...]) -> str:
    return f", {', '.join(pinned)} pinned" if pinned else ""

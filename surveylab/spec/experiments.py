"""Reading and checking one experiment: whether every name in it means something.

Factors that reach into fields, and what needs the instrument of each arm, are checked in
``levels`` and ``arms``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import inf

from surveylab import registry
from surveylab.assignment import OneByOne as OneAtATime
from surveylab.design.cases import IN_APP, KIOSK
from surveylab.design.terms import Scale
from surveylab.errors import Fault
from surveylab.sampling import OneByOne
from surveylab.spec.checking import fault, read
from surveylab.spec.contacts import contact_faults
from surveylab.spec.document import Keyed, Node, Scalar, at, keys_of, members_of, text_of, texts_of
from surveylab.spec.faults import Finding, offer
from surveylab.spec.models import ExperimentSection
from surveylab.spec.outcomes import Outcomes, measured, suits
from surveylab.spec.wording import Surroundings

SMALLEST = 1e-6
"""Of the standard deviation of a prior: a point is no distribution."""


@dataclass(frozen=True)
class Names:
    """The names that an experiment's file gives, as written and whether at fault or not."""

    factors: Mapping[str, tuple[str, ...]]
    """Factor -> its levels."""
    inquiries: tuple[str, ...]
    strata: tuple[str, ...]
    messages: tuple[str, ...]
    outcomes: Outcomes

    @classmethod
    def of(cls, node: Node) -> Names:
        """The names in a file."""
        factors = at(node, "assignment", "factors")
        strata = (("sampling", "strata"), ("assignment", "blocks"), ("assignment", "covariates"), ("data", "strata"))
        return cls(
            factors={name: level_names(at(factors, name, "levels")) for name in keys_of(factors)},
            inquiries=keys_of(at(node, "inquiries")),
            strata=tuple(
                dict.fromkeys(
                    [name for path in strata for name in texts_of(at(node, *path))] + list(_strata_of_levels(factors))
                )
            ),
            messages=keys_of(at(node, "messages")),
            outcomes=Outcomes.of(node),
        )


@dataclass(frozen=True)
class ExperimentReading:
    """What an experiment's file says, the tree of the file, its faults and the names it gives."""

    section: ExperimentSection
    node: Node
    faults: tuple[Fault, ...]
    names: Names


def _strata_of_levels(factors: Node | None) -> Iterator[str]:
    """The strata of the samples that the levels of factors draw, as written."""
    for name in keys_of(factors):
        varies, levels = text_of(at(factors, name, "varies")), at(factors, name, "levels")
        for level in keys_of(levels):
            here = at(levels, level)
            yield from texts_of(at(here, "sampling", "strata"))
            yield from texts_of(at(here, "sampling.strata"))
            yield from texts_of(at(here, "strata") if varies == "sampling" else None)
            yield from texts_of(here if varies == "sampling.strata" else None)


def level_names(levels: Node | None) -> tuple[str, ...]:
    """The names of the levels of a factor: the keys of a mapping, or the members of a list."""
    return keys_of(levels) or texts_of(levels)


def read_experiment(node: Node) -> ExperimentReading:
    """Read and check an experiment but for its levels and instruments."""
    node = _without_empty(node)
    names = Names.of(node)
    first = read("experiment", node, Surroundings(inquiries=names.inquiries))
    section = ExperimentSection(**first.values)
    checks = (
        _parts(node, section),
        _unlisted_channels(node, section),
        _in_turn(node, section),
        _reach(node, section),
        _retention(node, section),
        _data(node, names),
        contact_faults(node, section.contact, names.messages),
        _measured(node),
        _inquiries(node, names),
        _estimators(node, names),
        _assumptions(node, names),
        _numbers(node),
    )
    faults = {*first.faults, *(each for check in checks for each in check)}
    return ExperimentReading(section, node, tuple(sorted(faults)), names)


def _without_empty(node: Node) -> Node:
    """The file without sections that have a key and nothing behind it."""
    if not isinstance(node, Keyed):
        return node
    empty = [key for key, value in node.entries.items() if isinstance(value, Scalar) and value.value is None]
    return replace(node, entries={key: value for key, value in node.entries.items() if key not in empty})


def _parts(node: Node, section: ExperimentSection) -> Iterator[Fault]:
    """Frame, sampling and measurement must be there, unless the data come from elsewhere."""
    keys = keys_of(node)
    if "data" in keys:
        return
    if "measurement" not in keys:
        what = "the key 'measurement' is missing."
        yield fault(
            node, Finding("SL102", what, "Add `measurement: {instrument: name}`, or `data:` fielded elsewhere.")
        )
    scheme = section.assignment.scheme if section.assignment else None
    arrivals = scheme in registry.names("assignment") and registry.load("assignment", str(scheme)).ARRIVALS
    if "frame" not in keys:
        if "sampling" in keys and not _samples_arrivals(section):
            yield fault(node, Finding("SL424", *_NO_FRAME, ("sampling",), key=True))
        elif scheme in registry.names("assignment") and not arrivals:
            what = f"the key 'frame' is missing, and the assignment scheme {scheme!r} needs a list of people."
            yield fault(node, Finding("SL102", what, "Add `frame:` and `sampling:`, or assign people as they arrive."))
    elif "sampling" not in keys:
        what = "the key 'sampling' is missing: nothing says who of the frame is asked."
        yield fault(node, Finding("SL102", what, "Add `sampling:`."))


_NO_FRAME = (
    "there is a sampling and no frame to draw from.",
    "Add `frame:`; or sample who arrives in an app: `contact: {channel: in_app}` and the scheme bernoulli.",
)


def _samples_arrivals(section: ExperimentSection) -> bool:
    """Whether people are sampled as they arrive: in an app, by a scheme that decides about them one by one."""
    sampling = section.sampling
    if sampling is None:  # at fault by itself
        return True
    scheme = registry.load("sampling", sampling.scheme)
    return isinstance(scheme, OneByOne) and section.contact.channel == IN_APP


def _unlisted_channels(node: Node, section: ExperimentSection) -> Iterator[Fault]:
    """Neither a prompt in an app nor a kiosk proves who is before it, so nobody who is listed can be asked there."""
    channel = at(node, "contact", "channel")
    if channel is not None and section.contact.channel in (IN_APP, KIOSK) and "frame" in keys_of(node):
        what = f"the channel {section.contact.channel} reaches people who are not listed, and there is a frame."
        yield fault(channel, Finding("SL424", what, "Delete `frame:`, or choose another channel."))


def _in_turn(node: Node, section: ExperimentSection) -> Iterator[Fault]:
    """What a scheme asks of those whom it assigns: fields that are known of them, and that they come one by one."""
    assignment, place = section.assignment, at(node, "assignment", "scheme")
    if assignment is None or assignment.settings is None or place is None or "data" in keys_of(node):
        return
    scheme, listed = registry.load("assignment", assignment.scheme), "frame" in keys_of(node)
    name, channel = assignment.scheme, section.contact.channel
    if listed and isinstance(scheme, OneAtATime) and scheme.COMPLETES:
        what = f"the scheme {name} goes by who has completed, and at a draw nobody has."
        yield fault(place, Finding("SL424", what, "Delete `frame:` and assign people as they arrive, or use blocked."))
    if not listed and scheme.ARRIVALS:
        known = ("place",) if channel == KIOSK else ()
        unknown = [each for each in scheme.needs(assignment.settings) if each not in known]
        if unknown:
            what = f"the scheme {name} reads {', '.join(unknown)}, which is not known of who arrives."
            yield fault(place, Finding("SL424", what, "At a kiosk `place` is known; nothing is by an open link."))
        if channel == IN_APP and isinstance(scheme, OneAtATime):
            what = f"the scheme {name} assigns by who came before, and a prompt in an app is decided ahead of that."
            yield fault(place, Finding("SL424", what, "Use the scheme hashed."))


def _reach(node: Node, section: ExperimentSection) -> Iterator[Fault]:
    """Shares of people, and rest, are of people who are known again: on a frame, or in an app."""
    for key in (key for key in ("layer", "holdout", "ramp", "rest") if key in keys_of(node)):
        if "frame" not in keys_of(node) and section.contact.channel != IN_APP:
            what = f"{key} is of people who are known again, and who arrives here is a stranger each time."
            yield fault(node, Finding("SL441", what, "Add `frame:`, or ask in an app.", (key,), key=True))
    if section.holdout == 1:
        yield fault(node, Finding("SL441", "the holdout is everybody.", "Write less than 1.", ("holdout",)))


def _retention(node: Node, section: ExperimentSection) -> Iterator[Fault]:
    """Nothing is kept for less time than the field is open: that is more often a slip than a wish."""
    for what in ("addresses", "texts"):
        place, kept = at(node, "retention", what), getattr(section.retention, what)
        if place is not None and kept is not None and kept < section.contact.closes:
            days = section.contact.closes.total_seconds() / 86_400
            finding = Finding("SL442", f"{what} are kept for less than the field is open ({days:g} days).", _LONGER)
            yield fault(place, finding)


_LONGER = "Write at least as long as contact.closes; it is counted from the close."


def _data(node: Node, names: Names) -> Iterator[Fault]:
    data = at(node, "data")
    if not isinstance(data, Keyed):
        return
    mapped = at(data, "factors")
    if isinstance(mapped, Keyed):
        for name in mapped.entries:
            yield from _unknown(mapped, name, names.factors, "SL411", "factor")
        for name in names.factors:
            if name not in mapped.entries:
                what = f"no column of the data gives the factor {name!r}."
                yield fault(mapped, Finding("SL424", what, f"Add `{name}: column`."))
    outcomes = at(data, "outcomes")
    for name, outcome in outcomes.entries.items() if isinstance(outcomes, Keyed) else ():
        yield from _loaded(name, outcome)
    strata = texts_of(at(data, "strata"))
    for member in members_of(at(node, "assignment", "blocks")):
        block = text_of(member)
        if block is not None and block not in strata:
            what = f"the block {block!r} is no stratum of the data."
            yield fault(member, Finding("SL418", what, "Add it to `data.strata`."))


def _loaded(name: str, outcome: Node) -> Iterator[Fault]:
    """An outcome of the data is a value per case, or a count among a total."""
    family, there = at(outcome, "family"), registry.names("models")
    if isinstance(family, Scalar) and family.text not in there:
        finding = Finding("SL110", f"there is no model {family.text!r}.", offer(family.text, there, "models"))
        yield fault(family, finding)
    given = {key for key in keys_of(outcome) if key in ("value", "count", "among")}
    if isinstance(outcome, Keyed) and given not in ({"value"}, {"count", "among"}):
        what = f"the outcome {name!r} needs either a value or a count among a total."
        yield fault(outcome, Finding("SL424", what, "Give `value:`, or `count:` and `among:`."))
    elif "count" in given and isinstance(family, Scalar) and family.text in there and family.text != "binary":
        what = f"the outcome {name!r} is a count, and counts are of family binary."
        yield fault(outcome, Finding("SL424", what, "Give `family: binary`, or a `value:` per case."))


def _measured(node: Node) -> Iterator[Fault]:
    for member in members_of(at(node, "measurement", "outcomes")):
        named = at(member, "outcome") if isinstance(member, Keyed) else member
        if isinstance(named, Scalar):
            name = measured(named.text)[0]
            there = registry.names("outcomes")
            if name not in there:
                yield fault(named, Finding("SL414", f"there is no outcome {name!r}.", offer(name, there, "outcomes")))


def _inquiries(node: Node, names: Names) -> Iterator[Fault]:
    inquiries = at(node, "inquiries")
    for inquiry in inquiries.entries.values() if isinstance(inquiries, Keyed) else ():
        yield from _contrast(at(inquiry, "contrast"), names)
        yield from _stratum(at(inquiry, "by"), names)
        outcome = at(inquiry, "outcome")
        if isinstance(outcome, Scalar):
            yield from _outcome(inquiry, outcome, names.outcomes)


def _outcome(inquiry: Node, outcome: Scalar, there: Outcomes) -> Iterator[Fault]:
    name, scale, item = outcome.text, at(inquiry, "scale"), at(inquiry, "item")
    if name not in there.names:
        yield fault(outcome, Finding("SL414", f"there is no outcome {name!r}.", offer(name, there.names, "outcomes")))
        return
    family = there.family(name)
    if isinstance(scale, Scalar) and scale.text in tuple(Scale) and not suits(Scale(scale.text), family):
        what = f"the scale {scale.text} is of shares, and {name!r} is {family}."
        yield fault(scale, Finding("SL419", what, "Use difference or ratio."))
    if isinstance(item, Scalar) and item.value is not None and name in there.loaded:
        what = f"the outcome {name!r} is of the data and has no item."
        yield fault(item, Finding("SL415", what, "Delete `item:`."))


def _contrast(contrast: Node | None, names: Names) -> Iterator[Fault]:
    if not isinstance(contrast, Keyed):
        return
    if len(contrast.entries) != 1:
        what = f"the contrast names {len(contrast.entries)} factors."
        yield fault(contrast, Finding("SL413", what, "Name one: {factor: [level, reference]}."))
    for factor, pair in contrast.entries.items():
        yield from _unknown(contrast, factor, names.factors, "SL411", "factor")
        levels = names.factors.get(factor)
        for member in members_of(pair):
            if levels is not None and text_of(member) not in levels:
                yield from _level(member, factor, levels)
        texts = texts_of(pair)
        if pair is not None and len(texts) == 2 and texts[0] == texts[1]:
            finding = Finding("SL413", f"the contrast compares {texts[0]!r} with itself.", "Name two levels.")
            yield fault(pair, finding)


def _estimators(node: Node, names: Names) -> Iterator[Fault]:
    estimators = at(node, "estimators")
    if not isinstance(estimators, Keyed):
        return
    for name, here in estimators.entries.items():
        yield from _unknown(estimators, name, names.inquiries, "SL417", "inquiry", plural="inquiries")
        model = at(here, "model")
        if isinstance(model, Scalar) and model.value is not None:
            yield from _model(model, text_of(at(node, "inquiries", name, "outcome")), names)
        for member in members_of(at(here, "adjust")):
            yield from _stratum(member, names)
        effects = at(here, "priors", "effects")
        for factor in keys_of(effects):
            yield from _unknown(effects, factor, names.factors, "SL411", "factor")
            levels = at(effects, factor)
            for level in keys_of(levels):
                if factor in names.factors:
                    yield from _unknown(levels, level, names.factors[factor], "SL412", "level")


def _model(model: Scalar, outcome: str | None, names: Names) -> Iterator[Fault]:
    there = registry.names("models")
    if model.text not in there:
        yield fault(model, Finding("SL110", f"there is no model {model.text!r}.", offer(model.text, there, "models")))
    elif outcome in names.outcomes.names:
        family = names.outcomes.family(str(outcome))
        if model.text != family:  # cells are added up on the scale of the outcome's family, and on no other
            what = f"the model {model.text!r} does not fit the outcome {outcome!r}."
            yield fault(model, Finding("SL419", what, f"Use {family}, or leave the model out."))


def _assumptions(node: Node, names: Names) -> Iterator[Fault]:
    assumptions = at(node, "assumptions")
    there = tuple(dict.fromkeys((*names.outcomes.loaded, *registry.names("outcomes"))))
    for outcome in keys_of(assumptions):
        yield from _unknown(assumptions, outcome, there, "SL414", "outcome")
        here = at(assumptions, outcome)
        if isinstance(here, Keyed) and "base" not in here.entries:
            yield fault(here, Finding("SL102", f"the assumption about {outcome!r} has no base.", "Add `base:`."))
        for key in keys_of(here):
            if key != "base":
                yield from _shift(here, key, names)


def _shift(here: Node | None, key: str, names: Names) -> Iterator[Fault]:
    assert here is not None
    factor, dot, level = key.partition(".")
    every = [f"{name}.{each}" for name, levels in names.factors.items() for each in levels]
    if factor not in names.factors:
        what = f"{key!r} is neither base nor a factor's level."
        yield fault(here, Finding("SL411", what, offer(key, ["base", *every], "keys"), (key,), key=True))
    elif not dot or level not in names.factors[factor]:
        what = f"the factor {factor!r} has no level {level!r}."
        remedy = offer(key, [each for each in every if each.startswith(f"{factor}.")], "keys")
        yield fault(here, Finding("SL412", what, remedy, (key,), key=True))


def _numbers(node: Node) -> Iterator[Fault]:
    """Numbers that their type does not bound: shares, counts and the scales of priors."""
    for key in ("complete_from", "partial_from"):
        yield from _bounded(at(node, "measurement", key), 0, 1)
    yield from _bounded(at(node, "contact", "cap", "contacts"), 1)
    estimators = at(node, "estimators")
    for name in keys_of(estimators):
        priors = at(estimators, name, "priors")
        yield from _bounded(at(priors, "intercept", "sd"), SMALLEST)
        for batch in ("main", "interactions", "heterogeneity", "groups"):
            yield from _bounded(at(priors, batch), SMALLEST)
        effects = at(priors, "effects")
        for factor in keys_of(effects):
            for level in keys_of(at(effects, factor)):
                yield from _bounded(at(effects, factor, level, "sd"), SMALLEST)


def _bounded(node: Node | None, low: float, high: float = inf) -> Iterator[Fault]:
    value = node.value if isinstance(node, Scalar) else None
    if node is not None and isinstance(value, int | float) and not low <= value <= high:
        bounds = f"at least {low:g}" + (f" and at most {high:g}" if high < inf else "")
        yield fault(node, Finding("SL106", f"{value} is out of range.", f"Write a number that is {bounds}."))


def _stratum(named: Node | None, names: Names) -> Iterator[Fault]:
    if isinstance(named, Scalar) and named.value is not None and named.text not in names.strata:
        what = f"{named.text!r} is no stratum of the sampling, the blocks or the data."
        yield fault(named, Finding("SL418", what, offer(named.text, names.strata, "strata")))


def _level(member: Node, factor: str, levels: tuple[str, ...]) -> Iterator[Fault]:
    if isinstance(member, Scalar):
        what = f"the factor {factor!r} has no level {member.text!r}."
        yield fault(member, Finding("SL412", what, offer(member.text, levels, "levels")))


def _unknown(
    keyed: Node | None, name: str, there: Iterable[str], code: str, what: str, *, plural: str | None = None
) -> Iterator[Fault]:
    """The fault of a key that names nothing."""
    if keyed is not None and name not in there:
        remedy = offer(name, there, plural or f"{what}s")
        yield fault(keyed, Finding(code, f"there is no {what} {name!r}.", remedy, (name,), key=True))

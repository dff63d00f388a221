"""Which design is analysed: the plan of the file as it is now, on what was drawn and asked."""

from __future__ import annotations

from collections.abc import Iterator

from surveylab import spec
from surveylab.design.experiment import Experiment, Study
from surveylab.errors import SurveylabError
from surveylab.store.experiments import StoredExperiment


def as_drawn(stored: StoredExperiment, study: Study) -> Study:
    """The study to analyse, where the file may have been edited since the cases were assigned.

    The ledger froze the design when it wrote the assignments down. The analysis plan may have
    changed since (inquiries, estimators, the decision rule, outcomes); instruments are those
    that were asked, whatever their files say now. The ``digest`` is of exactly these texts, so
    the design hash of an analysis is the drawn one where nothing of the experiment's file changed.

    Raises:
        SurveylabError: the factors or the instrument of the file are not those that were drawn.
        SpecError: the plan asks for what the instrument did not have.
    """
    if study.digest == stored.digest:
        return study
    name = f"{stored.slug}.yaml"
    drawn = spec.read_documents(stored.documents, name, frozen=True)
    faults = list(_differences(drawn.experiment, study.experiment))
    if faults:
        raise SurveylabError(
            f"{name} is not the design that {stored.slug} was drawn with: {'; '.join(faults)}. "
            "Restore that part to analyse what was fielded, or copy the file to a new name and draw that."
        )
    return spec.read_documents({**stored.documents, name: study.documents[name]}, name, study.folder)


def _differences(drawn: Experiment, given: Experiment) -> Iterator[str]:
    """What cases were randomised to or asked, and the file says otherwise."""
    before, now = ({factor.name: factor for factor in exp.assignment.factors} for exp in (drawn, given))
    yield from (f"the factor {name!r} is gone" for name in before if name not in now)
    yield from (f"the factor {name!r} is new" for name in now if name not in before)
    for name in (name for name in before if name in now):
        was, has = before[name], now[name]
        if was.level_names != has.level_names:
            yield f"{name!r} has the levels {', '.join(has.level_names)} and had {', '.join(was.level_names)}"
        elif was != has:
            yield f"the levels of {name!r} set other values or have other probabilities"
    if not before.keys() ^ now.keys() and list(before) != list(now):
        yield f"the factors stand in the order {', '.join(now)} and stood in {', '.join(before)}"
    if before == now and drawn.arms != given.arms:
        yield f"the design has other arms: {len(given.arms)} now, {len(drawn.arms)} then"
    asked = [exp.measurement.instrument if exp.measurement else None for exp in (drawn, given)]
    if asked[0] != asked[1]:
        yield f"the instrument is {asked[1]!r} and was {asked[0]!r}"

"""A drawn experiment without people's pages, for the tests of what is read from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from surveylab import simulate, spec
from surveylab.design.cases import Answer
from surveylab.design.experiment import Study
from surveylab.fieldwork import recruit
from surveylab.store import cases, experiments, responses, snapshots
from surveylab.store.ledger import Connection, Ledger
from surveylab.store.steps import Paradata, Sent

SHIPPED = Path(__file__).parents[3] / "experiments" / "nps_wording_length.yaml"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def study() -> Study:
    """The shipped experiment with forty cases."""
    documents = spec.read(SHIPPED).documents
    text = documents[SHIPPED.name].replace("n: 2000", "n: 40")
    return spec.read_documents({**documents, SHIPPED.name: text}, SHIPPED.name)


@pytest.fixture
def experiment(ledger: Ledger, study: Study) -> int:
    """The row of that experiment, drawn."""
    with ledger.write() as conn:
        snapshots.replace_frame(conn, "customers", "x", simulate.frame(80, "s"), NOW)
    recruit.draw(ledger, study, NOW)
    with ledger.read() as conn:
        found = experiments.experiment(conn, study.experiment.slug)
    assert found is not None
    return found.id


@pytest.fixture
def rate(
    ledger: Ledger, experiment: int, send: Callable[[Connection, int, Sent, datetime], None]
) -> Callable[[int, int], None]:
    """Let the case of that place start and give a rating."""

    def rated(place: int, rating: int) -> None:
        with ledger.write() as conn:
            case = list(cases.tokens(conn, experiment))[place].id
            responses.append_event(conn, case, NOW, "started", key=f"{case}:started")
            visit = f"{place}-{rating}"
            given = [Answer("recommend", "recommend", rating, 1)]
            send(conn, case, Sent("recommend", visit, given, Paradata(NOW), "i"), NOW + timedelta(seconds=9))

    return rated

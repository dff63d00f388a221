"""The turn of a case to go on: whether a page screens it out, and which quotas it needs a place in.

The rule of a quota is decided once every page up to the last one that asks what it names is
done: before anything is asked for a rule over fields, strata and arms. Until then the case
takes no place; one that it has, and an edit reopened, it keeps as long as the rule still holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime

from surveylab.design import rules
from surveylab.design.experiment import Quota
from surveylab.design.terms import Value
from surveylab.fieldwork.passage import Passage
from surveylab.store import allocations, quotas, responses, steps
from surveylab.store.cases import Case
from surveylab.store.ledger import Connection
from surveylab.store.quotas import Claim
from surveylab.store.responses import InterviewState


@dataclass(frozen=True)
class Admission:
    """One case before the quotas of its experiment, name -> quota, when it would go on. Most experiments have none.

    Its methods belong to a transaction that has called ``take`` before all else.
    """

    case: Case
    quotas: Mapping[str, Quota]
    arm: str = ""
    """The key of the arm where others are assigned by who has completed in it; else ""."""

    @property
    def shared(self) -> bool:
        """Whether what becomes of the case hangs on others, or they on it."""
        return bool(self.quotas or self.arm)

    def take(self, conn: Connection) -> InterviewState:
        """Have the turn of the case until the transaction ends, with quotas that of every case of the experiment.

        Returns:
            Where the case stands by then.
        """
        if self.quotas:
            quotas.wait(conn, self.case.experiment)
        steps.take(conn, self.case.id)
        return responses.interview_state(conn, self.case.id)

    def full(self, conn: Connection, passage: Passage, now: datetime) -> str | None:
        """The first quota that has no place for the case; None where it has its place in all that need one.

        Where a quota is full, the places of the case are free.
        """
        if not self.quotas:
            return None
        moment = quotas.clock(conn, self.case.experiment, now)
        return quotas.settle(conn, self.case.experiment, self.case.id, self._claims(passage, moment), moment)

    def settle(self, conn: Connection, happened: Set[str], now: datetime) -> None:
        """What follows for others from the kinds of event that have just happened to the case.

        Who has finished keeps its places, and whoever is assigned by completes sees one more; who leaves
        gives them back.
        """
        if "submitted" in happened and self.quotas:
            quotas.confirm(conn, self.case.id, now)
        if "submitted" in happened and self.arm:
            allocations.complete(conn, self.case.experiment, self.case.id, self.arm)
        if self.quotas and not happened.isdisjoint(("opted_out", "screened_out")):
            quotas.give_back(conn, self.case.id)

    def _claims(self, passage: Passage, now: datetime) -> list[Claim]:
        levels = {f"arm.{factor}": level for factor, level in self.case.levels.items()}
        known: Mapping[str, Value] = {**passage.known, **levels, "stratum": self.case.stratum}
        return [
            Claim(name, quota.most, quota.counts, now + quota.expires, _is_decided(quota.if_, passage))
            for name, quota in self.quotas.items()
            if quota.if_ is None or rules.evaluate(quota.if_, known)
        ]


def is_over(conn: Connection, experiment: int, wanted: Mapping[str, Quota]) -> bool:
    """Whether nobody can finish any more: of a quota over everybody, all places are confirmed, and those stay."""
    of_all = {name: quota.most for name, quota in wanted.items() if quota.if_ is None}
    return any(quotas.confirmed(conn, experiment, name) >= most for name, most in of_all.items())


def _is_decided(rule: rules.Rule | None, passage: Passage) -> bool:
    named = set(rules.names(rule.tree)) if rule else set()
    pages = passage.instrument.pages
    asking = (
        n
        for n, page in enumerate(pages)
        for item in page.items
        if named.intersection(passage.instrument.item(item).columns)
    )
    last = max(asking, default=-1)
    ahead = passage.first_open
    return ahead is None or pages.index(ahead) > last

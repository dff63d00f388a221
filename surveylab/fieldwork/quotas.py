"""The turn of a case to go on: whether a page screens it out, and which quotas it needs a place in.

The rule of a quota is decided once every page up to the last one that asks what it names is
done: before anything is asked for a rule over fields, strata and arms. Until then the case
takes no place; one that it has, and an edit reopened, it keeps as long as the rule still holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from surveylab.design import rules
from surveylab.design.cases import ENDS
from surveylab.design.experiment import Quota
from surveylab.design.terms import Value
from surveylab.fieldwork.passage import Passage
from surveylab.store import allocations, cases, quotas, responses
from surveylab.store.cases import Case
from surveylab.store.ledger import Connection
from surveylab.store.quotas import Claim


@dataclass(frozen=True)
class Admission:
    """One case when its turn to go on comes, before the screens and the quotas of its experiment, name -> quota.

    Its methods belong to a transaction that has called ``wait`` before all else. Most experiments
    have no quotas: there only the case itself is held, and nothing is asked of places.
    """

    case: Case
    quotas: Mapping[str, Quota]
    arm: str = ""
    """The key of the arm where others are assigned by who has completed in it; else ""."""

    def wait(self, conn: Connection) -> None:
        """Hold back who else would go on until the transaction ends: with quotas every case of the experiment."""
        if self.quotas:
            quotas.wait(conn, self.case.experiment)
        else:
            cases.wait(conn, self.case.id)

    def again(self, conn: Connection, passage: Passage) -> Passage | None:
        """The passage under what is stored by now; None where the interview has ended meanwhile."""
        state = responses.interview_state(conn, self.case.id)
        if any(event.kind in ENDS for event in state.events):
            return None
        return passage.under(state.answers, state.events)

    def admits(self, conn: Connection, passage: Passage, now: datetime) -> bool:
        """Whether no page screens the case out, and there is a place in every quota that needs one.

        The places are the case's own then. Who is screened out takes none: the event ``screened_out``
        names the page. Where a quota is full, the event ``quota_full`` names it. Either way the places
        that the case had are free.
        """
        screening = passage.screening
        if screening is not None:
            self.give_back(conn)
            key = f"{self.case.id}:screened_out"
            responses.append_event(conn, self.case.id, now, "screened_out", screening.id, key=key)
            return False
        if not self.quotas:
            return True
        moment = quotas.clock(conn, self.case.experiment, now)
        full = quotas.settle(conn, self.case.experiment, self.case.id, self._claims(passage, moment), moment)
        if full is not None:
            responses.append_event(conn, self.case.id, now, "quota_full", full, key=f"{self.case.id}:quota_full")
        return full is None

    def confirm(self, conn: Connection, now: datetime) -> None:
        """The interview is over: its places last."""
        if self.quotas:
            quotas.confirm(conn, self.case.id, now)

    def complete(self, conn: Connection) -> None:
        """The survey was submitted: whoever is assigned by completes sees one more from now on."""
        if self.arm:
            allocations.complete(conn, self.case.experiment, self.case.id, self.arm)

    def give_back(self, conn: Connection) -> None:
        """The case leaves: its places are free, unless it had finished."""
        if self.quotas:
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

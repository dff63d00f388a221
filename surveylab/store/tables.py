"""The tables of the ledger, as they are now. How they came to be stands in migrations/.

What is written once stays: the database itself refuses to change or delete assignments,
exposures, events, the log, a registered design, and what it says about a case
(migrations/immutability).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)

from surveylab.store.columns import Instant, Key, Unit

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


KEYED = text("key IS NOT NULL")
"""The events that have a key; the others take no room in its index."""
CALLED = text("phone IS NOT NULL")
"""The people with a telephone; the others take no room in its index."""
OPT_OUT = text("kind = 'opted_out'")
"""The events by which people ask to be asked nothing any more: few, and looked for before each draw."""

PLANNED = text("state = 'planned'")
UNDERWAY = text("state IN ('claimed', 'attempted', 'uncertain', 'held')")
"""The contacts that somebody has in hand, or has to look at: few."""
KNOWN = text("provider_id IS NOT NULL")
"""The contacts that a provider can tell of."""


def _id() -> Column[Any]:
    return Column("id", Key, primary_key=True)


def _case() -> Column[Any]:
    return Column("case_id", Key, ForeignKey("sampled_case.id"), nullable=False)


def _frame() -> Column[Any]:
    return Column("frame_id", Key, ForeignKey("frame.id"), nullable=False)


def _experiment() -> Column[Any]:
    return Column("experiment_id", Key, ForeignKey("experiment.id"), nullable=False)


def _text(name: str) -> Column[Any]:
    return Column(name, Text, nullable=False)


def _json(name: str) -> Column[Any]:
    return Column(name, JSON, nullable=False)


def _at(name: str = "at") -> Column[Any]:
    return Column(name, Instant, nullable=False)


# Who could be asked, and how to reach them.

frame = Table("frame", metadata, _id(), Column("name", Text, nullable=False, unique=True))

snapshot = Table(  # a frame as one file had it
    "snapshot",
    metadata,
    _id(),
    _frame(),
    Column("number", Integer, nullable=False),
    _text("digest"),
    _text("source"),
    _at("loaded_at"),
    Column("units", Integer, nullable=False),
    Column("added", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("removed", Integer, nullable=False),
    _json("fields"),
    UniqueConstraint("frame_id", "number"),
)

frame_unit = Table(  # a unit as it was from one snapshot up to, not including, another; None: as it is now
    "frame_unit",
    metadata,
    _frame(),
    Column("unit", Unit, nullable=False),
    Column("valid_from", Integer, nullable=False),
    Column("valid_to", Integer),
    _json("fields"),
    PrimaryKeyConstraint("frame_id", "unit", "valid_from"),
    sqlite_with_rowid=False,
)

person = Table(  # who is behind a unit, and how to reach them: as it is now, without a history
    "person",
    metadata,
    _frame(),
    Column("unit", Unit, nullable=False),
    Column("email", Text),
    Column("phone", Text),
    Column("app_id", Text),
    Column("time_zone", Text),
    Column("language", Text),
    Column("consent", Boolean),
    Column("consent_date", Text),
    Column("consent_basis", Text),
    _json("details"),
    PrimaryKeyConstraint("frame_id", "unit"),
    sqlite_with_rowid=False,
)
# People are looked up by their addresses, on all frames at once. The first is not narrowed to who has an email:
# SQLite does not see that who has a lower(email) has one.
Index("ix_person_email", func.lower(person.c.email))
Index("ix_person_phone", person.c.phone, sqlite_where=CALLED, postgresql_where=CALLED)

suppression = Table(  # who is asked nothing any more; an address stands here as a keyed hash
    "suppression",
    metadata,
    _text("kind"),
    _text("value"),
    _text("reason"),
    _at(),
    PrimaryKeyConstraint("kind", "value"),
    sqlite_with_rowid=False,
)

# What was designed, and who got what by which chance.

experiment = Table(
    "experiment",
    metadata,
    _id(),
    _text("slug"),
    Column("version", Integer, nullable=False),
    _text("digest"),
    _json("documents"),
    _text("seed"),
    Column("frame_digest", Text),
    _at("registered_at"),
    Column("locked_at", Instant),
    Column("drawn_at", Instant),
    Column("closes_at", Instant),
    Column("paused_at", Instant),  # None: it takes answers
    Column("snapshot_id", Key, ForeignKey("snapshot.id")),  # None: without a frame, or not drawn
    UniqueConstraint("slug", "version"),
)

sampled_case = Table(
    "sampled_case",
    metadata,
    _id(),
    _experiment(),
    Column("unit", Unit, nullable=False),
    _text("token"),
    _text("stratum"),
    _text("cluster"),
    Column(
        "psu", Text, nullable=False, server_default=text("''")
    ),  # what the sample took as a whole; cluster: the assignment
    _text("block"),
    Column("inclusion_probability", Float),  # None: whoever arrived unlisted was taken
    _json("fields"),
    Index("uq_sampled_case_token", "token", unique=True),  # indexes and not constraints: a draw makes them anew
    Index("uq_sampled_case_experiment_id_unit", "experiment_id", "unit", unique=True),
)

suppressed_unit = Table(  # who was taken off the frame before a draw, because they were suppressed
    "suppressed_unit",
    metadata,
    _experiment(),
    Column("unit", Unit, nullable=False),
    PrimaryKeyConstraint("experiment_id", "unit"),
    sqlite_with_rowid=False,
)

assignment = Table(
    "assignment",
    metadata,
    _case(),
    _text("factor"),
    _text("level"),
    Column("probability", Float, nullable=False),
    _text("numerator"),
    _text("denominator"),
    _text("algorithm"),
    Column("position", Key, nullable=False),
    _text("block"),
    PrimaryKeyConstraint("case_id", "factor"),
    sqlite_with_rowid=False,
)

allocation = Table(  # assignments one at a time: who came after whom, and the probability that its arm had then
    "allocation",
    metadata,
    Column("case_id", Key, ForeignKey("sampled_case.id"), primary_key=True, autoincrement=False),
    _experiment(),
    Column("sequence", Key, nullable=False),
    _text("numerator"),
    _text("denominator"),
    UniqueConstraint("experiment_id", "sequence"),
)

completion = Table(  # completes that later assignments go by: ``after`` so many cases were assigned
    "completion",
    metadata,
    Column("case_id", Key, ForeignKey("sampled_case.id"), primary_key=True, autoincrement=False),
    _experiment(),
    Column("after", Key, nullable=False),
    Index(None, "experiment_id"),
)

tally = Table(  # sums of both, for the next assignment
    "tally",
    metadata,
    _experiment(),
    _text("margin"),
    _text("slot"),
    Column("cases", Key, nullable=False),
    PrimaryKeyConstraint("experiment_id", "margin", "slot"),
    sqlite_with_rowid=False,
)

presentation = Table(  # what chance decided about the pages of a case: orders and item sets
    "presentation",
    metadata,
    _case(),
    _text("name"),
    _text("value"),
    Column("probability", Float, nullable=False),
    _text("algorithm"),
    PrimaryKeyConstraint("case_id", "name"),
    sqlite_with_rowid=False,
)

resume_code = Table(  # what a person without a personal link types in to come back
    "resume_code",
    metadata,
    Column("code", Text, primary_key=True),
    _case(),
    UniqueConstraint("case_id"),
)

# What happened.

contact = Table(  # one message to one case, from its plan to what became of it (store.contacts)
    "contact",
    metadata,
    _case(),
    Column("step", Integer, nullable=False),
    _text("channel"),
    _at("due_at"),
    _at("closes_at"),
    _text("state"),
    Column("worker", Text),
    Column("since", Instant),  # when it came into its state; None: planned from the beginning
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("provider_id", Text),
    Column("parts", Integer),
    Column("cost", Float),
    Column("detail", Text, nullable=False, server_default=text("''")),
    PrimaryKeyConstraint("case_id", "step"),
    Index("ix_contact_due", "channel", "due_at", sqlite_where=PLANNED, postgresql_where=PLANNED),
    Index("ix_contact_underway", "state", "since", sqlite_where=UNDERWAY, postgresql_where=UNDERWAY),
    Index("ix_contact_provider_id", "channel", "provider_id", sqlite_where=KNOWN, postgresql_where=KNOWN),
    sqlite_with_rowid=False,
)

event = Table(
    "event",
    metadata,
    _id(),
    _case(),
    _at(),
    _text("kind"),
    _text("detail"),
    Column("key", Text),
    Index(None, "case_id"),
    Index("uq_event_key", "key", unique=True, sqlite_where=KEYED, postgresql_where=KEYED),
    Index("ix_event_opted_out", "case_id", sqlite_where=OPT_OUT, postgresql_where=OPT_OUT),
)

turn = Table(  # how many steps respondents have made in a case: each is decided by what stood before it
    "turn",
    metadata,
    Column("case_id", Key, ForeignKey("sampled_case.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
)

exposure = Table(
    "exposure",
    metadata,
    _case(),
    _text("factor"),
    _at(),
    _text("page"),
    PrimaryKeyConstraint("case_id", "factor"),
    sqlite_with_rowid=False,
)

answer = Table(
    "answer",
    metadata,
    _case(),
    _text("column_name"),
    _text("item"),
    Column("value", Text),
    Column("kind", Text),
    Column("missing", Text),
    Column("position", Integer, nullable=False),
    _json("option_order"),
    _text("text_hash"),
    _text("instrument"),
    _text("page"),
    _at(),
    Column("page_position", Integer),  # these three are None in rows from before revision 0002
    Column("row_position", Integer),
    Column("language", Text),
    PrimaryKeyConstraint("case_id", "column_name"),
    CheckConstraint(
        "(missing IS NULL) = (value IS NOT NULL) AND (value IS NULL) = (kind IS NULL)", name="value_or_missing"
    ),
    sqlite_with_rowid=False,
)

paradata = Table(
    "paradata",
    metadata,
    _id(),
    _case(),
    _text("page"),
    _text("visit"),
    _at("shown_at"),
    _at("submitted_at"),
    _text("device"),
    _json("detail"),
    UniqueConstraint("case_id", "page", "visit"),
)

beacon = Table(  # what a script told of one display of a page; nothing hangs on it
    "beacon",
    metadata,
    _case(),
    _text("page"),
    _text("visit"),
    _at("shown_at"),
    _at(),
    _json("detail"),
    PrimaryKeyConstraint("case_id", "page", "visit"),
)

# What was learned.

measure = Table(
    "measure",
    metadata,
    _case(),
    _text("name"),
    Column("value", Float),  # None: the case is not in the denominator (any more)
    Column("version", Integer, nullable=False),
    PrimaryKeyConstraint("case_id", "name"),
    sqlite_with_rowid=False,
)

measured = Table(  # how many events of a case its measures have seen
    "measured",
    metadata,
    Column("case_id", Key, ForeignKey("sampled_case.id"), primary_key=True, autoincrement=False),
    Column("events", Integer, nullable=False),
)

cell = Table(
    "cell",
    metadata,
    _id(),
    _experiment(),
    _text("measure"),
    Column("logged", Boolean, nullable=False),
    _text("arm"),
    _text("stratum"),
    _text("block"),
    _text("cluster"),
    Column("cases", Key, nullable=False),
    Column("n", Float, nullable=False),
    Column("total", Float, nullable=False),
    Column("squares", Float, nullable=False),
    UniqueConstraint("experiment_id", "measure", "logged", "arm", "stratum", "block", "cluster", name="uq_cell_place"),
)

run = Table(
    "run",
    metadata,
    _id(),
    _experiment(),
    _text("kind"),
    _at(),
    _text("design_hash"),
    _text("data_hash"),
    _json("result"),
    Index(None, "experiment_id", "kind"),
)

# How the house is kept.

quota_place = Table(  # a place that a case holds in a quota: until it expires, or for good once confirmed
    "quota_place",
    metadata,
    _experiment(),
    _text("quota"),
    _case(),
    _at("expires_at"),
    Column("confirmed_at", Instant),
    PrimaryKeyConstraint("experiment_id", "quota", "case_id"),
    Index(None, "case_id"),
)

account = Table(
    "account",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    _text("password_hash"),
    _text("role"),
    _at("created_at"),
)

audit_log = Table("audit_log", metadata, _id(), _at(), _text("account"), _text("action"), _json("detail"))

setting = Table("setting", metadata, Column("key", Text, primary_key=True), _text("value"))

"""The codes of faults of frames. A code never changes its meaning and is never given out twice."""

from __future__ import annotations

from surveylab.errors import Fault

FRAME_CODES: dict[str, str] = {
    # The source.
    "FR01": "no header",
    "FR02": "a column stands twice",
    "FR03": "no column of ids",
    "FR04": "a column without a proper name",
    "FR05": "bytes that are not of the encoding",
    "FR06": "a row of a text file that cannot be read",
    "FR07": "the file cannot be read",
    "FR08": "no units",
    "FR09": "an encoding or a delimiter that there is not",
    "FR14": "the file is not what its name says",
    "FR15": "a file that is encrypted, damaged or cut off",
    "FR16": "no such sheet",
    "FR17": "merged cells",
    "FR18": "a column that holds no single values",
    "FR19": "a database or a query that fails",
    "FR20": "no such column",
    "FR21": "two columns that are the same",
    "FR31": "a list of people to suppress without a column of addresses",
    # Rows.
    "FR10": "a row that is too short or too long",
    "FR11": "an id, or in a list to suppress an address, that is missing",
    "FR12": "an id that stands there already",
    "FR13": "a NUL character",
    "FR23": "a value that is not of the declared type",
    "FR24": "no email address",
    "FR25": "no telephone number that can be",
    "FR26": "no time zone",
    "FR27": "no language",
    "FR28": "no truth value of a consent, or no date",
    "FR29": "a line break or another control character in what says who a person is",
    "FR30": "two units with the email or phone of one person",
    "FR99": "more faults than are told",
}
"""Code -> meaning."""
SHOWN = 50
"""Faults that are told; a file with more has the same few over and over."""


def told(faults: list[Fault]) -> list[Fault]:
    """The first faults of a source, and how many more there are."""
    faults = sorted(faults)
    if len(faults) <= SHOWN:
        return faults
    last = faults[SHOWN]
    more = Fault(
        last.file, last.line, 1, "FR99", f"and {len(faults) - SHOWN:,} more faults from here on.", "Mend these."
    )
    return [*faults[:SHOWN], more]

"""Apache Parquet, a batch of rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from surveylab.errors import Fault
from surveylab.sources import How, Table, reason, refuse, text_of

SUFFIXES = (".parquet", ".pq")
SIGNATURES = (b"PAR1",)
_BATCH = 20_000


@contextmanager
def opened(path: Path, how: How) -> Iterator[Table]:  # noqa: ARG001 - nothing of a Parquet file's form is open
    """The rows of a file, numbered from 1; its columns have the types that the file says."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(path)
    except (pa.ArrowException, UnicodeDecodeError) as error:
        refuse(path, 0, "FR15", f"the file cannot be read: {_said(error)}.", "Write it again.")
    except OSError as error:
        refuse(path, 0, "FR07", f"the file cannot be read: {reason(error)}.", "Check the path.")
    with file:
        schema = file.schema_arrow
        nested = tuple(
            Fault(str(path), 0, at, "FR18", f"the column {field.name!r} holds {field.type}, no single values.", _FLAT)
            for at, field in enumerate(schema, start=1)
            if pa.types.is_nested(field.type)
        )
        types = tuple(_type(field.type) for field in schema)
        yield Table(str(path), tuple(schema.names), 0, _rows(path, file), types, nested)


_FLAT = "Write one column for each value, or leave it out (--map)."


def _rows(path: Path, file: Any) -> Iterator[tuple[int, list[str]]]:
    import pyarrow as pa

    number = 0
    try:
        for batch in file.iter_batches(_BATCH):
            for row in zip(*map(_texts, batch.columns), strict=True):
                number += 1
                yield number, list(row)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        refuse(path, number + 1, "FR15", f"the rows from here on cannot be read: {_said(error)}.", "Write it again.")


def _texts(column: Any) -> list[str]:
    import pyarrow as pa

    if pa.types.is_integer(column.type):
        column = column.cast(pa.string())
    values = column.to_pylist()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return [value or "" for value in values]
    return [text_of(value) for value in values]


def _type(kind: Any) -> str:
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    names = {
        "integer": pa.types.is_integer,
        "truth": pa.types.is_boolean,
        "decimal": lambda each: pa.types.is_floating(each) or pa.types.is_decimal(each),
        "date": pa.types.is_date,
        "text": lambda each: pa.types.is_string(each) or pa.types.is_large_string(each),
    }
    return next((name for name, is_one in names.items() if is_one(kind)), "")


def _said(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else "it is damaged"

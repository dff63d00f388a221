"""Every source in the folder keeps the contract of the folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from surveylab import registry
from surveylab.errors import DataError
from surveylab.sources import How

sources = pytest.mark.parametrize("source", registry.names("sources"))


def test_there_are_sources() -> None:
    """The folder is found, so that the tests below are not empty."""
    assert {"delimited", "spreadsheet", "parquet"} <= set(registry.names("sources"))


def test_every_file_has_one_source() -> None:
    """No suffix and no signature belongs to two."""
    for what in ("SUFFIXES", "SIGNATURES"):
        found = [each for name in registry.names("sources") for each in getattr(registry.load("sources", name), what)]
        assert len(found) == len(set(found))
    suffixes = [each for name in registry.names("sources") for each in registry.load("sources", name).SUFFIXES]
    assert all(each.startswith(".") and each == each.lower() for each in suffixes)


@sources
def test_what_cannot_be_read_is_a_fault(source: str, tmp_path: Path) -> None:
    """A file that is not there, and one of noise behind the right beginning: a fault with the file's name."""
    module = registry.load("sources", source)
    noise = tmp_path / f"noise{module.SUFFIXES[0]}"
    noise.write_bytes(b"".join(module.SIGNATURES[:1]) + bytes(range(255, 0, -1)) * 20)
    for path in (tmp_path / f"none{module.SUFFIXES[0]}", noise):
        with pytest.raises(DataError) as caught, module.opened(path, How()) as table:
            list(table.rows)
        assert all(fault.file.startswith(str(path)) and fault.remedy for fault in caught.value.faults)

"""Reading experiments, instruments and frames: YAML to the values of the grammar, or every fault at once.

Nothing beyond this folder sees YAML or pydantic. ``faults.CODES`` lists the codes of faults.
"""

from __future__ import annotations

from typing import Any

from surveylab.spec.logos import logo_of
from surveylab.spec.reading import check, read, read_documents, read_frame, read_instrument

__all__ = ["check", "logo_of", "read", "read_documents", "read_frame", "read_instrument", "schema"]


def schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of a kind of file, "experiment", "instrument" or "frame"."""
    from surveylab.spec.json_schema import schema_of

    return schema_of(kind)

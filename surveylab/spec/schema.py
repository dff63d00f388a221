"""``python -m surveylab.spec.schema docs/schemas`` writes the JSON Schemas that editors use."""

from __future__ import annotations

import sys
from pathlib import Path

from surveylab.spec.json_schema import write

if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/schemas"))

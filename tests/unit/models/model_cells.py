"""Cells for the tests of models: small designs, and data drawn from a likelihood."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from surveylab.design.factors import Arm, Factor, Level, full_factorial
from surveylab.models import Cells

"""Weights of samples and what is estimated with them, over the library ``svy``.

A design is a value; adjustments are steps that it keeps and repeats on replicate weights::

    from surveylab import weighting as w

    design = w.Design(data, weight="base_weight", strata="region", cluster="site", fpc="sites")
    design = design.adjust(w.ResponseClasses("responded", by="region"), w.Rake(w.margins_of(frame, ["sex", "age"])))
    w.mean(design, "nps", by="arm").differences()
    w.mean(design.with_replicates("JKn"), "nps", by="arm")

Formulas, defaults and the calls of R that they correspond to are in docs/weighting.md.
"""

from surveylab.weighting.base import base_weights
from surveylab.weighting.calibration import Calibrate, PostStratify, Rake
from surveylab.weighting.design import Adjustment, Design, Replication
from surveylab.weighting.estimation import mean, proportion, quantile, ratio, total
from surveylab.weighting.margins import margins_of
from surveylab.weighting.nonresponse import Collapse, Propensity, ResponseClasses
from surveylab.weighting.pairwise import sen_yates_grundy
from surveylab.weighting.representativity import Representativity, representativity
from surveylab.weighting.results import Estimates
from surveylab.weighting.spread import Spread, cluster_deff, spread
from surveylab.weighting.trimming import Trim

__all__ = [
    "Adjustment",
    "Calibrate",
    "Collapse",
    "Design",
    "Estimates",
    "PostStratify",
    "Propensity",
    "Rake",
    "Replication",
    "Representativity",
    "ResponseClasses",
    "Spread",
    "Trim",
    "base_weights",
    "cluster_deff",
    "margins_of",
    "mean",
    "proportion",
    "quantile",
    "ratio",
    "representativity",
    "sen_yates_grundy",
    "spread",
    "total",
]

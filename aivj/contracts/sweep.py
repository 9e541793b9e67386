"""`sweep.json`: the configurations that were tried, and how each did."""

from collections.abc import Mapping
from typing import Literal

from pydantic import StrictBool, StrictInt, StrictStr

from aivj.contracts.fields import Number
from aivj.contracts.json_text import ContractModel

SWEEP_NAME = "sweep.json"

Option = StrictBool | StrictInt | Number | StrictStr


class SweptConfiguration(ContractModel):
    """One configuration over all seeds.

    Attributes:
        config: Options of the fit by name, as `aivj train` knows them with underscores; the seed
            is the first one.
        objective: Mean over seeds, 0..1; None if nothing could be judged.
        spread: Standard deviation over seeds; 0 with one.
        metrics: Held-out figures, means over the seeds in which they could be said.
    """

    config: Mapping[str, Option]
    objective: Number | None
    spread: Number
    metrics: Mapping[str, Number]


class SweepTable(ContractModel):
    """A finished sweep.

    Attributes:
        version: Version of this form.
        results: All configurations, the best one first.
    """

    version: Literal["v1"] = "v1"
    results: list[SweptConfiguration]

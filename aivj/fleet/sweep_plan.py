"""How large a search is."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field


@dataclass(frozen=True)
class SweepPlan:
    """How large a search is.

    Attributes:
        num_configs: Configurations in all.
        num_seeds: Seeds that each is averaged over.
        num_trials: Structures to try; the configurations are divided among them.
        max_concurrent: Trials at a time.
    """

    num_configs: Annotated[int, Field(ge=1, le=100_000, description="Configurations.")] = 256
    num_seeds: Annotated[int, Field(ge=1, le=1000, description="Repetitions of each.")] = 3
    num_trials: Annotated[
        int,
        Field(ge=1, le=10_000, description="Structures; configurations are dealt to them."),
    ] = 8
    max_concurrent: Annotated[
        int, Field(ge=1, le=1024, description="Trials at a time. Default: cores.")
    ] = 2

    @property
    def num_members(self) -> int:
        """Configurations in each trial."""
        return -(-self.num_configs // self.num_trials)

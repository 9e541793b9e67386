"""What a fit can be told."""

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aivj.coupling.eval_target import EvalTarget
from aivj.errors import InputError

NegLabel = Literal["measured", "assumed"]
Figures = Literal["measured", "none"]

ELITE_WEIGHT = 1.0

_MAX_WIDTH = 4096
_MAX_WEIGHT = 1000.0
# scikit-learn takes no larger seed, and evaluations count on from the first one.
_MAX_SEED = 2**31 - 1


class FitConfig(BaseModel):
    """Options of one fit. Frozen, and recorded as it stands in the checkpoint."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    epochs: int = Field(
        20, ge=1, le=100_000, description="Most passes; each is followed by metrics."
    )
    early_stopping: bool = Field(
        default=True, description="Stop where families that are not seen fare best."
    )
    batch_size: int = Field(
        256, ge=1, le=1_000_000, description="Rows in a step, over all workers together."
    )
    learning_rate: float = Field(1e-3, gt=0, le=1, description="Step size of AdamW.")
    weight_decay: float = Field(1e-4, ge=0, le=10, description="Decay of AdamW.")
    encoder_width: int = Field(
        32, ge=1, le=_MAX_WIDTH, description="Numbers that the net makes of a preset."
    )
    hidden_width: int = Field(
        32, ge=1, le=_MAX_WIDTH, description="Units of the hidden layer over a pair."
    )
    dropout: float = Field(0.1, ge=0, lt=1, description="Share of units left out in a step.")
    eval_target: EvalTarget = Field(
        "v1",
        description="What a measured pair is worth; compat: for rows of other drivers than the "
        "stage.",
    )
    extra_eval_weight: float = Field(
        0.35, ge=0, le=_MAX_WEIGHT, description="Loss weight of measured pairs."
    )
    neg_weight: float = Field(
        0.20, ge=0, le=_MAX_WEIGHT, description="Loss weight of synthetic negatives."
    )
    preference_weight: float = Field(
        0.25, ge=0, le=_MAX_WEIGHT, description="Loss weight of people's comparisons."
    )
    neg_samples: int = Field(
        50_000, ge=0, le=10_000_000, description="Most synthetic negatives to draw."
    )
    neg_min_pair_distance: int = Field(
        50,
        ge=1,
        le=10_000_000,
        description="Least distance in a manifest between the layers of a negative.",
    )
    neg_label: NegLabel = Field(
        "measured",
        description="What a synthetic negative is worth: what its presets' takes say, where both "
        "are drawn, or always nothing.",
    )
    figures: Figures = Field(
        "measured",
        description="What the net is told of a pair beside its presets' texts: figures composed of "
        "their takes, where there are any, or none.",
    )
    code_terms: bool = Field(
        default=False,
        description="Tell it also of the terms of presets' code, weighed by TF-IDF.",
    )
    held_out_share: float = Field(
        0.2, ge=0, lt=1, description="Share of the presets, by families, kept from training."
    )
    seed: int = Field(
        0, ge=0, le=_MAX_SEED, description="Decides the negatives, the split and the fit."
    )

    @classmethod
    def of(cls, **options: Any) -> Self:
        """Makes the configuration from options of a command line.

        Raises:
            InputError: One of them is outside its range, or no number; names the option.
        """
        try:
            return cls(**options)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            name = str(first["loc"][0]).replace("_", "-")
            rule = first["msg"].removeprefix("Input should be ")
            raise InputError(
                f"--{name} to be {rule}",
                f"{first['input']}",
                f"leave it out for {cls.model_fields[name.replace('-', '_')].default}, or give a "
                "number in that range",
            ) from error

    @property
    def source_weights(self) -> tuple[float, float, float]:
        """Loss weight of a row by its `Source`: elite, measured, negative."""
        return ELITE_WEIGHT, self.extra_eval_weight, self.neg_weight

"""What a fit can be told."""

from pydantic import BaseModel, ConfigDict, Field

from aivj.coupling.eval_target import EvalTarget


class FitConfig(BaseModel):
    """Options of one fit. Frozen, and recorded as it stands in the checkpoint."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    epochs: int = Field(20, ge=1, description="Passes; after each one metrics are reported.")
    batch_size: int = Field(256, ge=1, description="Rows in a step, over all workers together.")
    learning_rate: float = Field(1e-3, gt=0, description="Step size of AdamW.")
    weight_decay: float = Field(1e-4, ge=0, description="Decay of AdamW.")
    hidden_width: int = Field(128, ge=1, description="Units in each of the two hidden layers.")
    dropout: float = Field(0.1, ge=0, lt=1, description="Share of hidden units left out in a step.")
    eval_target: EvalTarget = Field("v1", description="What a measured pair is worth.")
    extra_eval_weight: float = Field(0.35, ge=0, description="Loss weight of measured pairs.")
    neg_weight: float = Field(0.20, ge=0, description="Loss weight of synthetic negatives.")
    neg_samples: int = Field(50_000, ge=0, description="Most synthetic negatives to draw.")
    neg_min_pair_distance: int = Field(
        50, ge=1, description="Least distance in a manifest between the layers of a negative."
    )
    held_out_share: float = Field(
        0.2, ge=0, lt=0.5, description="Share of the labelled pairs kept away from training."
    )
    seed: int = Field(0, ge=0, description="Decides the negatives, the split and the fit.")

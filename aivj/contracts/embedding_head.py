"""What stands beside `head.pt` and a LoRA adapter: what they were learned from, and how well."""

from typing import Literal

from pydantic import Field

from aivj.contracts.embeddings import Encoder
from aivj.contracts.fields import Count, Share
from aivj.contracts.json_text import ContractModel


class LearnedFigures(ContractModel):
    """How often presets that were held out are put into their cluster."""

    num_learned: Count = Field(description="Presets that were learned from")
    num_held_out: Count = Field(description="Presets that were not")
    train_accuracy: Share = Field(description="Of presets that were learned from")
    held_out_accuracy: Share = Field(description="Of presets that were not")
    majority_share: Share = Field(description="Of these, by naming the largest cluster always")
    nearest_centre_accuracy: float | None = Field(
        default=None, description="Of these, by the nearest mean of learned ones; null: not asked"
    )


class HeadMeta(ContractModel):
    """A linear or two-layer head on embeddings."""

    version: Literal["v0"] = Field(default="v0", description="Version of this form")
    generated_at: str = Field(description="When it was learned, ISO-8601")
    kind: Literal["linear", "mlp"] = Field(description="One layer, or two")
    dims: Count = Field(description="Length of an embedding")
    hidden: Count = Field(description="Width between the layers; 0 of linear")
    classes: tuple[str, ...] = Field(description="Clusters, in the order of outputs")
    encoder: Encoder = Field(description="What made the embeddings; others are not to be put in")
    seed: Count = Field(description="What chance began with")
    figures: LearnedFigures


class LoraMeta(ContractModel):
    """A LoRA adapter of CLIP's vision tower."""

    version: Literal["v0"] = Field(default="v0", description="Version of this form")
    generated_at: str = Field(description="When it was learned, ISO-8601")
    model: str = Field(description="The tower: its name at the hub, or its folder's")
    weights: str = Field(description="SHA-256 of the tower's weights")
    rank: Count = Field(description="Of the adapter's matrices")
    epochs: Count = Field(description="Times that each picture was learned from")
    classes: tuple[str, ...] = Field(description="Clusters that it was taught")
    seed: Count = Field(description="What chance began with")
    losses: tuple[float, ...] = Field(description="Mean cross-entropy of each epoch, in nats")
    figures: LearnedFigures

"""`clusters.v0.json`: which presets of a pack belong together."""

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from aivj.contracts.fields import Count, OuterText
from aivj.contracts.json_text import ContractModel, document_bytes, read_object, validated
from aivj.storage import write_atomic

CLUSTERS_NAME = "clusters.v0.json"

ClusterMode = Literal["embeddings", "text", "both", "taught", "tag"]


class Cluster(ContractModel):
    """One group of presets."""

    id: str = Field(min_length=1, description="c00, c01, ...; the same group keeps it in a rerun")
    count: Count = Field(description="Presets in it")
    label: OuterText = Field(default="", description="What it is called, for people")
    terms: list[OuterText] = Field(
        default_factory=list, description="Terms of code that tell it from the others"
    )
    nearest: list[OuterText] = Field(
        default_factory=list, description="Presets nearest its centre, the nearest first"
    )


class Clusters(ContractModel):
    """A clustering of a pack."""

    version: Literal["v0"] = Field(default="v0", description="Version of this form")
    generated_at: str = Field(description="When it was made, ISO-8601")
    pack: OuterText = Field(description="Name of the pack")
    k: Count = Field(description="Clusters that were asked for")
    seed: Count = Field(description="Where k-means began")
    method: str = Field(description="kmeans, argmax of taught styles, or rules of tags")
    mode: ClusterMode = Field(description="What presets were compared by")
    space: str = Field(default="", description="Version of what they were compared by")
    assignments: dict[str, str] = Field(description="Cluster of each preset, by its id")
    clusters: list[Cluster] = Field(description="The clusters, by id")

    @model_validator(mode="after")
    def _whole(self) -> "Clusters":
        unknown = set(self.assignments.values()) - {each.id for each in self.clusters}
        if unknown:
            raise ValueError(f"presets in clusters that are not listed: {sorted(unknown)[:3]}")
        return self


def read_clusters(path: Path) -> Clusters:
    """Reads a clustering; of another program's, what it does not say is empty.

    Raises:
        InputError: It is missing, or assigns no presets to clusters.
    """
    document = read_object(path)
    told = {"generatedAt": "", "pack": "", "k": 0, "seed": 0, "method": "", "mode": "embeddings"}
    assigned = document.get("assignments")
    if isinstance(assigned, dict) and not isinstance(document.get("clusters"), list):
        names = sorted({str(each) for each in assigned.values()})
        told["clusters"] = [{"id": name, "count": 0} for name in names]
        document.pop("clusters", None)
    return validated(Clusters, {**told, **document}, str(path))


def write_clusters(path: Path, clusters: Clusters) -> None:
    """Writes a clustering, whole or not at all.

    Raises:
        StorageError: The disk did not take it.
    """
    write_atomic(path, document_bytes(clusters))

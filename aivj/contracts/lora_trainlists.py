"""`lora-trainlists.summary.json` and `bucket-cNN.txt`: which presets of each cluster are taught."""

from typing import Annotated, Literal

from pydantic import AliasGenerator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from aivj.contracts.fields import Count
from aivj.contracts.json_text import ContractModel

TRAINLISTS_FOLDER = "lora-trainlists"
SUMMARY_NAME = "lora-trainlists.summary.json"


class TargetLimits(ContractModel):
    """What a preset's pictures must be like; its fields are options of the command line too."""

    # A field's `alias` would name a variable of the environment there.
    model_config = ConfigDict(
        alias_generator=AliasGenerator(validation_alias=to_camel, serialization_alias=to_camel)
    )

    luma_min: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False, description="Mean luma.")] = (
        0.05
    )
    luma_max: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False, description="Mean luma.")] = (
        0.92
    )
    motion_min: Annotated[
        float, Field(ge=0, le=1, allow_inf_nan=False, description="Of pictures in a row.")
    ] = 0.03
    band_min: Annotated[
        float,
        Field(ge=0, le=1, allow_inf_nan=False, description="Response to the band that leads."),
    ] = 0.08
    flat: Annotated[bool, Field(description="Take those that follow no band, too.")] = False


class Bucket(ContractModel):
    """The presets of a cluster that are taught."""

    cluster: str = Field(description="The cluster")
    file: str = Field(description="Their list, a relative path a line, beside this file")
    presets: Count = Field(description="How many they are")


class TrainlistsSummary(ContractModel):
    """What was chosen of which."""

    version: Literal["v0"] = Field(default="v0", description="Version of this form")
    generated_at: str = Field(description="When, ISO-8601")
    limits: TargetLimits
    considered: Count = Field(description="Presets with pictures and a cluster")
    chosen: Count = Field(description="Those in the lists")
    left_out: dict[str, Count] = Field(description="The others, by the first limit that they miss")
    buckets: tuple[Bucket, ...] = Field(description="By cluster")


def safe_name(cluster: str) -> str:
    """Returns a part of a file's name for a cluster, whatever that is called."""
    return "".join(each if each.isalnum() or each in "-_" else "_" for each in cluster)


def bucket_name(cluster: str) -> str:
    """Returns what the list of a cluster is called."""
    return f"bucket-{safe_name(cluster)}.txt"

"""Where and with what browsers draw."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from aivj.browser.profiles import GpuPolicy, ProfileName

ExecutorKind = Literal["ray", "in-process"]


@dataclass(frozen=True)
class RenderOptions:
    """Where and with what browsers draw.

    Attributes:
        gpu: Which renderer is asked for.
        profile: Launch profile to use instead of trying those that fit `gpu`.
        maximized: Whether a window fills its screen, and a runtime's page the window.
    """

    gpu: GpuPolicy = "require"
    profile: ProfileName | None = None
    headed: Annotated[
        bool, Field(description="Software profiles: open a window on an own Xvfb.")
    ] = False
    maximized: bool = False
    takes_uri: Annotated[
        str, Field(description="Where takes are kept: a folder, or s3://bucket/prefix.")
    ] = "var/takes"
    executor: Annotated[
        ExecutorKind, Field(description="Where browsers run: Ray actors, or here.")
    ] = "ray"
    ray_address: Annotated[
        str | None, Field(description="Join this Ray cluster (`auto` inside a job).")
    ] = None
    actor_cpus: Annotated[float, Field(ge=0, description="CPUs of each browser's actor.")] = 1
    actor_gpus: Annotated[
        float, Field(ge=0, description="GPUs of each actor: whole, or 1/n of one.")
    ] = 0
    browser_slots: Annotated[
        float,
        Field(ge=0, description="Of the cluster's custom resource browser_slot for each actor."),
    ] = 0

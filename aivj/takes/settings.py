"""How a preset is drawn. Two runs with equal settings give equal takes."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field


@dataclass(frozen=True)
class RenderSettings:
    """The operating point of the stage, chosen by `make bench-operating-point`.

    Attributes:
        mesh_width: Squares of the warp mesh in a row.
        mesh_height: Rows of the warp mesh.
        silent_frames: At how many frames at most the pair is compared with itself in silence.
        silent_every: Which of the measured frames these are: every n-th. Late ones tell more,
            since what music does to a picture adds up.
        frames_per_s: Rate of the virtual clock.
    """

    width: Annotated[int, Field(ge=64, le=3840, description="Pixels.")] = 256
    height: Annotated[int, Field(ge=36, le=2160, description="Pixels.")] = 144
    mesh_width: int = 32
    mesh_height: int = 24
    warmup_frames: Annotated[
        int, Field(ge=1, le=3600, description="Frames before the measured ones.")
    ] = 30
    measure_frames: Annotated[int, Field(ge=2, le=200, description="Frames measured.")] = 40
    silent_frames: int = 3
    silent_every: int = 10
    frames_per_s: int = 30

    @property
    def num_frames(self) -> int:
        """Frames that are drawn, those of the warm-up included."""
        return self.warmup_frames + self.measure_frames

    @property
    def duration_s(self) -> float:
        """Virtual time that a preset is drawn for."""
        return self.num_frames / self.frames_per_s

    @property
    def silent_step(self) -> int:
        """`silent_every`, or all of a measurement that is shorter, whose last frame is compared."""
        return min(self.silent_every, self.measure_frames)

    @property
    def num_compared(self) -> int:
        """How many silent frames there are: `silent_frames`, or what fits a short measurement."""
        return min(self.silent_frames, self.measure_frames // self.silent_step)

    @property
    def compared_frames(self) -> slice:
        """The measured frames that the silent ones stand beside."""
        step = self.silent_step
        return slice(step - 1, self.num_compared * step, step)


REFERENCE = RenderSettings(
    width=320,
    height=180,
    mesh_width=48,
    mesh_height=36,
    measure_frames=60,
    silent_frames=60,
    silent_every=1,
)
"""What the operating point is judged by."""

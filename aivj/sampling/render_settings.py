"""How a pair is rendered. Two runs with equal settings give equal measurements."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class RenderSettings:
    """The operating point of the stage, chosen by `make bench-operating-point`.

    Attributes:
        width: Picture width in pixels.
        height: Picture height in pixels.
        mesh_width: Squares of the warp mesh in a row.
        mesh_height: Rows of the warp mesh.
        warmup_frames: Frames drawn before the first measured one; presets fade in.
        measure_frames: Frames measured.
        silent_frames: At how many frames at most the pair is compared with itself in silence.
        silent_every: Frames from one of them to the next, beginning with the first measured one.
        frames_per_s: Rate of the virtual clock.
        seed: Start of the layers' random streams.
    """

    width: int = 256
    height: int = 144
    mesh_width: int = 32
    mesh_height: int = 24
    warmup_frames: int = 30
    measure_frames: int = 30
    silent_frames: int = 4
    silent_every: int = 4
    frames_per_s: int = 30
    seed: int = 0

    @property
    def duration_s(self) -> float:
        """Virtual time that a pair is rendered for."""
        return (self.warmup_frames + self.measure_frames) / self.frames_per_s

    @property
    def num_compared(self) -> int:
        """How many silent frames there are: `silent_frames`, or what fits a short measurement."""
        return min(self.silent_frames, math.ceil(self.measure_frames / self.silent_every))

    @property
    def compared_frames(self) -> slice:
        """The measured frames that the silent ones stand beside."""
        return slice(0, (self.num_compared - 1) * self.silent_every + 1, self.silent_every)


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

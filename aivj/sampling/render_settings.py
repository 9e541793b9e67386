"""How a pair is rendered. Two runs with equal settings give equal measurements."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RenderSettings:
    """The operating point of the stage.

    Attributes:
        width: Picture width in pixels.
        height: Picture height in pixels.
        warmup_frames: Frames drawn before the first measured one; presets fade in.
        measure_frames: Frames measured.
        frames_per_s: Rate of the virtual clock.
        seed: Start of the layers' random streams.
    """

    width: int = 320
    height: int = 180
    warmup_frames: int = 30
    measure_frames: int = 60
    frames_per_s: int = 30
    seed: int = 0

    @property
    def duration_s(self) -> float:
        """Virtual time that a pair is rendered for."""
        return (self.warmup_frames + self.measure_frames) / self.frames_per_s

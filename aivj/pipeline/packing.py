"""Presets accepted into a pack or not: what becomes of each when it is converted and linked."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from aivj.browser.choice import RendererChoice
from aivj.browser.profiles import GpuPolicy
from aivj.errors import MissingDependencyError, RendererRefusedError, WorkerLostError
from aivj.packs.drawing import Rejection
from aivj.packs.scan import PresetFile
from aivj.pipeline.render_options import RenderOptions
from aivj.pipeline.rendering import prove_renderer
from aivj.stage.converted_preset import ConvertedPreset

LinkCheck = Literal["auto", "on", "off"]
Degraded = Literal["keep", "skip"]

_BY_STAGE = {
    "link": "a shader does not link",
    "timeout": "a shader takes too long to convert",
}


@dataclass
class Acceptance:
    """Accepts presets into a pack, and counts those that are accepted in part.

    Attributes:
        convert: Converts a preset's bytes, and links its shaders if there is a browser for that.
        degraded: Whether presets of which a part cannot be drawn are kept.
        on_accepted: Told how many presets were accepted so far.
        kept_in_part: How many such presets were kept, by reason.
        examples: The first preset of each of those reasons, and what it is of that one.
    """

    convert: Callable[[bytes], ConvertedPreset]
    degraded: Degraded
    on_accepted: Callable[[int], None] = lambda _: None
    kept_in_part: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    _num_accepted: int = 0

    def accept(self, file: PresetFile, data: bytes) -> bool | Rejection:
        """Says whether a preset is drawn; see `aivj.packs.drawing.Accept`."""
        preset = self.convert(data)
        detail = "; ".join(preset.degraded_reasons)
        if not preset.butterchurn:
            return Rejection("cannot be converted", detail)
        if preset.degraded:
            reason = reason_in_part(preset)
            if self.degraded == "skip":
                return Rejection(reason, detail)
            self.kept_in_part[reason] += 1
            self.examples.setdefault(reason, f"{file.relative_path}: {detail}")
        self._num_accepted += 1
        self.on_accepted(self._num_accepted)
        return True


def reason_in_part(preset: ConvertedPreset) -> str:
    """Returns why a part of a preset cannot be drawn, in the same words for all presets."""
    for report in (preset.shaders.warp, preset.shaders.comp):
        if report.state == "failed":
            return _BY_STAGE.get(report.stage or "", "a shader does not convert")
    if preset.equations:
        return "an equation does not compile"
    if preset.user_textures:
        return "a texture is missing"
    if preset.guessed_texsizes:
        return "the size of a texture is a guess"
    return "not all of it can be drawn"


def link_renderer(
    check: LinkCheck, gpu: GpuPolicy, say: Callable[[str], None]
) -> RendererChoice | None:
    """Returns what shaders are linked on; None if they are not, which is said with the reason.

    Raises:
        RendererRefusedError: `check` is on, and there is no such renderer.
        MissingDependencyError: `check` is on, and there is no browser.
    """
    if check == "off":
        say("shaders are not linked (--link-check off): those that do not link come to light later")
        return None
    try:
        return prove_renderer(RenderOptions(gpu=gpu))
    except RendererRefusedError:
        why = "no GPU was proved" if gpu == "require" else "no software renderer was proved"
        remedy = "; --gpu software links them on this CPU" if gpu == "require" else ""
        if check == "on":
            raise
    except (MissingDependencyError, WorkerLostError) as error:
        why, remedy = error.found, f"; {error.remedy}"
        if check == "on":
            raise
    say(f"shaders are not linked, since {why} (`aivj doctor` tells more){remedy}")
    return None

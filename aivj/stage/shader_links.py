"""Which converted shaders link on a renderer, remembered on disk; a preset without the others."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from aivj.stage.converted_preset import ConvertedPreset, ShaderReport
from aivj.storage import sha256_hex, write_atomic

LINK_SCRIPT = "shaders => window.__aivj_stage.linkErrors([shaders]).then(([errors]) => errors)"
"""Asks the stage's page for the `LinkErrors` of what `shaders` returns."""


class LinkErrors(BaseModel):
    """What the renderer's compiler says of a preset's shaders; None of one that links."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    warp: str | None
    comp: str | None

    @property
    def broken(self) -> dict[str, str]:
        """What the compiler says, by shader, of those that do not link."""
        return {kind: log for kind, log in self.model_dump().items() if log is not None}

    @property
    def reasons(self) -> list[str]:
        """Why a preset without them is degraded."""
        return [f"{kind} shader: link: {log}" for kind, log in self.broken.items()]


class LinkVerdicts:
    """Verdicts by the shaders' text.

    Args:
        folder: Where they lie; made when first written.
        renderer: All that decides them besides the text: class, driver, browser, stage.
    """

    def __init__(self, folder: Path, renderer: str) -> None:
        self._folder = folder / sha256_hex(renderer.encode())[:16]

    def find(self, preset: ConvertedPreset) -> LinkErrors | None:
        """Returns what is known of a preset; None if nothing is, or nothing that can be read."""
        try:
            return LinkErrors.model_validate_json(self._path(preset).read_bytes())
        except (OSError, ValidationError):
            return None

    def keep(self, preset: ConvertedPreset, errors: LinkErrors) -> None:
        """Remembers a verdict.

        Raises:
            StorageError: It cannot be written.
        """
        write_atomic(self._path(preset), errors.model_dump_json().encode())

    def _path(self, preset: ConvertedPreset) -> Path:
        digest = sha256_hex("\0".join(shaders(preset.butterchurn).values()).encode())
        return self._folder / digest[:2] / f"{digest}.json"


def shaders(butterchurn: Mapping[str, Any]) -> dict[str, str]:
    """Returns GLSL of a preset's `warp` and `comp`; empty where Butterchurn draws its own."""
    return {kind: str(butterchurn.get(kind, "")) for kind in ("warp", "comp")}


def without_unlinked(preset: ConvertedPreset, errors: LinkErrors) -> ConvertedPreset:
    """Returns the preset with Butterchurn's own shader in place of each that does not link."""
    if not errors.broken:
        return preset
    reports: dict[str, Any] = {
        kind: ShaderReport(state="failed", stage="link", message=log)
        for kind, log in errors.broken.items()
    }
    return preset.model_copy(
        update={
            "butterchurn": {**preset.butterchurn, **dict.fromkeys(errors.broken, "")},
            "shaders": preset.shaders.model_copy(update=reports),
            "degraded": True,
            "degraded_reasons": [*preset.degraded_reasons, *errors.reasons],
        }
    )

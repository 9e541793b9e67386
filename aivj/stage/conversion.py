"""Presets from MilkDrop's text to Butterchurn's form, each converted once and then remembered."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError

from aivj.errors import MissingDependencyError
from aivj.stage.assets import DIST
from aivj.stage.conversion_child import ChildLostError, ConversionChild
from aivj.stage.converted_preset import (
    ConvertedPreset,
    FailureStage,
    ShaderReport,
    ShaderReports,
)
from aivj.storage import sha256_hex, write_atomic

BUNDLE = DIST / "convert.mjs"


class PresetConverter:
    """Converts presets in a Node process of its own, with a cache on disk.

    Not safe for concurrent calls. The cache is keyed by the preset's bytes and by the converter's
    bundle, which holds its rules and packages; what is cached needs no Node.

    Args:
        cache_dir: Folder of the cache; made when first written.
        timeout_s: Longest time for one preset, in seconds, before the process is killed.
        bundle: The built converter.
    """

    def __init__(self, cache_dir: Path, *, timeout_s: float = 5.0, bundle: Path = BUNDLE) -> None:
        self._cache_dir = cache_dir
        self._timeout_s = timeout_s
        self._bundle = bundle
        self._bundle_digest: str | None = None
        self._child = ConversionChild(bundle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.close()

    def convert(self, data: bytes) -> ConvertedPreset:
        """Converts the bytes of a `.milk` file. Whatever they are, a preset comes of them.

        A shader that cannot be converted, or that takes too long, is reported as failed; the
        preset is then degraded.

        Raises:
            MissingDependencyError: There is no Node, or the converter has not been built.
            RunError: The built converter does not run.
            StorageError: The cache cannot be written.
        """
        path = self._cache_path(data)
        cached = _read_cached(path)
        if cached is not None:
            return cached
        text = data.decode("latin-1")
        try:
            preset = self._ask_twice(text)
        except ChildLostError as error:
            # Not cached: a busy machine may be to blame, and the next run may do better.
            return self._convert_without_shaders(text, error)
        write_atomic(path, preset.model_dump_json().encode())
        return preset

    def convert_many(
        self,
        items: Iterable[bytes],
        on_progress: Callable[[int], None] = lambda _: None,
    ) -> list[ConvertedPreset]:
        """Converts several presets in order; `on_progress` is given how many are done."""
        presets: list[ConvertedPreset] = []
        for data in items:
            presets.append(self.convert(data))
            on_progress(len(presets))
        return presets

    def _ask_twice(self, text: str) -> ConvertedPreset:
        """Asks again if the process died, which need not have been the preset's doing."""
        try:
            return self._ask(text)
        except ChildLostError as error:
            if error.timed_out:
                raise
            return self._ask(text)

    def _ask(self, text: str, **options: Any) -> ConvertedPreset:
        answer = self._child.ask({"text": text, **options}, timeout_s=self._timeout_s)
        return ConvertedPreset.model_validate(answer["preset"])

    def _convert_without_shaders(self, text: str, lost: ChildLostError) -> ConvertedPreset:
        stage: FailureStage = "timeout" if lost.timed_out else "parse"
        message = f"the converter was lost: {lost.found}"
        try:
            return self._ask(text, failed={"stage": stage, "message": message})
        except ChildLostError:
            report = ShaderReport(state="failed", stage=stage, message=message)
            return ConvertedPreset(
                converter="",
                butterchurn={},
                shaders=ShaderReports(warp=report, comp=report),
                user_textures=[],
                guessed_texsizes=[],
                degraded=True,
                degraded_reasons=[f"the preset's text cannot be taken apart: {message}"],
            )

    def _cache_path(self, data: bytes) -> Path:
        self._bundle_digest = self._bundle_digest or converter_digest(self._bundle)
        digest = sha256_hex(data)
        return self._cache_dir / self._bundle_digest / digest[:2] / f"{digest}.json"


def converter_digest(bundle: Path = BUNDLE) -> str:
    """Returns 16 hexadecimal digits of the converter's rules and packages.

    Raises:
        MissingDependencyError: It has not been built.
    """
    try:
        return sha256_hex(bundle.read_bytes())[:16]
    except FileNotFoundError as error:
        raise MissingDependencyError(
            f"the built converter {bundle}",
            "no such file",
            "run `make setup` (npm ci, npm run build)",
        ) from error


def _read_cached(path: Path) -> ConvertedPreset | None:
    """Returns what is cached at `path`; None if nothing is, or nothing that can be read."""
    try:
        return ConvertedPreset.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None

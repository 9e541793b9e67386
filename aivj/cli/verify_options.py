"""What a verification is asked to do: options, else variables, else defaults."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from aivj.cli.options import Gpu
from aivj.cli.verb import require_path
from aivj.errors import InputError
from aivj.gate.arms import Sampling
from aivj.gate.environment import VerifyEnvironment, read_environment
from aivj.gate.report import Mode
from aivj.gate.request import VerifyRequest

T = TypeVar("T")

_LIBRARY_MANIFEST = "library-manifest.json"
_RUN_MANIFEST = "run-manifest.json"
_NUM_SAMPLES = 400


@dataclass(frozen=True)
class VerifyOptions:
    """Options of the command line; None: not given.

    Attributes:
        pack: Pack of pairs.
        url: Page of somebody else's.
        release: Whether the evidence has to be good enough to release.
        preset_library: Library of single presets.
        run_manifest_url: Where the page finds its run manifest.
        samples: Picks to compare.
        max_clicks: How often picks are asked for at most.
        click_delay_ms: Time between that.
        gamma: How much weighted picks prefer a better score.
        explore: Share of a pick's weight that does not depend on the score.
        device_scale_factor: Device pixels in a CSS pixel.
        beat_tempo: Whether the tempo has to be found.
        strict_outputs: Whether a panel of outputs is required.
        hard_timeout_ms: Longest time for all.
        attempts: Tries of the whole.
        heartbeat_ms: Time between signs of life.
        host: Host of the own player.
        port: Port of the own player.
        seed: Seed of picks and bootstrap.
    """

    pack: str | None = None
    url: str | None = None
    release: bool = False
    preset_library: str | None = None
    run_manifest_url: str | None = None
    samples: int | None = None
    max_clicks: int | None = None
    click_delay_ms: int | None = None
    gamma: float | None = None
    explore: float | None = None
    device_scale_factor: float | None = None
    beat_tempo: bool | None = None
    strict_outputs: bool | None = None
    hard_timeout_ms: int | None = None
    attempts: int | None = None
    heartbeat_ms: int | None = None
    host: str | None = None
    port: int | None = None
    seed: int = 0


def verify_request(options: VerifyOptions, *, packs_root: Path) -> VerifyRequest:
    """Returns what is verified.

    Raises:
        InputError: A variable has a value that it cannot have, or an address is no page's.
    """
    environment = read_environment()
    url = _http(first(options.url, environment.url))
    pack = _pack(options, environment, url)
    if pack is not None:
        environment = read_environment(compares_picks=True)
    library = _library(options, environment, url, packs_root)
    mode: Mode = "release" if options.release else "dev"
    timeout_ms = first(options.hard_timeout_ms, environment.hard_timeout_ms)
    return VerifyRequest(
        pack=pack,
        mode=mode,
        url=url,
        preset_library=library,
        run_manifest_url=_run_manifest(options, library, url, packs_root),
        beat_tempo=first(options.beat_tempo, environment.beat_tempo),
        strict_outputs=first(options.strict_outputs, environment.strict_outputs_panel),
        gamma=first(options.gamma, environment.coupled_gamma),
        explore=first(options.explore, environment.coupled_explore),
        sampling=_sampling(options, environment),
        seed=options.seed,
        device_scale_factor=first(options.device_scale_factor, environment.device_scale_factor),
        hard_timeout_s=timeout_ms / 1000,
        attempts=first(options.attempts, environment.attempts),
        heartbeat_s=first(options.heartbeat_ms, environment.heartbeat_ms) / 1000,
        host=first(options.host, environment.host),
        port=first(options.port, environment.port) or 0,
    )


def gpu_policy(option: Gpu | None, environment: VerifyEnvironment) -> Gpu:
    """Returns which renderer is asked for; only `off` that somebody wrote leads to software."""
    if option is not None:
        return option
    off = is_set(environment, "gpu_mode") and environment.gpu_mode == "off"
    return "software" if off and not environment.gpu else "require"


def is_headed(option: bool | None, environment: VerifyEnvironment, gpu: Gpu) -> bool:
    """Whether a software profile opens a window; profiles of GPUs have their own way."""
    if gpu != "software":
        return False
    if option is not None:
        return option
    return is_set(environment, "headless") and not environment.headless


def first(option: T | None, default: T) -> T:
    """Returns the option if it was given."""
    return default if option is None else option


def is_set(environment: VerifyEnvironment, name: str) -> bool:
    """Whether a variable was set, by the name of its field."""
    return name in environment.model_fields_set


def _http(url: str | None) -> str | None:
    if url is None or url.startswith(("http://", "https://")):
        return url
    raise InputError("an address that begins with http:// or https://", url, "write it in full")


def _pack(options: VerifyOptions, environment: VerifyEnvironment, url: str | None) -> str | None:
    """The own player always plays a pack; somebody else's page only when asked to."""
    if options.pack is not None:
        return options.pack
    plays_pairs = url is None or environment.run_coupled_ab
    return environment.coupled_pack if plays_pairs else None


def _library(
    options: VerifyOptions, environment: VerifyEnvironment, url: str | None, packs_root: Path
) -> str | None:
    """The own player is told of a library that was asked for, or that is there."""
    wanted = first(options.preset_library, environment.preset_library)
    was_asked = options.preset_library is not None or is_set(environment, "preset_library")
    folder = packs_root / "presets" / wanted
    require_path(folder)
    is_there = (folder / _LIBRARY_MANIFEST).is_file()
    return wanted if url is not None or was_asked or is_there else None


def _run_manifest(
    options: VerifyOptions, library: str | None, url: str | None, packs_root: Path
) -> str | None:
    if options.run_manifest_url is not None:
        return options.run_manifest_url
    is_there = library is not None and (packs_root / _RUN_MANIFEST).is_file()
    return f"/{_RUN_MANIFEST}" if url is not None or is_there else None


def _sampling(options: VerifyOptions, environment: VerifyEnvironment) -> Sampling:
    asked = options.samples
    if asked is None and is_set(environment, "sel_samples"):
        asked = environment.sel_samples
    return Sampling(
        num_samples=first(asked, _NUM_SAMPLES),
        num_shown=first(asked, environment.sel_samples),
        clicks=first(options.max_clicks, environment.sel_iters),
        click_delay_ms=first(options.click_delay_ms, environment.sel_delay_ms),
    )

"""What a verification is asked to do, as options and variables say it."""

from pathlib import Path

from aivj.cli.options import Gpu
from aivj.cli.verb import require_path
from aivj.contracts.library_manifest import LIBRARY_MANIFEST_NAME
from aivj.contracts.run_manifest import RUN_MANIFEST_NAME
from aivj.errors import InputError
from aivj.gate.arms import Sampling
from aivj.gate.environment import VerifyEnvironment, read_environment
from aivj.gate.request import VerifyRequest
from aivj.redaction import without_secrets

_NUM_SAMPLES = 400


def verify_request(
    environment: VerifyEnvironment,
    *,
    packs_root: Path,
    plays_pairs: bool = True,
    release: bool = False,
    run_manifest_url: str | None = None,
    seed: int = 0,
) -> VerifyRequest:
    """Returns what is verified.

    Args:
        environment: What options and variables say.
        packs_root: Folder that `/presets/...` URLs resolve below.
        plays_pairs: Whether somebody else's page plays a pack too, as the own player does.
        release: Whether the evidence has to be good enough to release.
        run_manifest_url: Where the page finds its run manifest, if that was said.
        seed: Seed of picks and bootstrap.

    Raises:
        InputError: An address is no page's, or a library's name no folder's.
    """
    url = _http(environment.url)
    compares_picks = plays_pairs or url is None or environment.run_coupled_ab
    if compares_picks:
        environment = read_environment(**environment.said | {"VERIFY_RUN_COUPLED_AB": True})
    library = _library(environment, packs_root)
    has_said_samples = is_set(environment, "sel_samples")
    return VerifyRequest(
        pack=environment.coupled_pack if compares_picks else None,
        mode="release" if release else "dev",
        url=url,
        preset_library=library,
        run_manifest_url=(
            _run_manifest(library, url, packs_root)
            if run_manifest_url is None
            else run_manifest_url
        ),
        beat_tempo=environment.beat_tempo,
        strict_outputs=environment.strict_outputs_panel,
        gamma=environment.coupled_gamma,
        explore=environment.coupled_explore,
        sampling=Sampling(
            num_samples=environment.sel_samples if has_said_samples else _NUM_SAMPLES,
            num_shown=environment.sel_samples,
            clicks=environment.sel_iters,
            click_delay_ms=environment.sel_delay_ms,
        ),
        seed=seed,
        device_scale_factor=environment.device_scale_factor,
        hard_timeout_s=environment.hard_timeout_ms / 1000,
        attempts=environment.attempts,
        heartbeat_s=environment.heartbeat_ms / 1000,
        host=environment.host,
        port=environment.port or 0,
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


def is_set(environment: VerifyEnvironment, name: str) -> bool:
    """Whether an option or a variable was given, by the name of its field."""
    return name in environment.model_fields_set


def _http(url: str | None) -> str | None:
    if url is not None and without_secrets(url) != url:
        raise InputError(
            "an address without credentials, since the evidence names it",
            url,
            "let the page answer without any on 127.0.0.1, and name that",
        )
    if url is None or url.startswith(("http://", "https://")):
        return url
    raise InputError("an address that begins with http:// or https://", url, "write it in full")


def _library(environment: VerifyEnvironment, packs_root: Path) -> str | None:
    """The own player is told of a library that was asked for, or that is there."""
    wanted = environment.preset_library
    folder = packs_root / "presets" / wanted
    require_path(folder)
    is_there = (folder / LIBRARY_MANIFEST_NAME).is_file()
    was_asked = environment.url is not None or is_set(environment, "preset_library")
    return wanted if was_asked or is_there else None


def _run_manifest(library: str | None, url: str | None, packs_root: Path) -> str | None:
    is_there = library is not None and (packs_root / RUN_MANIFEST_NAME).is_file()
    return f"/{RUN_MANIFEST_NAME}" if url is not None or is_there else None

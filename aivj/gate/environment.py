"""The variables that steer verification, as the runtime's own scripts have them."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from aivj.contracts.json_text import shown
from aivj.errors import InputError
from aivj.gate.stats import LinkLimits

GpuMode = Literal["safe", "force-d3d11", "off"]


def _is_one(value: object) -> object:
    return value.strip() == "1" if isinstance(value, str) else value


Flag = Annotated[bool, BeforeValidator(_is_one)]
"""A variable that says `1` or nothing; any other text is nothing, as it is for the scripts."""

Milliseconds = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
AtLeastOne = Annotated[int, Field(ge=1)]
NotNegative = Annotated[int, Field(ge=0)]

_HARD_TIMEOUT_MS = 480_000
_COUPLED_HARD_TIMEOUT_MS = 900_000
_SEL_DELAY_MS = 60
_COUPLED_SEL_DELAY_MS = 200
_ITERS_PER_SAMPLE = 10
_COUPLED_SEL_ITERS = 120
_DEFAULT_SEL_SAMPLES = 60


def _hard_timeout_ms(read: dict[str, Any]) -> int:
    return _COUPLED_HARD_TIMEOUT_MS if read["run_coupled_ab"] else _HARD_TIMEOUT_MS


def _sel_iters(read: dict[str, Any]) -> int:
    samples: int = read.get("sel_samples", _DEFAULT_SEL_SAMPLES)
    return _COUPLED_SEL_ITERS if read["run_coupled_ab"] else _ITERS_PER_SAMPLE * samples


def _sel_delay_ms(read: dict[str, Any]) -> int:
    return _COUPLED_SEL_DELAY_MS if read["run_coupled_ab"] else _SEL_DELAY_MS


def _gpu_mode(read: dict[str, Any]) -> GpuMode:
    return "safe" if read["gpu"] else "off"


def _headless(read: dict[str, Any]) -> bool:
    return not read["gpu"]


class VerifyEnvironment(BaseSettings):
    """What the environment says of a verification. Frozen once read; other variables are others'.

    An empty variable counts as absent. Some defaults depend on a variable that stands before.
    """

    model_config = SettingsConfigDict(
        case_sensitive=True, env_ignore_empty=True, extra="ignore", frozen=True
    )

    run_coupled_ab: Flag = Field(
        False,
        alias="VERIFY_RUN_COUPLED_AB",
        description="Compare weighted with shuffled picks on the page of VERIFY_URL too.",
    )
    gpu: Flag = Field(False, alias="VERIFY_GPU", description="Open a window, draw on a GPU.")
    gpu_mode: GpuMode = Field(
        default_factory=_gpu_mode,
        alias="VERIFY_GPU_MODE",
        description="How the GPU is asked for; safe with VERIFY_GPU, else off.",
    )
    headless: Flag = Field(
        default_factory=_headless,
        alias="VERIFY_HEADLESS",
        description="Open no window; so by default without VERIFY_GPU.",
    )
    url: str | None = Field(
        None, alias="VERIFY_URL", description="Page that is verified; unset: the own player."
    )
    out_dir: Path = Field(
        Path("artifacts/headless"), alias="VERIFY_OUT_DIR", description="Folder of the evidence."
    )
    port: int | None = Field(
        None,
        alias="VERIFY_PORT",
        ge=1,
        le=65535,
        description="Port of the own player; unset: one that is free.",
    )
    host: str = Field("127.0.0.1", alias="VERIFY_HOST", description="Host of the own player.")
    hard_timeout_ms: Milliseconds = Field(
        default_factory=_hard_timeout_ms,
        alias="VERIFY_HARD_TIMEOUT_MS",
        description="Longest time for all; 900000 when modes are compared.",
    )
    mute_audio: Flag = Field(
        False, alias="VERIFY_MUTE_AUDIO", description="Mute the speakers; our browsers always are."
    )
    device_scale_factor: float = Field(
        1.5,
        alias="VERIFY_DSF",
        gt=0,
        allow_inf_nan=False,
        description="Device pixels in a CSS pixel.",
    )
    beat_tempo: Flag = Field(
        False, alias="VERIFY_BEAT_TEMPO", description="Also check that the tempo is found."
    )
    preset_library: str = Field(
        "run3-crashsafe-15000",
        alias="VERIFY_PRESET_LIBRARY",
        description="Library of single presets; the own player has it where it lies in the packs.",
    )
    strict_outputs_panel: Flag = Field(
        False,
        alias="VERIFY_STRICT_OUTPUTS_PANEL",
        description="Whether a failing panel of outputs counts.",
    )
    sel_samples: AtLeastOne = Field(
        _DEFAULT_SEL_SAMPLES,
        alias="VERIFY_SEL_SAMPLES",
        description="Picks to compare in a mode; unset: 400 where a page need not draw them.",
    )
    sel_iters: AtLeastOne = Field(
        default_factory=_sel_iters,
        alias="VERIFY_SEL_ITERS",
        description="Most clicks for them; ten a sample, or 120 when modes are compared.",
    )
    sel_delay_ms: Milliseconds = Field(
        default_factory=_sel_delay_ms,
        alias="VERIFY_SEL_DELAY_MS",
        description="Time between clicks; 200 when modes are compared.",
    )
    coupled_gamma: float = Field(
        4.0,
        alias="VERIFY_COUPLED_GAMMA",
        ge=0,
        allow_inf_nan=False,
        description="How much weighted picks prefer a better score.",
    )
    coupled_explore: Share = Field(
        0.0,
        alias="VERIFY_COUPLED_EXPLORE",
        description="Share of a pick's weight that does not depend on the score.",
    )
    heartbeat_ms: Milliseconds = Field(
        30_000, alias="VERIFY_HEARTBEAT_MS", description="Time between signs of life."
    )
    attempts: AtLeastOne = Field(
        2, alias="VERIFY_ATTEMPTS", description="Tries of the whole, if a page is lost."
    )
    debug: Flag = Field(False, alias="VERIFY_DEBUG", description="Print the logs too.")
    timeout_ms: Milliseconds | None = Field(
        None, alias="VERIFY_TIMEOUT", description="Longest time for other scripts; unset: theirs."
    )
    coupled_pack: str = Field(
        "ai_generated_coupled_final",
        alias="VERIFY_COUPLED_PACK",
        description="Pack that is played weighted and shuffled.",
    )
    selection_min_selected: NotNegative = Field(
        6, alias="VERIFY_SELECTION_MIN_SELECTED", description="Fewest presets selected."
    )
    selection_min_selected_prefix: NotNegative = Field(
        5,
        alias="VERIFY_SELECTION_MIN_SELECTED_PREFIX",
        description="Fewest selected of the library.",
    )
    selection_min_matched: NotNegative = Field(
        3, alias="VERIFY_SELECTION_MIN_MATCHED", description="Fewest of them in the run manifest."
    )
    selection_min_ratio: Share = Field(
        0.1, alias="VERIFY_SELECTION_MIN_RATIO", description="Smallest share of them in it."
    )
    selection_min_matched_prefix: NotNegative = Field(
        2,
        alias="VERIFY_SELECTION_MIN_MATCHED_PREFIX",
        description="Fewest of the library's in the run manifest.",
    )
    selection_min_ratio_prefix: Share = Field(
        0.6,
        alias="VERIFY_SELECTION_MIN_RATIO_PREFIX",
        description="Smallest share of the library's in it.",
    )
    selection_max_non_prefix: NotNegative = Field(
        6, alias="VERIFY_SELECTION_MAX_NON_PREFIX", description="Most selected of other libraries."
    )
    artifacts_dir: Path = Field(
        Path("artifacts/headless"),
        alias="HEADLESS_ARTIFACTS_DIR",
        description="Folder of the evidence that is judged.",
    )
    require_schema_version: Flag = Field(
        False,
        alias="REQUIRE_SCHEMA_VERSION",
        description="Whether a report without schemaVersion fails.",
    )
    accept_use_artifacts: Flag = Field(
        False,
        alias="AIVJ_ACCEPT_USE_ARTIFACTS",
        description="Judge evidence that is there instead of making it.",
    )
    accept_timeout_ms: Milliseconds = Field(
        720_000, alias="AIVJ_ACCEPT_TIMEOUT_MS", description="Longest time for acceptance."
    )
    script_timeout_ms: Milliseconds = Field(
        120_000, alias="AIVJ_SCRIPT_TIMEOUT_MS", description="Longest time for one script."
    )
    nw_verify: Flag = Field(False, alias="NW_VERIFY", description="The page is being verified.")
    vite_nw_verify: Flag = Field(
        False, alias="VITE_NW_VERIFY", description="The same, as the page's build sees it."
    )

    @property
    def said(self) -> dict[str, Any]:
        """What was said, by its variable's name; the rest are defaults."""
        fields = type(self).model_fields
        return {str(fields[name].alias): getattr(self, name) for name in self.model_fields_set}

    @property
    def link_limits(self) -> LinkLimits:
        """How much of the selection has to be in the run manifest."""
        return LinkLimits(
            min_selected=self.selection_min_selected,
            min_matched=self.selection_min_matched,
            min_ratio=self.selection_min_ratio,
            min_selected_prefix=self.selection_min_selected_prefix,
            min_matched_prefix=self.selection_min_matched_prefix,
            min_ratio_prefix=self.selection_min_ratio_prefix,
            max_non_prefix=self.selection_max_non_prefix,
        )


def read_environment(**said: Any) -> VerifyEnvironment:
    """Reads the variables.

    Args:
        said: What options say, by variable: the variable itself does not count then.

    Raises:
        InputError: One of them has a value that it cannot have.
    """
    try:
        return VerifyEnvironment(**said)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise InputError(
            f"a usable value of {first['loc'][0]}: {first['msg']}",
            shown(first["input"]),
            "correct the variable, or unset it",
        ) from error

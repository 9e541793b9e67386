"""The configuration that every verb shares: options, then `AIVJ_*` variables, then defaults."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from pydantic import Field, PrivateAttr
from pydantic_settings import BaseSettings, SettingsConfigDict

from aivj.storage.places import Scratch, as_uri

PREFIX = "AIVJ_"

READ_ELSEWHERE = frozenset(
    {
        "AIVJ_ACCEPT_TIMEOUT_MS",
        "AIVJ_ACCEPT_USE_ARTIFACTS",
        "AIVJ_ALLOW_CPU",
        "AIVJ_CHAOS",
        "AIVJ_GPU",
        "AIVJ_MONITOR_TOKEN",
        "AIVJ_SCRIPT_TIMEOUT_MS",
    }
)
"""Variables of that prefix that options, acceptance and benchmarks read."""


class Settings(BaseSettings):
    """Where AIVJ keeps things. Frozen once read; nothing below a verb reads the environment."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    home: Path = Field(
        Path("var"),
        description="What everything AIVJ writes lies under: a folder, or s3://bucket/prefix.",
    )
    scratch: Path = Field(
        Path("~/.cache/aivj/places"),
        description="Folder for what lies in buckets, while it is worked on.",
    )
    driver_silence_s: float = Field(
        60.0, gt=0, description="Who writes a run in a bucket and says nothing so long is dead."
    )
    _home_uri: str | None = PrivateAttr(None)

    def model_post_init(self, _context: object, /) -> None:
        """Puts a home that is in a bucket where it is at hand."""
        self.__dict__["scratch"] = self.scratch.expanduser()
        self._home_uri = as_uri(self.home)
        if self._home_uri is not None:
            self.__dict__["home"] = Scratch(self.scratch).local(self._home_uri)

    @property
    def home_uri(self) -> str | None:
        """Where the home is kept, if that is a bucket."""
        return self._home_uri

    @property
    def packs_root(self) -> Path:
        """The runtime's `public` folder: `/presets/<pack>/...` URLs resolve below it."""
        return self.home / "public"

    @property
    def conversion_cache(self) -> Path:
        """Converted presets, by content and converter version."""
        return self.home / "cache" / "conversion"

    @property
    def takes_uri(self) -> str:
        """Takes of presets unless told otherwise."""
        return f"{self._home_uri or self.home}/takes"

    @property
    def feature_store(self) -> Path:
        """Features of presets, by content and feature version."""
        return self.home / "cache" / "features"

    @property
    def coupling_dir(self) -> Path:
        """Where nets are written unless told otherwise."""
        return self.home / "outputs" / "coupling"

    @property
    def audit_dir(self) -> Path:
        """Where a library's audit is written unless told otherwise."""
        return self.home / "artifacts" / "presets" / "audit"

    @property
    def tracking_uri(self) -> str:
        """Where MLflow records runs unless told otherwise."""
        return f"sqlite:///{(self.home / 'mlflow' / 'mlflow.db').resolve()}"

    @property
    def tracking_spool(self) -> Path:
        """Where runs wait for a tracking server that is away."""
        return self.home / "mlflow" / "spool"

    @property
    def bucket_uri(self) -> str:
        """Where scores are promoted to unless told otherwise."""
        if self._home_uri is not None:
            return f"{self._home_uri}/bucket"
        return (self.home / "bucket").resolve().as_uri()


def unknown_variables(names: Iterable[str]) -> list[tuple[str, str | None]]:
    """Returns those of the environment's names that begin as ours do and mean nothing.

    Each comes with the known name that it resembles most, None if it resembles none.
    """
    known = READ_ELSEWHERE | {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    unknown = sorted(name for name in names if name.startswith(PREFIX) and name not in known)
    return [(name, next(iter(get_close_matches(name, known, n=1)), None)) for name in unknown]

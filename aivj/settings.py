"""The configuration that every verb shares: options, then `AIVJ_*` variables, then defaults."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where AIVJ keeps things. Frozen once read; nothing below a verb reads the environment."""

    model_config = SettingsConfigDict(env_prefix="AIVJ_", extra="forbid", frozen=True)

    home: Path = Field(Path("var"), description="Folder that everything AIVJ writes lies under.")

    @property
    def packs_root(self) -> Path:
        """The runtime's `public` folder: `/presets/<pack>/...` URLs resolve below it."""
        return self.home / "public"

    @property
    def conversion_cache(self) -> Path:
        """Converted presets, by content and converter version."""
        return self.home / "cache" / "conversion"

    @property
    def feature_store(self) -> Path:
        """Features of presets, by content and feature version."""
        return self.home / "cache" / "features"

    @property
    def coupling_dir(self) -> Path:
        """Where nets are written unless told otherwise."""
        return self.home / "outputs" / "coupling"

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
        return (self.home / "bucket").resolve().as_uri()

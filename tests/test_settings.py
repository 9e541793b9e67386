from pathlib import Path

import pytest
from pydantic import ValidationError

from aivj.settings import Settings


def test_options_come_before_the_environment_and_that_before_defaults(monkeypatch, tmp_path):
    monkeypatch.delenv("AIVJ_HOME", raising=False)
    assert Settings().home == Path("var")
    monkeypatch.setenv("AIVJ_HOME", str(tmp_path / "env"))
    assert Settings().home == tmp_path / "env"
    assert Settings(home=tmp_path / "option").home == tmp_path / "option"


def test_everything_lies_below_home(tmp_path):
    settings = Settings(home=tmp_path)

    assert settings.packs_root.is_relative_to(tmp_path)
    assert settings.conversion_cache.is_relative_to(tmp_path)
    assert str(tmp_path) in settings.tracking_uri
    assert settings.bucket_uri == (tmp_path / "bucket").as_uri()


def test_frozen_and_closed(tmp_path):
    settings = Settings(home=tmp_path)
    with pytest.raises(ValidationError):
        settings.home = tmp_path / "elsewhere"
    with pytest.raises(ValidationError):
        Settings(hom=tmp_path)

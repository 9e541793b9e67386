from pathlib import Path

import pytest
from pydantic import ValidationError

from aivj.gate.environment import VerifyEnvironment
from aivj.settings import READ_ELSEWHERE, Settings, unknown_variables


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


def test_a_variable_that_means_nothing_is_told_with_what_it_resembles():
    names = ["AIVJ_HOMW", "AIVJ_HOME", "AIVJ_NOTHING_LIKE_IT", "HOME", "AIVJ_ACCEPT_TIMEOUT_MS"]
    assert unknown_variables(names) == [("AIVJ_HOMW", "AIVJ_HOME"), ("AIVJ_NOTHING_LIKE_IT", None)]


def test_variables_that_acceptance_reads_are_known():
    aliases = {str(field.alias) for field in VerifyEnvironment.model_fields.values()}
    assert {alias for alias in aliases if alias.startswith("AIVJ_")} <= READ_ELSEWHERE

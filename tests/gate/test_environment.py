from pathlib import Path

import pytest

from aivj.errors import InputError
from aivj.gate.environment import VerifyEnvironment, read_environment
from aivj.gate.stats import LinkLimits

DOCUMENT = Path(__file__).parents[2] / "docs" / "gates.md"

# Variable, field, default, a text of the variable, the value that it means.
VARIABLES = (
    ("VERIFY_URL", "url", None, "http://h/", "http://h/"),
    ("VERIFY_OUT_DIR", "out_dir", Path("artifacts/headless"), "x", Path("x")),
    ("VERIFY_PORT", "port", None, "80", 80),
    ("VERIFY_HOST", "host", "127.0.0.1", "localhost", "localhost"),
    ("VERIFY_HARD_TIMEOUT_MS", "hard_timeout_ms", 480_000, "900000", 900_000),
    ("VERIFY_GPU", "gpu", False, "1", True),
    ("VERIFY_GPU_MODE", "gpu_mode", "off", "force-d3d11", "force-d3d11"),
    ("VERIFY_HEADLESS", "headless", True, "0", False),
    ("VERIFY_MUTE_AUDIO", "mute_audio", False, "1", True),
    ("VERIFY_DSF", "device_scale_factor", 1.5, "1", 1.0),
    ("VERIFY_BEAT_TEMPO", "beat_tempo", False, "1", True),
    ("VERIFY_PRESET_LIBRARY", "preset_library", "run3-crashsafe-15000", "mega", "mega"),
    ("VERIFY_STRICT_OUTPUTS_PANEL", "strict_outputs_panel", False, "1", True),
    ("VERIFY_SEL_SAMPLES", "sel_samples", 60, "30", 30),
    ("VERIFY_SEL_ITERS", "sel_iters", 600, "9", 9),
    ("VERIFY_SEL_DELAY_MS", "sel_delay_ms", 60, "5", 5),
    ("VERIFY_COUPLED_GAMMA", "coupled_gamma", 4.0, "2.5", 2.5),
    ("VERIFY_COUPLED_EXPLORE", "coupled_explore", 0.0, ".1", 0.1),
    ("VERIFY_HEARTBEAT_MS", "heartbeat_ms", 30_000, "1", 1),
    ("VERIFY_ATTEMPTS", "attempts", 2, "1", 1),
    ("VERIFY_DEBUG", "debug", False, "1", True),
    ("VERIFY_TIMEOUT", "timeout_ms", None, "7", 7),
    ("VERIFY_RUN_COUPLED_AB", "run_coupled_ab", False, "1", True),
    ("VERIFY_COUPLED_PACK", "coupled_pack", "ai_generated_coupled_final", "mine", "mine"),
    ("VERIFY_SELECTION_MIN_SELECTED", "selection_min_selected", 6, "1", 1),
    ("VERIFY_SELECTION_MIN_SELECTED_PREFIX", "selection_min_selected_prefix", 5, "1", 1),
    ("VERIFY_SELECTION_MIN_MATCHED", "selection_min_matched", 3, "1", 1),
    ("VERIFY_SELECTION_MIN_RATIO", "selection_min_ratio", 0.1, "1", 1.0),
    ("VERIFY_SELECTION_MIN_MATCHED_PREFIX", "selection_min_matched_prefix", 2, "1", 1),
    ("VERIFY_SELECTION_MIN_RATIO_PREFIX", "selection_min_ratio_prefix", 0.6, "1", 1.0),
    ("VERIFY_SELECTION_MAX_NON_PREFIX", "selection_max_non_prefix", 6, "1", 1),
    ("HEADLESS_ARTIFACTS_DIR", "artifacts_dir", Path("artifacts/headless"), "x", Path("x")),
    ("REQUIRE_SCHEMA_VERSION", "require_schema_version", False, "1", True),
    ("AIVJ_ACCEPT_USE_ARTIFACTS", "accept_use_artifacts", False, "1", True),
    ("AIVJ_ACCEPT_TIMEOUT_MS", "accept_timeout_ms", 720_000, "1", 1),
    ("AIVJ_SCRIPT_TIMEOUT_MS", "script_timeout_ms", 120_000, "1", 1),
    ("NW_VERIFY", "nw_verify", False, "1", True),
    ("VITE_NW_VERIFY", "vite_nw_verify", False, "1", True),
)


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch):
    for variable, *_ in VARIABLES:
        monkeypatch.delenv(variable, raising=False)


def test_the_table_has_every_variable():
    fields = {field.alias: name for name, field in VerifyEnvironment.model_fields.items()}
    assert {variable: field for variable, field, *_ in VARIABLES} == fields


@pytest.mark.parametrize("row", VARIABLES, ids=lambda row: row[0])
def test_a_variable_and_its_default(row, monkeypatch):
    variable, field, default, text, value = row
    assert getattr(read_environment(), field) == default
    monkeypatch.setenv(variable, "")
    assert getattr(read_environment(), field) == default
    monkeypatch.setenv(variable, text)
    assert getattr(read_environment(), field) == value


def test_a_gpu_opens_a_window_safely(monkeypatch):
    monkeypatch.setenv("VERIFY_GPU", "1")
    environment = read_environment()
    assert (environment.gpu_mode, environment.headless) == ("safe", False)
    monkeypatch.setenv("VERIFY_HEADLESS", "1")
    assert read_environment().headless is True


def test_comparing_picks_takes_longer(monkeypatch):
    monkeypatch.setenv("VERIFY_RUN_COUPLED_AB", "1")
    environment = read_environment()
    figures = (environment.hard_timeout_ms, environment.sel_iters, environment.sel_delay_ms)
    assert figures == (900_000, 120, 200)


def test_comparing_picks_may_be_said_by_an_option(monkeypatch):
    assert read_environment(VERIFY_RUN_COUPLED_AB=True).sel_iters == 120
    monkeypatch.setenv("VERIFY_RUN_COUPLED_AB", "0")
    monkeypatch.setenv("VERIFY_SEL_ITERS", "7")
    assert read_environment(VERIFY_RUN_COUPLED_AB=True).sel_iters == 7


def test_clicks_go_with_the_samples(monkeypatch):
    monkeypatch.setenv("VERIFY_SEL_SAMPLES", "7")
    assert read_environment().sel_iters == 70


@pytest.mark.parametrize("text", ["0", "true", "yes", "2"])
def test_only_one_sets_a_flag(text, monkeypatch):
    monkeypatch.setenv("VERIFY_GPU", text)
    assert read_environment().gpu is False


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("VERIFY_SEL_SAMPLES", "x"),
        ("VERIFY_SEL_SAMPLES", "0"),
        ("VERIFY_PORT", "70000"),
        ("VERIFY_GPU_MODE", "fast"),
        ("VERIFY_DSF", "nan"),
        ("VERIFY_SELECTION_MIN_RATIO", "1.5"),
        ("VERIFY_HARD_TIMEOUT_MS", "-1"),
    ],
)
def test_what_a_variable_cannot_be(variable, text, monkeypatch):
    monkeypatch.setenv(variable, text)
    with pytest.raises(InputError) as error:
        read_environment()
    assert variable in error.value.expected
    assert text in error.value.found


def test_the_limits_of_the_selection(monkeypatch):
    assert read_environment().link_limits == LinkLimits()
    for variable, *_ in VARIABLES:
        if variable.startswith("VERIFY_SELECTION_"):
            monkeypatch.setenv(variable, "1")
    assert read_environment().link_limits == LinkLimits(1, 1, 1.0, 1, 1, 1.0, 1)


def test_the_document_has_the_variables():
    lines = DOCUMENT.read_text().splitlines()
    defaults = {variable: default for variable, _, default, *_ in VARIABLES}
    rows = [
        f"| `{field.alias}` | {shown(defaults[field.alias])} | {field.description} |"
        for field in VerifyEnvironment.model_fields.values()
    ]
    start = lines.index("| variable | default | meaning |") + 2
    assert lines[start:] == rows


def shown(default):
    if default is None or default is False:
        return "unset"
    return "1" if default is True else str(default)

import pytest

from aivj.cli.verification import gpu_policy, is_headed
from aivj.cli.verification import verify_request as request_of
from aivj.errors import InputError
from aivj.gate.arms import Sampling
from aivj.gate.environment import VerifyEnvironment, read_environment

URL = "http://127.0.0.1:5174/"
LIBRARY = "run3-crashsafe-15000"


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch):
    for field in VerifyEnvironment.model_fields.values():
        monkeypatch.delenv(field.alias, raising=False)


@pytest.fixture
def verify_request(tmp_path):
    """Makes a request of options, by the names of their fields, and of how it is asked for."""

    def request(*, release=False, run_manifest_url=None, **given):
        fields = VerifyEnvironment.model_fields
        environment = read_environment(**{fields[name].alias: v for name, v in given.items()})
        return request_of(
            environment,
            packs_root=tmp_path,
            plays_pairs="coupled_pack" in given,
            release=release,
            run_manifest_url=run_manifest_url,
        )

    return request


def write(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}")


# Option, field of the request, default, variable, its text, what it means, option, what it means.
PRECEDENCE = (
    ("coupled_gamma", "gamma", 4.0, "VERIFY_COUPLED_GAMMA", "2", 2.0, 3.0, 3.0),
    ("coupled_explore", "explore", 0.0, "VERIFY_COUPLED_EXPLORE", ".1", 0.1, 0.2, 0.2),
    ("device_scale_factor", "device_scale_factor", 1.5, "VERIFY_DSF", "1", 1.0, 2.0, 2.0),
    ("beat_tempo", "beat_tempo", False, "VERIFY_BEAT_TEMPO", "1", True, False, False),
    (
        "strict_outputs_panel",
        "strict_outputs",
        False,
        "VERIFY_STRICT_OUTPUTS_PANEL",
        "1",
        True,
        0,
        0,
    ),
    ("hard_timeout_ms", "hard_timeout_s", 900, "VERIFY_HARD_TIMEOUT_MS", "7000", 7, 8000, 8),
    ("attempts", "attempts", 2, "VERIFY_ATTEMPTS", "3", 3, 1, 1),
    ("heartbeat_ms", "heartbeat_s", 30, "VERIFY_HEARTBEAT_MS", "1000", 1, 500, 0.5),
    ("host", "host", "127.0.0.1", "VERIFY_HOST", "::1", "::1", "localhost", "localhost"),
    ("port", "port", 0, "VERIFY_PORT", "5174", 5174, 5175, 5175),
    ("url", "url", None, "VERIFY_URL", URL, URL, "http://h/", "http://h/"),
    (
        "coupled_pack",
        "pack",
        "ai_generated_coupled_final",
        "VERIFY_COUPLED_PACK",
        "a",
        "a",
        "b",
        "b",
    ),
    (
        "preset_library",
        "preset_library",
        None,
        "VERIFY_PRESET_LIBRARY",
        "mega",
        "mega",
        "mine",
        "mine",
    ),
)


@pytest.mark.parametrize("row", PRECEDENCE, ids=lambda row: row[0])
def test_an_option_beats_a_variable_beats_the_default(row, verify_request, monkeypatch):
    option, field, default, variable, text, by_variable, given, by_option = row
    assert getattr(verify_request(), field) == default
    monkeypatch.setenv(variable, text)
    assert getattr(verify_request(), field) == by_variable
    assert getattr(verify_request(**{option: given}), field) == by_option


def test_how_picks_are_sampled(verify_request, monkeypatch):
    assert verify_request().sampling == Sampling(400, 60, 120, 200)
    for variable, text in (("SAMPLES", "70"), ("ITERS", "80"), ("DELAY_MS", "90")):
        monkeypatch.setenv(f"VERIFY_SEL_{variable}", text)
    assert verify_request().sampling == Sampling(70, 70, 80, 90)
    given = {"sel_samples": 50, "sel_iters": 51, "sel_delay_ms": 52}
    assert verify_request(**given).sampling == Sampling(50, 50, 51, 52)


def test_a_foreign_page_plays_pairs_only_when_asked_to(verify_request, monkeypatch):
    assert verify_request(url=URL).pack is None
    assert verify_request(url=URL).hard_timeout_s == 480
    assert verify_request(url=URL, coupled_pack="mine").pack == "mine"
    monkeypatch.setenv("VERIFY_RUN_COUPLED_AB", "1")
    assert verify_request(url=URL).pack == "ai_generated_coupled_final"


def test_a_foreign_page_is_told_of_library_and_run_manifest(verify_request):
    request = verify_request(url=URL)
    assert (request.preset_library, request.run_manifest_url) == (LIBRARY, "/run-manifest.json")
    assert verify_request(url=URL, run_manifest_url="/x.json").run_manifest_url == "/x.json"


def test_the_own_player_is_told_of_what_there_is(verify_request, tmp_path):
    write(tmp_path / "run-manifest.json")
    assert (verify_request().preset_library, verify_request().run_manifest_url) == (None, None)
    write(tmp_path / "presets" / LIBRARY / "library-manifest.json")
    request = verify_request()
    assert (request.preset_library, request.run_manifest_url) == (LIBRARY, "/run-manifest.json")


def test_the_gate(verify_request):
    assert verify_request().mode == "dev"
    assert verify_request(release=True).mode == "release"


@pytest.mark.parametrize("url", ["127.0.0.1:5174", "file:///etc/passwd", ""])
def test_what_is_no_address_of_a_page(url, verify_request):
    with pytest.raises(InputError) as error:
        verify_request(url=url)
    assert "http://" in error.value.expected


@pytest.mark.parametrize(
    ("variables", "option", "gpu", "headed"),
    [
        ({}, None, "require", False),
        ({"VERIFY_GPU": "1"}, None, "require", False),
        ({"VERIFY_GPU_MODE": "off"}, None, "software", False),
        ({"VERIFY_GPU_MODE": "off", "VERIFY_HEADLESS": "0"}, None, "software", True),
        ({"VERIFY_GPU_MODE": "force-d3d11"}, None, "require", False),
        ({"VERIFY_GPU_MODE": "off"}, "require", "require", False),
        ({"VERIFY_GPU": "1", "VERIFY_GPU_MODE": "safe"}, "software", "software", False),
    ],
)
def test_which_renderer_is_asked_for(variables, option, gpu, headed, monkeypatch):
    for variable, text in variables.items():
        monkeypatch.setenv(variable, text)
    environment = read_environment()
    policy = gpu_policy(option, environment)
    assert (policy, is_headed(None, environment, policy)) == (gpu, headed)
    assert is_headed(True, environment, policy) == (policy == "software")


def test_an_address_with_credentials_is_refused_and_not_repeated(verify_request):
    with pytest.raises(InputError, match="without credentials") as refusal:
        verify_request(url="http://ada:pw@h/")
    assert "pw" not in str(refusal.value)

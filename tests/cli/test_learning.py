"""The verbs that learn, as a person calls them: what is refused, and what is said once."""

import pytest
from pipeline.tiny_pack import PACK, TinyPack


@pytest.fixture
def pack(tmp_path, new_tracking_store):
    pack = TinyPack(tmp_path / "home", num_pairs=10).write()
    new_tracking_store(pack.home / "mlflow" / "mlflow.db")
    return pack


@pytest.fixture
def aivj(pack, run_here, monkeypatch):
    monkeypatch.setenv("AIVJ_ALLOW_CPU", "1")
    return lambda *arguments: run_here("--home", pack.home, *arguments)


@pytest.mark.parametrize("verb", ["train", "evaluate"])
@pytest.mark.parametrize("value", ["-1", "0", "nan", "inf", "7"])
def test_a_learning_rate_that_is_none_is_one_sentence(aivj, verb, value):
    done = aivj(verb, "--pack", PACK, "--learning-rate", value)
    assert done.exit_code == 3
    assert "--learning-rate to be" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("option", ["--min-quality-std", "--score-calibrate-std"])
@pytest.mark.parametrize("value", ["nan", "inf", "-0.1", "0.6"])
def test_a_deviation_that_cannot_be_is_refused(aivj, option, value):
    done = aivj("score", "--pack", PACK, option, value)
    assert done.exit_code == 2
    assert option in done.stderr


@pytest.mark.parametrize("verb", ["train", "evaluate", "sweep"])
def test_nothing_to_learn_from_is_exit_code_3(aivj, pack, verb):
    (pack.home / "empty.jsonl").write_text("")
    done = aivj(verb, "--pack", PACK, "--extra-eval-jsonl", pack.home / "empty.jsonl")
    assert done.exit_code == 3
    assert "empty.jsonl has not one usable row" in done.stderr
    assert not list(pack.home.glob("outputs/coupling/**/*.safetensors"))


def test_more_folds_than_families_are_refused(aivj, pack):
    labels = ["--extra-eval-jsonl", pack.eval_path, "--eval-target", "compat"]
    done = aivj("evaluate", "--pack", PACK, *labels, "--folds", "90")
    assert done.exit_code == 3
    assert "as many families of presets as --folds, 90" in done.stderr


def test_a_cpu_that_nobody_allowed_is_refused_with_both_ways_out(pack, run_here, monkeypatch):
    monkeypatch.delenv("AIVJ_ALLOW_CPU", raising=False)
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    done = run_here("--home", pack.home, "train", "--pack", PACK)
    assert done.exit_code == 6
    assert "--allow-cpu" in done.stderr
    assert "AIVJ_ALLOW_CPU=1" in done.stderr


def test_the_laptops_renderer_is_said_once(pack, run_here, monkeypatch):
    monkeypatch.setenv("AIVJ_GPU", "no-such-thing")
    done = run_here("--home", pack.home, "sample", "--pack", PACK)
    assert done.exit_code == 2
    assert "AIVJ_GPU" in done.stderr

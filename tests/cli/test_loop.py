"""`aivj loop`: which verbs it runs with what, and which of them it need not run again.

That the loop of real verbs is what they are one by one stands in `tests/ray_jobs/test_loop.py`.
"""

from pathlib import Path

import pytest

from aivj.cli.verb import Verb
from aivj.errors import GateError
from aivj.storage import open_folder
from aivj.storage.places import as_uri

WHOLE = ["sample", "check-run", "train", "score", "verify", "promote"]


@pytest.fixture
def home(tmp_path):
    """A home with a pack, and what makes the verbs of a loop only leave their files."""
    folder = tmp_path / "home" / "public" / "presets" / "mine"
    folder.mkdir(parents=True)
    (folder / "pairs-manifest.v0.json").write_text("{}")
    return tmp_path / "home"


@pytest.fixture
def ran(home, monkeypatch):
    """The verbs that were run, in order, with their parameters."""
    ran = []
    invoke = Verb.invoke
    out = home / "loops" / "mine"
    leaves = {
        "sample": [out / "run" / "eval.jsonl"],
        "train": [out / "coupling" / "models" / "coupling_net_final.safetensors"],
        "sweep": [
            out / "coupling" / "models" / "coupling_net_final.safetensors",
            home / "public" / "presets" / "mine" / "pairs-quality.v0.json",
        ],
        "score": [home / "public" / "presets" / "mine" / "pairs-quality.v0.json"],
        "verify": [out / "verify" / "report.json"],
    }

    def leave(self, ctx):
        if ctx.info_name == "loop":
            return invoke(self, ctx)
        ran.append((ctx.info_name, ctx.params))
        if ctx.info_name == ran_until.get("fails"):
            raise GateError("a gate", "a test", "nothing")
        for path in leaves.get(ctx.info_name, ()):
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.write_text(ctx.info_name)
        return None

    ran_until = {}
    monkeypatch.setattr(Verb, "invoke", leave)
    for name in ("AIVJ_GPU", "AIVJ_ALLOW_CPU", "AIVJ_HOME"):
        monkeypatch.delenv(name, raising=False)
    return ran, ran_until


@pytest.fixture
def loop(home, ran, run_here):
    """Runs a loop; returns how it ended, the verbs that ran, and their parameters."""

    def run(*arguments):
        ran[0].clear()
        ended = run_here("--home", home, "loop", "--pack", "mine", *arguments)
        return ended, [name for name, _ in ran[0]], dict(ran[0])

    return run


def test_the_verbs_run_in_order_and_each_reads_what_the_one_before_left(loop, home):
    ended, verbs, given = loop()

    assert ended.exit_code == 0
    assert verbs == WHOLE
    out = home / "loops" / "mine"
    assert given["sample"]["out_dir"] == out / "run"
    assert given["sample"]["resume"] is True
    assert given["train"]["eval_paths"] == [out / "run" / "eval.jsonl"]
    assert given["train"]["output_dir"] == out / "coupling"
    net = out / "coupling" / "models" / "coupling_net_final.safetensors"
    assert given["score"]["checkpoint_path"] == net
    assert given["verify"]["out_dir"] == given["promote"]["evidence"] == out / "verify"
    for name in ("sample", "train", "score"):
        assert given[name]["packs"] == ["mine"]
    assert ended.stderr.splitlines()[-1].endswith("releases --pack mine")
    assert ended.stderr.count("next: ") == 1


def test_presets_are_drawn_first_where_a_folder_is_named(loop, tmp_path):
    _, verbs, given = loop("--presets", tmp_path, "--workers", "3")
    assert verbs == ["draw", *WHOLE]
    assert given["draw"]["presets"] == tmp_path
    assert given["draw"]["num_workers"] == given["sample"]["num_workers"] == 3
    assert given["train"]["num_workers"] is None


def test_a_sweep_takes_the_place_of_fit_and_scores(loop):
    _, verbs, _ = loop("--sweep")
    assert verbs == ["sample", "check-run", "sweep", "verify", "promote"]


def test_the_end_of_a_loop_scores_with_the_net_that_is_there(loop):
    _, verbs, given = loop("--from", "score")
    assert verbs == ["score", "verify", "promote"]
    assert given["score"]["checkpoint_path"] is None
    _, _, given = loop("--from", "score", "--set", "score.checkpoint=net")
    assert given["score"]["checkpoint_path"] == Path("net")


def test_what_has_ended_is_not_done_again(loop):
    loop()
    ended, verbs, _ = loop()
    assert verbs == ["sample", "check-run", "promote"]
    assert ended.stderr.count("done before") == 3


@pytest.mark.parametrize(
    ("place", "again"),
    [
        ("loops/mine/run/eval.jsonl", ["train"]),
        ("public/presets/mine/pairs-manifest.v0.json", ["train", "score"]),
        ("loops/mine/coupling/models/coupling_net_final.safetensors", ["train", "score"]),
        ("public/presets/mine/pairs-quality.v0.json", ["score", "verify"]),
        ("loops/mine/verify/report.json", ["verify"]),
        ("loops/mine/stages/train.json", ["train"]),
    ],
)
def test_what_changed_is_done_again_and_what_reads_it(loop, home, place, again):
    loop()
    (home / place).write_text("changed")
    _, verbs, _ = loop()
    assert verbs == [name for name in WHOLE if name in {"sample", "check-run", "promote", *again}]


def test_another_option_does_a_stage_again_and_more_workers_do_not(loop):
    loop()
    assert "train" in loop("--set", "train.epochs=3")[1]
    assert "train" in loop()[1]
    unchanged = ("--set", "train.workers=4", "--tracking-uri", "http://mlflow:5000")
    assert "train" not in loop(*unchanged)[1]


def test_an_elite_list_counts_by_what_stands_in_it(loop, tmp_path):
    (tmp_path / "elite").mkdir()
    (tmp_path / "elite" / "manifest.json").write_text("one")
    asked = ("--set", f"train.elite-dir={tmp_path / 'elite'}")
    assert "train" in loop(*asked)[1]
    assert "train" not in loop(*asked)[1]
    (tmp_path / "elite" / "manifest.json").write_text("two")
    assert "train" in loop(*asked)[1]


def test_a_stage_that_fails_ends_the_loop_and_is_done_again(loop, ran):
    ran[1]["fails"] = "verify"
    ended, verbs, _ = loop()
    assert ended.exit_code == GateError.exit_code
    assert verbs[-1] == "verify"
    del ran[1]["fails"]
    assert loop()[1] == ["sample", "check-run", "verify", "promote"]


def test_what_is_typed_wins_then_the_section_then_what_is_said_to_all(loop, tmp_path, monkeypatch):
    path = tmp_path / "loop.yaml"
    path.write_text(
        "gpu: software\nseed: 5\nworkers: 2\nsample:\n  max-hours: 8\n  seed: 6\n"
        "train:\n  extra-eval-jsonl: [more.jsonl]\n  epochs: 3\nverify:\n  gpu: require\n"
    )
    file = ("--config", path)
    _, _, given = loop(*file, "--set", "sample.max-hours=2", "--set", "train.early-stopping=false")
    assert (given["sample"]["gpu"], given["verify"]["gpu"]) == ("software", "require")
    seeds = [given[name]["seed"] for name in ("sample", "train", "verify")]
    assert seeds == [6, 5, 5]
    assert given["sample"]["max_hours"] == 2
    assert (given["train"]["epochs"], given["train"]["early_stopping"]) == (3, False)
    assert [each.name for each in given["train"]["eval_paths"]] == ["eval.jsonl", "more.jsonl"]
    _, _, given = loop(*file, "--gpu", "software", "--seed", "9")
    assert given["verify"]["gpu"] == "software"
    assert {given[name]["seed"] for name in ("sample", "train", "verify")} == {9}
    monkeypatch.setenv("AIVJ_GPU", "require")
    assert loop(*file)[2]["sample"]["gpu"] == "require"


@pytest.mark.parametrize(
    ("text", "arguments", "found"),
    [
        ("sample:\n  max-hour: 8\n", (), "'max-hour'"),
        ("sample: 3\n", (), "a str"),
        ("samples:\n  width: 8\n", (), "'samples'"),
        ("sample:\n  out-dir: x\n", (), "--out-dir"),
        ("train:\n  pack: x\n", (), "--pack"),
        ("{}", ("--set", "sample.max-hour=8"), "'max-hour'"),
        ("{}", ("--set", "samples.width=8"), "samples.width=8"),
        ("{}", ("--set", "sample.width"), "sample.width"),
        ("{}", ("--set", "sweep.configs=3"), "sweep.configs=3"),
    ],
)
def test_what_no_verb_takes_is_refused_before_the_first_one_runs(
    loop, tmp_path, text, arguments, found
):
    path = tmp_path / "loop.yaml"
    path.write_text(text)
    ended, verbs, _ = loop("--config", path, *arguments)
    assert ended.exit_code == 3
    assert verbs == []
    assert found in ended.stderr


def test_a_value_out_of_its_bounds_is_refused_before_the_first_one_runs(loop):
    ended, verbs, _ = loop("--set", "train.epochs=0")
    assert (ended.exit_code, verbs) == (2, [])


def test_a_home_in_a_bucket_is_known_by_its_addresses(s3_uri, run_here, monkeypatch, tmp_path):
    pack, out = f"{s3_uri}/public/presets/mine", f"{s3_uri}/loops/mine"
    open_folder(pack).write("pairs-manifest.v0.json", b"{}")
    leaves = {
        "sample": (f"{out}/run", "eval.jsonl"),
        "train": (f"{out}/coupling/models", "coupling_net_final.safetensors"),
        "score": (pack, "pairs-quality.v0.json"),
        "verify": (f"{out}/verify", "report.json"),
    }
    ran, invoke = [], Verb.invoke

    def leave(self, ctx):
        if ctx.info_name == "loop":
            return invoke(self, ctx)
        ran.append((ctx.info_name, ctx.params))
        if ctx.info_name in leaves:
            folder, name = leaves[ctx.info_name]
            open_folder(folder).write(name, ctx.info_name.encode())
        return None

    monkeypatch.setattr(Verb, "invoke", leave)
    monkeypatch.setenv("AIVJ_SCRATCH", str(tmp_path / "scratch"))
    file = tmp_path / "loop.yaml"
    file.write_text(f"home: {s3_uri}\npack: mine\n")

    assert run_here("loop", "--config", file).exit_code == 0
    given = dict(ran)
    assert as_uri(given["sample"]["out_dir"]) == f"{out}/run"
    assert as_uri(given["train"]["eval_paths"][0]) == f"{out}/run/eval.jsonl"
    assert as_uri(given["promote"]["evidence"]) == f"{out}/verify"
    assert given["check-run"]["packs_root"].is_relative_to(tmp_path / "scratch")

    ran.clear()
    assert run_here("loop", "--config", file).exit_code == 0
    assert [name for name, _ in ran] == ["sample", "check-run", "promote"]

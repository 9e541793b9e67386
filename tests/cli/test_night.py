"""`aivj night`: which verbs it runs, what a failure stops, and how it is gone on with.

That the same verbs in order bring a pack to a release stands in `tests/ray_jobs/test_loop.py`.
"""

import json
from datetime import datetime
from types import SimpleNamespace

import pytest

from aivj.browser.choice import RendererChoice
from aivj.browser.profiles import launch_plan
from aivj.browser.renderer import RendererReport
from aivj.cli import night as module
from aivj.cli import night_run
from aivj.cli.verb import Verb
from aivj.doctor import Finding
from aivj.errors import GateError, MissingDependencyError, StorageError
from aivj.pipeline import night_examination
from aivj.pipeline.pool_examination import Actors

WHOLE = [
    *("sample", "check-run", "run-summary", "train", "score", "verify", "compare", "run-summary"),
]


@pytest.fixture
def home(tmp_path):
    for name in ("mine", "yours", "demo"):
        folder = tmp_path / "home" / "public" / "presets" / name
        folder.mkdir(parents=True)
        (folder / "pairs-manifest.v0.json").write_text("{}")
    return tmp_path / "home"


@pytest.fixture
def fails():
    """What verbs do instead of their work, by name and pack: raise."""
    return {}


@pytest.fixture
def night(home, fails, monkeypatch, run_here):
    """Runs a night whose verbs only leave their files; returns its end, the verbs, the record."""
    ran = []
    invoke = Verb.invoke

    def leave(self, ctx):
        if ctx.info_name in {"night", "demo"}:
            return invoke(self, ctx)
        ran.append((ctx.info_name, ctx.params))
        error = fails.get(ctx.info_name)
        params = ctx.params
        named = params.get("packs") or [params.get("pack") or params.get("coupled_pack") or ""]
        packs = named[0].split(",")
        if error is not None and error[0] in (*packs, None):
            raise error[1]
        if ctx.info_name == "train":
            net = ctx.params["output_dir"] / "models" / "coupling_net_final.safetensors"
            net.parent.mkdir(parents=True, exist_ok=True)
            net.write_text("net")
        for pack in packs if ctx.info_name == "score" else ():
            (home / "public" / "presets" / pack / "pairs-quality.v0.json").write_text("scores")
        if ctx.info_name == "verify":
            ctx.params["out_dir"].mkdir(parents=True, exist_ok=True)
            (ctx.params["out_dir"] / "report.json").write_text("seen")
        return None

    monkeypatch.setattr(Verb, "invoke", leave)
    monkeypatch.setattr(night_examination, "look_ahead", lambda _: [])
    monkeypatch.setattr(night_examination, "examine", lambda *_: _Healthy())
    for name in ("AIVJ_GPU", "AIVJ_ALLOW_CPU", "AIVJ_HOME", "AIVJ_NOTIFY"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments, packs="mine", stamp="one", verb="night"):
        ran.clear()
        named = ("--pack", packs) if packs and verb == "night" else ()
        words = (*named, *(("--run-stamp", stamp) if stamp and named else ()), *arguments)
        ended = run_here("--home", home, verb, *words)
        return ended, list(ran), _record(home, stamp)

    return run


class _Healthy:
    findings = ()

    def require_health(self):
        return None


def _record(home, stamp):
    path = home / "artifacts" / "nights" / str(stamp) / "night.json"
    return json.loads(path.read_text()) if path.exists() else None


def states(record):
    return {
        f"{each['name']} {each['pack'] or ''}".strip(): each["state"] for each in record["stages"]
    }


def names(ran):
    return [name for name, _ in ran]


def test_the_stages_run_in_order_and_each_reads_what_the_one_before_left(night, home):
    ended, ran, record = night("--elite-dir", "elite")

    assert ended.exit_code == 0
    assert names(ran) == WHOLE
    run = home / "artifacts" / "coupled-eval" / "overnight-one"
    evidence = home / "artifacts" / "headless-coupled" / "overnight-one"
    given = dict(reversed(ran))
    assert given["sample"]["out_dir"] == run
    assert given["sample"]["resume"] is True
    assert given["train"]["eval_paths"] == [run / "eval.jsonl"]
    assert str(given["train"]["elite_dir"]) == str(given["compare"]["elite_dir"]) == "elite"
    assert given["compare"]["not_worse"] is True
    assert given["verify"]["out_dir"] == given["compare"]["candidate_evidence"] == evidence
    assert set(states(record).values()) == {"done"}
    assert record["finishedAt"] is not None
    assert ended.stderr.splitlines()[-1].split("  #")[0].endswith("morning --run-stamp one")


def test_several_packs_are_measured_and_learned_together_and_judged_each(night):
    _, ran, record = night("--promote", packs="mine,yours")

    assert [params["packs"] for name, params in ran if name == "sample"] == [["mine,yours"]]
    assert names(ran).count("verify") == names(ran).count("promote") == 2
    places = {params["out_dir"].name for name, params in ran if name == "verify"}
    assert places == {"overnight-one", "overnight-one-yours"}
    assert "promote yours" in states(record)


def test_a_failure_stops_what_needs_it_and_nothing_else(night, fails):
    fails["verify"] = ("mine", GateError("a gate", "a dark page", "look"))
    ended, _, record = night("--promote", packs="mine,yours")

    assert ended.exit_code == 7
    found = states(record)
    assert found["verify mine"] == "failed"
    assert found["compare mine"] == found["promote mine"] == "stopped"
    assert found["promote yours"] == found["summary"] == "done"
    (problem,) = [each["problem"] for each in record["stages"] if "problem" in each]
    assert problem == {
        "exitCode": 7,
        "expected": "a gate",
        "found": "a dark page",
        "remedy": "look",
    }


def test_a_run_that_is_not_worth_it_is_not_trained_on(night, fails):
    fails["run-summary"] = (None, GateError("light", "3 % ok", "other presets"))
    ended, ran, record = night()
    assert ended.exit_code == 7
    assert names(ran) == ["sample", "check-run", "run-summary"]
    assert states(record)["summary"] == "stopped"


def test_an_error_that_nobody_thought_of_fails_its_stage_alone(night, fails):
    fails["compare"] = (None, ZeroDivisionError("a bug"))
    ended, _, record = night()
    assert ended.exit_code == 1
    assert states(record)["compare mine"] == "failed"
    assert states(record)["summary"] == "done"
    assert "ZeroDivisionError" in ended.stderr


def test_what_is_killed_goes_on_and_does_not_do_again_what_has_ended(night, fails):
    fails["score"] = (None, KeyboardInterrupt())
    ended, _, record = night()
    assert (ended.exit_code, record["finishedAt"]) == (130, None)
    assert "--run-stamp one" in ended.stderr
    fails.clear()
    ended, ran, record = night("--resume", stamp=None)
    assert ended.exit_code == 0
    assert names(ran) == [name for name in WHOLE if name != "train"]
    assert record is None
    again, ran, record = night()
    assert again.exit_code == 0
    assert states(record)["train"] == states(record)["verify mine"] == "done before"
    assert "verify" not in names(ran)


def test_there_must_be_a_night_to_go_on_with(night):
    ended, ran, _ = night("--resume", stamp=None)
    assert (ended.exit_code, ran) == (3, [])
    assert "a night of mine that is not passed" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "verbs"),
    [
        (("--eval-only",), WHOLE[:3]),
        (("--skip-verify",), [*WHOLE[:5], "run-summary"]),
        (("--only", "sample,check"), WHOLE[:2]),
        (("--skip", "compare"), [name for name in WHOLE if name != "compare"]),
        (("--sweep",), [*WHOLE[:3], "sweep", "verify", "compare", "run-summary"]),
        (("--presets", "milk"), ["pairs", *WHOLE]),
    ],
)
def test_parts_of_a_night(night, arguments, verbs):
    ended, ran, record = night(*arguments)
    assert (ended.exit_code, names(ran)) == (0, verbs)
    assert record["finishedAt"] is not None


def test_the_profile_and_what_is_said_reach_the_verbs_and_the_last_wins(night):
    _, ran, _ = night("--profile", "smoke", "--set", "train.epochs=3", "--audio", "click")
    given = dict(reversed(ran))
    assert given["train"]["config"].epochs == 3 if "config" in given["train"] else True
    assert given["train"].get("epochs", 3) == 3
    assert given["sample"]["max_hours"] == 0.4
    assert given["sample"]["audio"] == "click"


def test_a_night_that_would_be_wasted_is_refused_before_its_first_stage(night, monkeypatch):
    missing = Finding("training", "missing", "no CUDA device", "say --allow-cpu")
    monkeypatch.setattr(night_examination, "look_ahead", lambda _: [missing])
    ended, ran, record = night()
    assert (ended.exit_code, ran) == (6, [])
    assert (record["refused"]["exitCode"], record["refused"]["remedy"]) == (6, "say --allow-cpu")
    assert set(states(record).values()) == {"waiting"}
    monkeypatch.setattr(
        night_examination, "look_ahead", lambda _: [Finding("room", "missing", "full", "free some")]
    )
    ended, ran, _ = night()
    assert (ended.exit_code, ran) == (MissingDependencyError.exit_code, [])
    assert "room: full" in ended.stderr


def test_a_night_that_was_refused_goes_on_from_where_it_was(night, fails, monkeypatch):
    fails["score"] = (None, GateError("a gate", "all alike", "look"))
    night()
    fails.clear()
    missing = Finding("room", "missing", "full", "free some")
    with monkeypatch.context() as patched:
        patched.setattr(night_examination, "look_ahead", lambda _: [missing])
        _, _, record = night()
    assert record["refused"]["found"] == "room: full"
    assert states(record)["train"] == "done"
    _, _, record = night("--resume")
    assert "refused" not in record
    assert states(record)["train"] == "done before"
    with monkeypatch.context() as patched:
        patched.setattr(night_examination, "look_ahead", lambda _: [missing])
        _, _, record = night()
    assert "refused" not in record  # it has passed, and that stays true


def test_a_disk_that_takes_no_record_ends_no_stage(night, fails, monkeypatch):
    def full(*_):
        raise StorageError("room", "No space left on device", "free some")

    monkeypatch.setattr(night_run, "write_night", full)
    ended, ran, _ = night()
    assert (ended.exit_code, names(ran)) == (StorageError.exit_code, WHOLE)
    assert ended.stderr.count("the night's record is not written") == 1
    fails["train"] = (None, GateError("a gate", "all alike", "look"))
    assert night(stamp="two")[0].exit_code == GateError.exit_code


def test_a_cluster_is_looked_at_for_what_browsers_ask_of_it(night, monkeypatch):
    asked = []

    def examine_pool(address, actors, *, grows):
        asked.append((address, actors, grows))
        return Finding("ray", "missing", "nobody there", "see that it runs")

    monkeypatch.setattr("aivj.pipeline.pool_examination.examine_pool", examine_pool)
    words = ("--ray-address", "head:6379", "--workers", "8", "--set", "sample.actor-gpus=0.25")
    ended, ran, _ = night(*words)
    assert (ended.exit_code, ran) == (MissingDependencyError.exit_code, [])
    assert asked == [("head:6379", Actors(8, cpus=1, gpus=0.25, browser_slots=0), True)]
    night("--ray-address", "head:6379")
    # As many as its verbs start on a GPU, whatever cores this machine has.
    assert asked[1][1].num_workers == 4


def test_a_dry_run_does_nothing(night, home):
    ended, ran, record = night("--dry-run")
    assert (ended.exit_code, ran, record) == (0, [], None)
    assert "train" in ended.stdout
    assert "to do" in ended.stdout
    assert not (home / "artifacts").exists()


def test_people_are_told_of_beginning_failure_and_end(night, fails, monkeypatch):
    told = []

    class Notifier:
        def __init__(self, addresses):
            assert addresses == ["https://host/hook"]

        def tell(self, title, body, tone):
            told.append((title, tone, body))
            return ["host"]

    monkeypatch.setattr("aivj.pipeline.notices.Notifier", Notifier)
    fails["compare"] = (None, GateError("no worse", "worse", "keep"))
    ended, _, record = night("--notify", "https://host/hook")
    assert [(title, tone) for title, tone, _ in told] == [
        ("Night one began", "info"),
        ("compare mine failed", "failure"),
        ("Night one failed", "failure"),
    ]
    assert "did not take the message" in ended.stderr
    assert "hook" not in record["command"]


def test_people_are_told_of_a_night_that_was_refused(night, monkeypatch):
    told = []
    monkeypatch.setattr(
        "aivj.pipeline.notices.Notifier.tell", lambda _, *words: told.append(words) or []
    )
    missing = Finding("room", "missing", "full", "free some")
    monkeypatch.setattr(night_examination, "look_ahead", lambda _: [missing])
    night()
    assert told == [("Night one was refused", "room: full; free some", "failure")]


def test_parameters_of_the_runtimes_script_are_understood(night):
    words = ("-TargetCoverage", "0.5", "-epochs:7", "-EliteDir", "elite", "-SkipVerify")
    _, ran, _ = night(*words)
    given = dict(reversed(ran))
    assert given["sample"]["target_coverage"] == 0.5
    assert given["train"]["epochs"] == 7
    assert str(given["train"]["elite_dir"]) == "elite"
    assert "verify" not in names(ran)


@pytest.mark.parametrize(
    ("words", "found"), [(("-Port", "5174"), "-Port"), (("-Epochs",), "a value behind -Epochs")]
)
def test_parameters_without_a_counterpart_are_refused(night, words, found):
    ended, ran, _ = night(*words)
    assert (ended.exit_code, ran) == (3, [])
    assert found in ended.stderr


def test_what_is_printed_stands_in_the_log_too(night, home):
    ended, _, _ = night()
    log = home / "artifacts" / "overnight-logs" / "run-coupled-quality-overnight.one.log"
    assert "1/" in log.read_text()
    assert set(log.read_text().split()) <= set(ended.stderr.split()) | set(ended.stdout.split())


@pytest.mark.parametrize("stamp", ["../up", "", "a b"])
def test_a_stamp_that_is_no_name_is_refused(night, stamp):
    ended, ran, _ = night("--run-stamp", stamp, stamp=None)
    assert (ended.exit_code, ran) == (3, [])


def test_a_stamp_is_the_time_if_nothing_is_said(night, home, monkeypatch):
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2026, 3, 1, 1, 0, 0, tzinfo=tz)

    monkeypatch.setattr(module, "datetime", Clock)
    night(stamp=None)
    assert [each.name for each in (home / "artifacts" / "nights").iterdir()] == [
        "2026-03-01_010000"
    ]
    night("--run-stamp", "tonight", stamp=None)
    assert (home / "artifacts" / "nights" / "2026-02-28" / "night.json").exists()


DEMO = [
    *("pairs", "elite", "sample", "check-run", "run-summary", "train", "score", "verify"),
    *("promote", "run-summary", "report"),
]


@pytest.fixture
def proved(monkeypatch):
    """Lets a renderer of some kind be proved; returns how often one was asked for."""
    asked = []

    def prove(renderer):
        choice = _choice(renderer)

        def examine(_home, policy):
            asked.append(policy)
            return SimpleNamespace(findings=(), require_health=lambda: choice)

        monkeypatch.setattr(night_examination, "examine", examine)
        return asked

    return prove


def _choice(renderer):
    is_software = renderer.startswith("llvmpipe")
    return RendererChoice(
        plan=launch_plan("software-egl" if is_software else "headless-egl"),
        policy="software" if is_software else "require",
        report=RendererReport("a maker", renderer, "ES 3.2", "1.2"),
        rejected=("another: no",),
    )


@pytest.fixture
def milk(tmp_path):
    folder = tmp_path / "milk"
    folder.mkdir()
    for number, rating in enumerate((5, 4, 2, 1)):
        (folder / f"{number}.milk").write_text(f"[preset00]\nfRating={rating}\nzoom=1.0{number}\n")
    return folder


def test_the_demo_is_a_night_and_so_is_the_profile(night, milk, home, proved):
    asked = proved("llvmpipe")
    words = ("--profile", "demo", "--presets", milk, "--pairs", "8", "--seed", "3")
    ended, ran, _ = night(*words, packs=None, stamp=None)
    assert (ended.exit_code, names(ran)) == (0, DEMO), ended.stderr
    given = dict(reversed(ran))
    assert {name: given["pairs"][name] for name in ("name", "num", "max_presets", "seed")} == {
        "name": "demo",
        "num": 8,
        "max_presets": 12,
        "seed": 3,
    }
    assert given["pairs"]["contrast"]
    assert {given[name]["gpu"] for name in ("pairs", "sample", "verify")} == {"software"}
    assert given["train"]["allow_cpu"]
    assert given["train"]["elite_dir"] == given["elite"]["out_dir"]
    assert not given["verify"]["features"]
    assert not (home / "outputs").exists()
    (folder,) = (home / "artifacts" / "nights").iterdir()
    assert given["train"]["output_dir"] == folder / "coupling"
    assert given["report"]["write"] == home / "demo" / "report.html"
    assert asked == ["auto"]
    assert "No GPU was proved" in ended.stderr

    same = night("--presets", milk, "--pairs", "8", "--seed", "3", verb="demo")
    assert names(same[1]) == [name for name in DEMO if name not in {"train", "score", "verify"}]
    assert [each.name for each in (home / "artifacts" / "nights").iterdir()] == [folder.name]
    fresh = night("--presets", milk, "--pairs", "8", "--seed", "3", "--fresh", verb="demo")
    assert names(fresh[1]) == DEMO


def test_a_demo_draws_with_a_gpu_where_one_is_proved(night, milk, proved):
    proved("NVIDIA H200")
    _, ran, _ = night("--presets", milk, "--pairing", "random", verb="demo")
    assert names(ran)[0] == "pack"
    given = dict(reversed(ran))
    assert {given[name]["gpu"] for name in ("pack", "sample", "verify")} == {"require"}
    assert given["pack"]["fewer"]


def test_equal_ratings_give_a_demo_no_elite_list_and_that_is_said(night, milk, proved):
    proved("llvmpipe")
    for each in milk.iterdir():
        each.write_text(each.read_text().replace("fRating", "fOther"))
    ended, ran, _ = night("--presets", milk, verb="demo")
    assert "elite" not in names(ran)
    assert dict(reversed(ran))["train"]["elite_dir"] is None
    assert "Without an elite list" in ended.stderr


def test_presets_for_one_pair_alone_are_refused_before_anything_is_drawn(night, milk, proved):
    proved("llvmpipe")
    (milk / "3.milk").unlink()
    ended, ran, _ = night("--presets", milk, verb="demo")
    assert (ended.exit_code, ran) == (3, [])
    assert "at least 4 different presets" in ended.stderr


def test_a_demo_that_fails_says_how_to_begin_anew(night, fails, milk, proved):
    proved("llvmpipe")
    fails["check-run"] = (None, GateError("a gate", "a black picture", "look"))
    ended, ran, _ = night("--presets", milk, verb="demo")
    assert (ended.exit_code, names(ran)[-1]) == (7, "check-run")
    assert ended.stderr.splitlines()[-1].split("  #")[0].endswith(" demo --fresh")


def test_a_night_needs_a_pack(night):
    ended, ran, _ = night(packs=None)
    assert (ended.exit_code, ran) == (2, [])
    assert "Missing option '--pack'" in ended.stderr

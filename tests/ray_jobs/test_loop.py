"""The loop as a job is the loop typed verb by verb: the same artifacts but for times and ids.

So a fit on a worker of Ray Train gives the very net of a fit in process. Submitted again, the loop
and the job of one of its stages find all done.
"""

import json
import re
import shutil

import pyarrow.parquet
import pytest
from ray_jobs.conftest import NUM_PAIRS

from aivj.contracts.eval_rows import read_eval_rows
from aivj.coupling.checkpoint import read_checkpoint
from aivj.storage import sha256_hex

# Six verbs twice, and two jobs: a minute where nothing else is done.
pytestmark = pytest.mark.timeout(2400)

OPTIONS = """
pack: real
gpu: software
allow-cpu: true
workers: 1   # two are in tests/sampling and tests/takes
sample:
  width: 64
  height: 36
  warmup-frames: 2
  measure-frames: 4
  target-coverage: 1
train:
  epochs: 2
  workers: 1   # of Ray Train; typed, the fit is in process
score:
  min-quality-std: 0
verify:
  features: false   # tried in tests/gate, in real time
"""
NET = "loops/real/coupling/models/coupling_net_final.safetensors"
QUALITY = "public/presets/real/pairs-quality.v0.json"
REPORT = "loops/real/verify/report.json"
TIMES = ["t_ms", "render_ms_per_frame"]
STATES = "loops/real/coupling/ray"
# What a page shows and logs while it plays in real time, and what one loop alone keeps.
PLAYED = re.compile(rf"verify/|verify-report\.json$|stages/|eval\.parquet$|/\.|{STATES}/")
_TIME = re.compile(
    rb'"(tMs|renderMsPerFrame|elapsedSec)": ?[\d.]+|\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)?'
    # How many browsers were opened, and how many anew since they did not answer in time.
    rb'|"(audioCheckCount|browserRestartCount|restartTotalMs)": ?[\d.]+'
)
_OPENED_ANEW = re.compile(rb"^\[eval\] \S+ RESTART .*\n", re.MULTILINE)


def type_verbs(run_here, home):
    """Runs the verbs of the loop one by one, in this process and without Ray."""
    out = home / "loops" / "real"
    drawn = ("--width", 64, "--height", 36, "--warmup-frames", 2, "--measure-frames", 4)
    for verb, *options in (
        ("sample", *drawn, "--target-coverage", 1, "--gpu", "software", "--out-dir", out / "run"),
        ("train", "--extra-eval-jsonl", out / "run/eval.jsonl", "--out-dir", out / "coupling"),
        ("score", "--checkpoint", home / NET, "--min-quality-std", 0),
        ("verify", "--gpu", "software", "--no-features", "--out-dir", out / "verify"),
        ("promote", "--evidence", out / "verify"),
    ):
        if verb == "sample":
            options += ["--executor", "in-process", "--workers", 1]
        if verb == "train":
            options += ["--epochs", 2, "--allow-cpu"]
        ended = run_here("--home", home, verb, "--pack", "real", *options)
        assert ended.exit_code == 0, ended.stderr


def contents(home):
    """Returns what lies in a home, by name, with times and ids made alike."""
    card = json.loads((home / NET).with_suffix(".json").read_text())
    alike = {
        str(home): "HOME",
        card["run_id"]: "RUN",
        **{sha256_hex((home / name).read_bytes()): name for name in (NET, QUALITY, REPORT)},
    }

    def common(data):
        for own, name in alike.items():
            data = data.replace(own.encode(), name.encode())
        return _OPENED_ANEW.sub(b"", _TIME.sub(b"TIME", data))

    def common_file(path):
        data = common(path.read_bytes())
        # Rows stand in the order in which what they need was drawn.
        return sorted(data.splitlines()) if path.suffix == ".jsonl" else data

    files = (
        path
        for place in ("loops/real", "public/presets/real", "bucket")
        for path in (home / place).rglob("*")
        if path.is_file() and not PLAYED.search(path.as_posix())
    )
    return {common(str(path.relative_to(home)).encode()): common_file(path) for path in files}


def test_the_loop_submitted_is_the_loop_typed_and_submitted_again_does_nothing(
    head, home, tmp_path, run_here
):
    homes = submitted, typed = [tmp_path / "submitted", tmp_path / "typed"]
    for each in homes:
        shutil.copytree(home / "public", each / "public")
    (tmp_path / "loop.yaml").write_text(OPTIONS)
    asked = ("coupling_loop", "--config", tmp_path / "loop.yaml")

    done = head.submit(*asked, home=submitted, token=head.token)
    assert done.returncode == 0, done.stdout
    type_verbs(run_here, typed)

    left = contents(submitted)
    assert len(left) > 15
    assert left == contents(typed)
    assert read_checkpoint(submitted / NET).card.metrics["epoch"] == 2
    rows = [
        pyarrow.parquet.read_table(each / "loops/real/run/eval.parquet").drop_columns(TIMES)
        for each in homes
    ]
    assert rows[0].equals(rows[1])
    measured = read_eval_rows(submitted / "loops/real/run/eval.jsonl").rows
    assert sorted(row.pair for row in measured) == list(range(NUM_PAIRS))
    reports = [json.loads((each / REPORT).read_text()) for each in homes]
    required = [
        {name for name, each in one["checks"].items() if each["required"]} for one in reports
    ]
    assert required[0] == required[1] != set()

    assert (submitted / STATES).is_dir()
    assert "the CPU was allowed" in done.stdout

    again = head.submit(*asked, home=submitted, token=head.token)
    assert again.returncode == 0, again.stdout
    assert again.stdout.count("done before") == 3

    run = submitted / "loops/real/run"
    again = head.submit("sample_pairs", *drawn_again(run), home=submitted, token=head.token)
    assert again.returncode == 0, again.stdout
    assert contents(submitted) == left
    taken = next(head.folder.glob("session_2*/runtime_resources/working_dir_files/_ray_pkg_*/"))
    assert_code_and_stage_were_taken_along(taken)


def drawn_again(run):
    """What a job that samples is given to do what the loop has done."""
    return [
        *("--pack", "real", "--gpu", "software", "--width", 64, "--height", 36),
        *("--warmup-frames", 2, "--measure-frames", 4, "--target-coverage", 1, "--workers", 1),
        *("--out-dir", run),
    ]


def assert_code_and_stage_were_taken_along(folder):
    assert (folder / "aivj/stage/web/dist/probe.js").is_file()
    names = {path.name for path in folder.iterdir()}
    assert names >= {"aivj", "ray_jobs"}
    assert not names & {".venv", ".git", "node_modules", "var", "tests"}
    # Compiled code is the user's, or every job would compile anew.
    assert not [*folder.rglob("*.nbi")]
    assert sum(path.stat().st_size for path in folder.rglob("*")) < 20e6

"""The profile `demo` of a night, for real, on a pack small enough for a test; and once more."""

import json
import re
import sys
from pathlib import Path
from urllib.parse import urlparse

import pytest
from PIL import Image

from aivj.cli.app import main
from aivj.contracts.demo_summary import DemoSummary
from aivj.contracts.eval_rows import read_eval_rows
from aivj.contracts.json_text import validated
from aivj.contracts.pairs_quality import read_pairs_quality
from aivj.errors import GateError
from aivj.pipeline.demo_check import require_true_summary
from aivj.release.tracking import Tracker
from aivj.storage import sha256_hex

NUM_PAIRS = 4


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def demo(home):
    """The arguments of the command."""
    options = ("--gpu", "software", "--pairs", str(NUM_PAIRS), "--seed", "1")
    return ["--home", str(home), "demo", *options]


@pytest.fixture(scope="module")
def summary(home, demo):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["aivj", *demo])
        with pytest.raises(SystemExit) as ended:
            main()
    assert not ended.value.code
    return json.loads((home / "demo" / "summary.json").read_text())


def test_every_pair_is_measured_or_a_recorded_failure(summary):
    counts = summary["pairs"]

    assert counts["measured"] + counts["failed"] == counts["target"] == NUM_PAIRS
    rows = read_eval_rows(Path(summary["artifacts"]["eval"])).rows
    assert len(rows) == counts["measured"]
    assert {row.renderer_class for row in rows} == {"llvmpipe"}


def test_scores_are_promoted_and_what_the_runtime_reads(summary):
    quality = read_pairs_quality(Path(summary["artifacts"]["quality"]))
    assert quality.quality_stats.std >= 0.03
    assert quality.provenance.run_id == summary["mlflowRunId"]

    bucket = Path(urlparse(summary["artifacts"]["bucket"]).path)
    served = (bucket / "presets/demo/pairs-quality.v0.json").read_bytes()
    pointer = json.loads((bucket / "presets/demo/pairs-quality.current.json").read_text())
    assert sha256_hex(served) == summary["promotedDigest"] == pointer["digest"]
    assert (bucket / pointer["object"]).read_bytes() == served
    assert pointer["verified"] is True


def test_the_run_is_recorded_and_registered(summary):
    client = Tracker(summary["artifacts"]["mlflow"]).client
    run = client.get_run(summary["mlflowRunId"])

    assert run.info.status == "FINISHED"
    losses = client.get_metric_history(run.info.run_id, "train_loss")
    assert 1 <= len(losses) <= int(run.data.params["epochs"])
    assert run.inputs.dataset_inputs
    assert run.data.tags["mlflow.source.name"] == "aivj train"
    assert run.data.tags["aivj.command"].endswith("--seed 1")
    champion = client.get_model_version_by_alias("aivj-pairs-quality-demo", "champion")
    assert champion.run_id == run.info.run_id
    assert champion.tags["digest"] == summary["promotedDigest"]


def test_every_artifact_is_there_and_the_report_stands_alone(summary):
    for name, place in summary["artifacts"].items():
        if name not in {"bucket", "mlflow"}:
            assert Path(place).exists(), name
    report = Path(summary["artifacts"]["report"]).read_text()
    assert report.count("data:image/webp;base64,") >= summary["pairs"]["measured"]
    assert "http://" not in report.replace("http://www.w3.org/", "")


def changed(summary, **values):
    return validated(DemoSummary, {**summary, **values}, "a changed summary")


def test_the_summary_is_true(summary):
    require_true_summary(changed(summary))


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("pairs", {"measured": NUM_PAIRS - 1}, f"{NUM_PAIRS - 1} pairs measured"),
        ("pairs", {"ok": NUM_PAIRS + 1}, f"{NUM_PAIRS + 1} pairs ok"),
        ("pairs", {"target": NUM_PAIRS + 1}, "pairs target"),
        ("figures", {"quality_std": 0.5}, "quality_std 0.5"),
        ("figures", {"uplift": None}, "uplift None"),
        ("figures", {"train_loss": 0.25}, "train_loss 0.25"),
        ("renderer", {"rendererClass": "nvidia"}, "drawn by nvidia, rows by llvmpipe"),
        ("promotedDigest", "0" * 64, f"promoted {'0' * 64}, the pointer has"),
        ("verified", False, "report.json passed the scores"),
    ],
)
def test_a_summary_that_is_contradicted_ends_the_demo(summary, name, value, told):
    other = {**summary[name], **value} if isinstance(value, dict) else value
    with pytest.raises(GateError, match=re.escape(told)):
        require_true_summary(changed(summary, **{name: other}))


def test_other_scores_than_the_promoted_ones_end_the_demo(summary):
    path = Path(summary["artifacts"]["quality"])
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"generatedAt": "2', b'"generatedAt": "1'))
    assert path.read_bytes() != whole
    try:
        with pytest.raises(
            GateError, match=r"promoted [0-9a-f]+, .*has quality/[0-9a-f]+/pairs-quality"
        ):
            require_true_summary(changed(summary))
    finally:
        path.write_bytes(whole)


def test_a_second_call_measures_nothing_again(home, demo, summary, run_here):
    named = {name: Path(summary["artifacts"][name]) for name in ("eval", "checkpoint", "quality")}
    before = {name: path.read_bytes() for name, path in named.items()}

    ended = run_here(*demo)

    assert ended.exit_code == 0, ended.stderr

    assert {name: path.read_bytes() for name, path in named.items()} == before
    assert ended.stderr.count("done before") == 3 + 3  # as they come, and in the table at the end
    again = json.loads((home / "demo" / "summary.json").read_text())
    assert again["artifacts"] == summary["artifacts"]
    assert again["figures"] == summary["figures"]
    assert [stage["name"] for stage in again["stages"]] == [
        *("pairs", "elite", "sample", "check", "gate", "train", "score", "verify", "promote"),
        "summary",
    ]


def test_a_black_picture_ends_the_demo(demo, summary, run_here):
    run = Path(summary["artifacts"]["run"])
    row = read_eval_rows(run / "eval.jsonl").rows[0]
    picture = run / "thumbnails" / row.pack / f"{row.pair}.webp"
    before = picture.read_bytes()
    Image.new("RGB", (256, 144)).save(picture, "WEBP")

    ended = run_here(*demo)
    picture.write_bytes(before)

    assert ended.exit_code == 7
    assert "picturesShow" in ended.stderr
    assert f"pair {row.pair}" in " ".join(ended.stdout.split())
    assert "demo --fresh" in ended.stderr.splitlines()[-1]

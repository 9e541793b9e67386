import pytest
from embedding.made_clusters import METRICS

from aivj.contracts.frames_index import BandResponse, FrameMetrics, FramesRow
from aivj.contracts.json_text import parse_json, validated
from aivj.contracts.lora_trainlists import TargetLimits, TrainlistsSummary, bucket_name
from aivj.embedding.trainlists import lora_targets, write_trainlists


def row(name, metrics=METRICS, **changes):
    made = None if metrics is None else metrics.model_copy(update=changes)
    return FramesRow(at="", preset_id=name, rel_path=f"mine/{name}.milk", status="ok", metrics=made)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"avg_luma": 0.049}, "dark"),
        ({"avg_luma": 0.93}, "blown"),
        ({"motion": 0.029}, "still"),
        ({"motion": None}, "without figures"),
        ({"band_class": "flat"}, "flat"),
        ({"band_response": BandResponse(low=0.07, mid=0.02, high=0.0)}, "deaf"),
        ({"band_response": None, "band_class": None}, None),
    ],
)
def test_each_limit(changes, why):
    chosen, left_out = lora_targets([row("a", **changes)], {"a": "c01"}, TargetLimits())
    assert (len(chosen), dict(left_out)) == ((1, {}) if why is None else (0, {why: 1}))


def test_lists_and_their_summary(tmp_path):
    rows = [row("a"), row("b"), row("c", avg_luma=0.0), row("d"), row("e", None)]
    assigned = {"a": "c01", "b": "c00", "c": "c01", "d": "c01", "e": "c00"}
    limits = TargetLimits(band_min=0.1)
    stale = tmp_path / "lora-trainlists" / "bucket-c63.txt"
    stale.parent.mkdir()
    stale.write_text("of the clustering before\n")
    chosen, left_out = lora_targets([*rows, row("nowhere")], assigned, limits)
    summary = write_trainlists(tmp_path, chosen, left_out, assigned, limits)
    place = tmp_path / "lora-trainlists"
    assert {path.name: path.read_text() for path in place.glob("*.txt")} == {
        "bucket-c00.txt": "mine/b.milk\n",
        "bucket-c01.txt": "mine/a.milk\nmine/d.milk\n",
    }
    written = (place / "lora-trainlists.summary.json").read_bytes()
    assert validated(TrainlistsSummary, parse_json(written, ""), "") == summary
    assert (summary.considered, summary.chosen) == (5, 3)
    assert summary.left_out == {"dark": 1, "without figures": 1}


def test_a_cluster_of_any_name_has_a_file_here():
    assert bucket_name("c07") == "bucket-c07.txt"
    assert bucket_name("../x y/ü") == "bucket-___x_y_ü.txt"
    everything = FrameMetrics(avg_luma=0.5, motion=0.5, band_class="flat")
    assert len(lora_targets([row("a", everything)], {"a": "x"}, TargetLimits(flat=True))[0]) == 1

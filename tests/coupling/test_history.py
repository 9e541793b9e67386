import json
from pathlib import Path

from aivj.coupling import EpochMetrics, write_history


def test_history_keeps_every_epoch_and_what_could_not_be_said(tmp_path: Path) -> None:
    metrics = [
        EpochMetrics(1, 0.5, 0.6, 0.7, 0.2, 0.8, 0.1),
        EpochMetrics(2, 0.4, None, None, None, None, None),
    ]
    path = write_history(tmp_path / "coupling", metrics)
    assert path == tmp_path / "coupling" / "training_history.json"
    document = json.loads(path.read_text())
    assert [epoch["train_loss"] for epoch in document["epochs"]] == [0.5, 0.4]
    assert document["epochs"][0]["elite_auc"] == 0.7
    assert document["epochs"][1]["held_out_loss"] is None

import json
from dataclasses import fields
from pathlib import Path

from aivj.coupling import EpochMetrics, write_history
from aivj.coupling.held_out import HeldOutMetrics
from aivj.coupling.history import WatchedEpoch


def test_history_keeps_every_epoch_and_what_could_not_be_said(tmp_path: Path) -> None:
    names = [field.name for field in fields(HeldOutMetrics)]
    metrics = [
        EpochMetrics(**dict.fromkeys(names, 0.7), epoch=1, train_loss=0.5),
        EpochMetrics(**dict.fromkeys(names), epoch=2, train_loss=0.4),
    ]
    path = write_history(tmp_path / "coupling", metrics)
    assert path == tmp_path / "coupling" / "training_history.json"
    document = json.loads(path.read_text())
    assert [epoch["train_loss"] for epoch in document["epochs"]] == [0.5, 0.4]
    assert document["epochs"][0]["elite_auc"] == 0.7
    assert document["epochs"][1]["held_out_loss"] is None
    assert document["watched"] == []


def test_the_watched_fit_is_kept_to_its_end(tmp_path: Path) -> None:
    names = [field.name for field in fields(HeldOutMetrics)]
    known = dict.fromkeys(names, 0.5)
    watched = [
        WatchedEpoch(**known, epoch=epoch, train_loss=0.4, validation_loss=loss)
        for epoch, loss in enumerate((0.7, 0.6, 0.9), 1)
    ]
    chosen = [EpochMetrics(**known, epoch=epoch, train_loss=0.4) for epoch in (1, 2)]
    document = json.loads(write_history(tmp_path, chosen, watched).read_text())
    assert [epoch["validation_loss"] for epoch in document["watched"]] == [0.7, 0.6, 0.9]
    assert len(document["epochs"]) == 2

"""A training on a tiny pack: what it says, what it leaves alone, what it leaves behind."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pipeline.tiny_pack import CONFIG, TinyPack

from aivj.coupling.checkpoint import read_checkpoint
from aivj.errors import InputError, StorageError
from aivj.pipeline.requests import LabelRequest, TrainRequest
from aivj.pipeline.training import TrainOutcome, train
from aivj.release.run_notes import RunNote
from aivj.release.tracking import Tracker
from aivj.storage.file_lock import file_lock


@pytest.fixture(scope="module")
def tracker(
    new_tracking_store: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory
) -> Tracker:
    return Tracker(new_tracking_store(tmp_path_factory.mktemp("mlflow") / "mlflow.db"))


@pytest.fixture
def pack(tmp_path: Path) -> TinyPack:
    return TinyPack(tmp_path, num_pairs=12).write()


def trained(pack: TinyPack, tracker: Tracker, labels: LabelRequest, said: list[str]):
    request = TrainRequest(
        labels=labels, output_dir=pack.home / "out", config=CONFIG, allow_cpu=True, num_workers=0
    )
    with tracker.start("train", params={}, tags={}) as run:
        outcome: TrainOutcome = train(request, run, lambda _: None, said.append)
    return outcome, tracker.client.get_run(run.run_id)


def test_what_was_left_out_is_said_in_terminal_card_and_mlflow(
    pack: TinyPack, tracker: Tracker
) -> None:
    rows = pack.eval_path.read_text().splitlines(keepends=True)
    other = json.dumps({**json.loads(rows[0]), "pack": "elsewhere"}) + "\n"
    nan = rows[1].replace('"vizAvgLuma":', '"vizAvgLuma":NaN,"was":')
    pack.eval_path.write_text("".join([*rows, other, nan, "no json\n", '{"a": 1}\n', rows[0][:40]]))
    said: list[str] = []
    outcome, run = trained(pack, tracker, pack.labels(), said)
    path = pack.eval_path
    notes = (
        f"lines of {path} left out (JSON that is no EvalRow): 1",
        f"lines of {path} left out (a line cut off): 1",
        f"lines of {path} left out (no JSON, or NaN): 2",
        "measured pairs left out since no given manifest has them: 1",
    )
    for note in notes:
        assert f"note: {note}" in said
        assert note in read_checkpoint(outcome.checkpoint_path).card.left_out
        assert note in run.data.tags["left_out"]
    assert run.data.params["num_eval"] == str(len(rows))


@pytest.mark.parametrize("content", ["", "no json\n", '{"tMs": 1, "pack": "ti', '{"a": NaN}\n'])
def test_nothing_to_learn_from_leaves_the_checkpoint_alone(
    pack: TinyPack, tracker: Tracker, content: str
) -> None:
    checkpoint = pack.home / "out" / "models" / "coupling_net_final.safetensors"
    checkpoint.parent.mkdir(parents=True)
    checkpoint.write_bytes(b"the one before")
    pack.eval_path.write_text(content)
    with pytest.raises(InputError, match="has not one usable row"):
        trained(pack, tracker, pack.labels(), [])
    assert checkpoint.read_bytes() == b"the one before"


def test_rows_of_another_pack_alone_are_nothing_to_learn_from(
    pack: TinyPack, tracker: Tracker
) -> None:
    pack.eval_path.write_text(pack.eval_path.read_text().replace('"tiny"', '"other"'))
    with pytest.raises(InputError, match="no given manifest has them: 12"):
        trained(pack, tracker, pack.labels(), [])


def test_the_second_writer_of_a_checkpoint_is_told_who_the_first_is(
    pack: TinyPack, tracker: Tracker
) -> None:
    lock = pack.home / "out" / "models" / ".coupling_net_final.lock"
    with (
        file_lock(lock, timeout_s=1),
        pytest.raises(StorageError, match=r"process \d+; it trains the same checkpoint"),
    ):
        trained(pack, tracker, pack.labels(), [])
    trained(pack, tracker, pack.labels(), [])


def test_a_server_that_keeps_another_net_ends_the_training(
    pack: TinyPack, tracker: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = Tracker.send

    def torn(self: Tracker, run_id: str, note: RunNote, folder: Path | None = None) -> None:
        """A store that loses the end of a net."""
        if note.artifact is None or not note.artifact.path.endswith(".safetensors"):
            send(self, run_id, note, folder)
            return
        path = pack.home / "torn" / Path(note.artifact.path).name
        path.parent.mkdir()
        path.write_bytes(Path(note.artifact.path).read_bytes()[:-1])
        artifact = note.artifact.model_copy(update={"path": str(path)})
        send(self, run_id, note.model_copy(update={"artifact": artifact}), folder)

    monkeypatch.setattr(Tracker, "send", torn)
    with pytest.raises(StorageError, match=r"checkpoint/coupling_net_final.safetensors sha256"):
        trained(pack, tracker, pack.labels(), [])
    assert read_checkpoint(pack.home / "out/models/coupling_net_final.safetensors")


def test_the_run_leads_from_labels_to_checkpoint(pack: TinyPack, tracker: Tracker) -> None:
    outcome, run = trained(pack, tracker, pack.labels(), [])
    checkpoint = read_checkpoint(outcome.checkpoint_path)
    assert checkpoint.run_id == run.info.run_id
    assert run.data.tags["checkpoint_digest"] == checkpoint.digest
    assert checkpoint.card.num_rows["eval"] == 12
    assert checkpoint.card.judgement == outcome.judgement
    assert run.data.tags["judgement"] == outcome.judgement.sentence
    names = {used.dataset.name for used in run.inputs.dataset_inputs}
    assert {"coupling", f"{pack.eval_path.parent.name}/eval.jsonl"} <= names
    history = tracker.client.get_metric_history(run.info.run_id, "train_loss")
    assert [metric.step for metric in history] == [1, 2]

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

from aivj.contracts.judgement import NetJudgement
from aivj.contracts.pairs_manifest import PairsManifest
from aivj.coupling import FitConfig, TrainingSet
from aivj.coupling.checkpoint import read_checkpoint, write_checkpoint
from aivj.coupling.fit import fit
from aivj.coupling.net import predict01
from aivj.coupling.state import Fitted
from aivj.errors import InputError
from aivj.packs.term_space import TermSpace

CPU = torch.device("cpu")
CONFIG = FitConfig(epochs=1, hidden_width=8)

MakePack = Callable[..., tuple[PairsManifest, Path]]


@pytest.fixture
def training_set(built: Callable[..., TrainingSet], make_pack: MakePack) -> TrainingSet:
    manifest, root = make_pack(8)
    return built(CONFIG, root, manifest)


@pytest.fixture
def fitted(training_set: TrainingSet) -> Fitted:
    return fit(training_set, CONFIG, device=CPU)


def scores(net: torch.nn.Module, training_set: TrainingSet) -> torch.Tensor:
    presets = net.normalise(torch.from_numpy(training_set.preset_features))
    fg, bg = torch.from_numpy(training_set.fg_index), torch.from_numpy(training_set.bg_index)
    told = torch.from_numpy(training_set.pair_inputs.of(fg.numpy(), bg.numpy()))
    return predict01(net, presets, fg, bg, told, chunk=7)


def test_round_trip_scores_the_same(
    tmp_path: Path, fitted: Fitted, training_set: TrainingSet
) -> None:
    path = write_checkpoint(tmp_path, fitted)
    checkpoint = read_checkpoint(path)
    assert path == tmp_path / "models" / "coupling_net_final.safetensors"
    assert torch.equal(scores(checkpoint.net, training_set), scores(fitted.net, training_set))
    assert checkpoint.card.config == CONFIG
    assert checkpoint.card.dataset_digest == training_set.dataset_digest()
    assert checkpoint.card.metrics["epoch"] == 1
    assert checkpoint.card.num_features == training_set.preset_features.shape[1]
    assert set(checkpoint.card.held_out_presets) < set(training_set.preset_hashes)


def test_the_same_fit_gives_the_same_file(
    tmp_path: Path, fitted: Fitted, training_set: TrainingSet
) -> None:
    first = read_checkpoint(write_checkpoint(tmp_path / "a", fitted))
    again = fit(training_set, CONFIG, device=CPU)
    second = read_checkpoint(write_checkpoint(tmp_path / "b", again))
    other = fit(training_set, CONFIG.model_copy(update={"seed": 1}), device=CPU)
    third = read_checkpoint(write_checkpoint(tmp_path / "c", other))
    assert first.digest == second.digest
    assert third.digest != first.digest


def test_the_card_and_the_pth_lie_beside_it(tmp_path: Path, fitted: Fitted) -> None:
    path = write_checkpoint(tmp_path, fitted)
    card = json.loads(path.with_suffix(".json").read_text())
    assert card["feature_spec"] == fitted.feature_spec
    assert card["weights_sha256"] == read_checkpoint(path).digest
    assert card["feature_mean"] == fitted.net.feature_mean.tolist()
    legacy = torch.load(path.with_suffix(".pth"), weights_only=True)
    assert torch.equal(legacy["state_dict"]["out.weight"], fitted.net.out.weight)
    assert legacy["card"]["config"]["hidden_width"] == 8


@pytest.mark.parametrize("fault", ["missing", "empty", "cut", "text", "foreign"])
def test_a_broken_file_is_refused(tmp_path: Path, fitted: Fitted, fault: str) -> None:
    path = write_checkpoint(tmp_path, fitted)
    data = path.read_bytes()
    foreign = b'{"__metadata__":{"format":"pt"}}'
    broken = {
        "empty": b"",
        "cut": data[: len(data) // 2],
        "text": b"not a checkpoint at all",
        "foreign": len(foreign).to_bytes(8, "little") + foreign,
    }
    if fault == "missing":
        path.unlink()
    else:
        path.write_bytes(broken[fault])
    with pytest.raises(InputError, match="coupling checkpoint"):
        read_checkpoint(path)


def test_the_pth_is_the_same_checkpoint(tmp_path: Path, fitted: Fitted) -> None:
    judgement = NetJudgement(num_pairs=30, num_families=9, net_loss=0.5, constant_loss=0.6)
    path = write_checkpoint(
        tmp_path, fitted, left_out=["rows: 2"], judgement=judgement, run_id="a" * 32
    )
    first, legacy = read_checkpoint(path), read_checkpoint(path.with_suffix(".pth"))
    assert legacy.card == first.card
    assert (legacy.digest, legacy.run_id) == (first.digest, "a" * 32)
    assert legacy.card.left_out == ["rows: 2"]
    assert legacy.card.judgement == judgement
    assert torch.equal(legacy.net.out.weight, fitted.net.out.weight)


@pytest.mark.parametrize("content", [b"", b"PK", {"weights": 1}, {"state_dict": {}, "card": {}}])
def test_a_pth_of_another_program_is_refused(tmp_path: Path, content: object) -> None:
    path = tmp_path / "net.pth"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        torch.save(content, path)
    with pytest.raises(InputError, match="nets of other programs"):
        read_checkpoint(path)


def test_a_pth_runs_no_code(tmp_path: Path) -> None:
    torch.save({"state_dict": Path, "card": {}}, tmp_path / "net.pth")
    with pytest.raises(InputError, match="coupling checkpoint"):
        read_checkpoint(tmp_path / "net.pth")


def test_weights_alone_are_a_checkpoint_of_no_run(tmp_path: Path, fitted: Fitted) -> None:
    path = write_checkpoint(tmp_path / "a", fitted, run_id="a" * 32)
    moved = tmp_path / "b" / path.name
    moved.parent.mkdir()
    moved.write_bytes(path.read_bytes())
    moved.with_suffix(".json").write_text('{"of": "another program"}')
    assert read_checkpoint(moved).run_id is None


@pytest.mark.parametrize("read", [".safetensors", ".pth"])
@pytest.mark.parametrize("other", [".safetensors", ".pth", ".json"])
def test_files_of_two_fits_are_refused(
    tmp_path: Path, fitted: Fitted, training_set: TrainingSet, read: str, other: str
) -> None:
    path = write_checkpoint(tmp_path / "a", fitted)
    config = CONFIG.model_copy(update={"seed": 1})
    later = write_checkpoint(tmp_path / "b", fit(training_set, config, device=CPU))
    path.with_suffix(other).write_bytes(later.with_suffix(other).read_bytes())
    with pytest.raises(InputError, match="files of one fit") as caught:
        read_checkpoint(path.with_suffix(read))
    assert "coupling_net_final" in caught.value.found
    assert "train again" in caught.value.remedy


def test_one_weight_of_the_pth_decides(tmp_path: Path, fitted: Fitted) -> None:
    path = write_checkpoint(tmp_path, fitted)
    legacy = path.with_suffix(".pth")
    content = torch.load(legacy, weights_only=True)
    content["state_dict"]["out.bias"] += 1e-6
    torch.save(content, legacy)
    with pytest.raises(InputError, match=r"in coupling_net_final.pth other weights"):
        read_checkpoint(path)


def test_a_card_of_other_figures_is_refused(tmp_path: Path, fitted: Fitted) -> None:
    path = write_checkpoint(tmp_path, fitted)
    beside = path.with_suffix(".json")
    card = json.loads(beside.read_text())
    card["metrics"]["train_loss"] *= 0.5
    beside.write_text(json.dumps(card))
    with pytest.raises(InputError, match=r"in coupling_net_final.json another metrics"):
        read_checkpoint(path)


def test_a_card_of_other_weights_is_refused(tmp_path: Path, fitted: Fitted) -> None:
    path = write_checkpoint(tmp_path, fitted)
    beside = path.with_suffix(".json")
    card = json.loads(beside.read_text())
    beside.write_text(json.dumps({**card, "weights_sha256": "0" * 64}))
    with pytest.raises(InputError, match=r"weights sha256 0{64}, not"):
        read_checkpoint(path)


def test_what_a_net_is_told_travels_with_it(tmp_path: Path, told_set: TrainingSet) -> None:
    terms = TermSpace(("a", "b"), np.ones(2, np.float32), np.eye(2, dtype=np.float32))
    training_set = replace(
        told_set,
        feature_spec=f"test.v1+{terms.spec}+pair-v1/2",
        takes=("abc",),
        term_space=terms,
    )
    path = write_checkpoint(tmp_path, fit(training_set, CONFIG, device=CPU))
    for read in (path, path.with_suffix(".pth")):
        checkpoint = read_checkpoint(read)
        card = checkpoint.card
        assert card.version == "v3"
        assert (card.num_inputs, card.takes) == (2, ["abc"])
        assert (card.preset_spec, card.pair_spec) == (f"test.v1+{terms.spec}", "pair-v1/2")
        assert checkpoint.term_space.spec == terms.spec
        assert checkpoint.term_space.terms == terms.terms


def test_terms_of_another_net_are_refused(tmp_path: Path, told_set: TrainingSet) -> None:
    terms = TermSpace(("a", "b"), np.ones(2, np.float32), np.eye(2, dtype=np.float32))
    training_set = replace(told_set, feature_spec="test.v1+pair-v1/2", term_space=terms)
    path = write_checkpoint(tmp_path, fit(training_set, CONFIG, device=CPU))
    with pytest.raises(InputError, match=r"terms of terms-v1-\w+/2 for a net of test\.v1"):
        read_checkpoint(path)


def test_a_checkpoint_of_the_former_kind_reads_texts_alone(tmp_path: Path, fitted: Fitted) -> None:
    path = write_checkpoint(tmp_path, fitted)
    tensors = safetensors.torch.load(path.read_bytes())
    card = json.loads(path.with_suffix(".json").read_text())
    new = {"weights_sha256", "run_id", "num_inputs", "takes"}
    former = {name: value for name, value in card.items() if name not in new} | {"version": "v2"}
    for name in ("figures", "code_terms"):
        del former["config"][name]
    alone = tmp_path / "former.safetensors"
    metadata = {"aivj": json.dumps(former)}
    alone.write_bytes(safetensors.torch.save(tensors, metadata=metadata))

    checkpoint = read_checkpoint(alone)

    assert checkpoint.card.pair_spec is None
    assert checkpoint.card.preset_spec == fitted.feature_spec
    assert checkpoint.term_space is None

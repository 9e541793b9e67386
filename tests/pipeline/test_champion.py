"""A champion in the registry leads to the fit that made it, and can be loaded by MLflow alone."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from pipeline.tiny_pack import CONFIG, PACK, TinyPack

from aivj.contracts.pairs_quality import PairsQuality, read_pairs_quality, write_pairs_quality
from aivj.errors import GateError
from aivj.pipeline.releasing import publish
from aivj.pipeline.requests import ScoreRequest, TrainRequest
from aivj.pipeline.scoring import score
from aivj.pipeline.training import train
from aivj.release import CHAMPION, Force, Tracker, model_name
from aivj.storage import open_bucket

# MLflow 3.17 warns of its own type hints, and of how it calls pandas.
pytestmark = pytest.mark.filterwarnings("ignore:.*AnyType:UserWarning", "ignore:Operation with")

FORCE = Force(reason="a test", by="ada")
COMMIT = {"mlflow.source.git.commit": "c" * 40}


@dataclass(frozen=True)
class Shop:
    pack: TinyPack
    tracker: Tracker
    run_id: str
    quality_path: Path

    def publish(self) -> None:
        publish(
            pack=PACK,
            bucket=open_bucket(str(self.pack.home / "bucket")),
            quality_path=self.quality_path,
            evidence_dir=None,
            tracker=self.tracker,
            force=FORCE,
        )

    @property
    def champion(self):
        return self.tracker.client.get_model_version_by_alias(model_name(PACK), CHAMPION)

    def artifacts(self) -> dict[str, bytes]:
        folder = self.tracker.client.list_artifacts(self.run_id, "quality")
        return {
            item.path: self.tracker.artifacts(self.run_id, item.path)["pairs-quality.v0.json"]
            for item in folder
        }


@pytest.fixture(scope="module")
def shop(
    new_tracking_store: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory
) -> Shop:
    """A pack that was trained, scored with a stretch, and promoted."""
    home = tmp_path_factory.mktemp("shop")
    pack = TinyPack(home, num_pairs=20).write()
    tracker = Tracker(new_tracking_store(home / "mlflow" / "mlflow.db"), origin=COMMIT)
    labels = pack.labels()
    request = TrainRequest(
        labels=labels, output_dir=home / "out", config=CONFIG, allow_cpu=True, num_workers=0
    )
    with tracker.start("train tiny", params={}, tags={}) as run:
        trained = train(request, run, lambda _: None)
    ((_, path),) = score(
        ScoreRequest(
            checkpoint_path=trained.checkpoint_path,
            packs=[PACK],
            packs_root=labels.packs_root,
            feature_store=labels.feature_store,
            takes_uri=str(home / "takes"),
            min_quality_std=0,
            calibrate_std=0.2,
        )
    )
    made = Shop(pack, tracker, run.run_id, path)
    made.publish()
    return made


def scores_of(quality: PairsQuality) -> dict[int, float]:
    return {row.pair: row.quality01 for row in quality.pairs}


def test_the_champion_leads_to_its_fit(shop: Shop) -> None:
    run = shop.tracker.client.get_run(shop.champion.run_id)
    assert (run.info.run_id, run.info.run_name) == (shop.run_id, "train tiny")
    assert run.data.params["neg_weight"] == str(CONFIG.neg_weight)
    assert run.data.metrics["train_loss"] > 0
    assert run.inputs.dataset_inputs
    assert run.data.tags["mlflow.source.git.commit"] == "c" * 40
    model_id = shop.champion.tags["model_id"]
    assert model_id in {made.model_id for made in run.outputs.model_outputs}
    assert shop.tracker.client.get_logged_model(model_id).source_run_id == shop.run_id
    experiment = shop.tracker.client.get_experiment(run.info.experiment_id)
    assert experiment.tags["mlflow.experimentKind"] == "custom_model_development"


def test_the_champion_is_loaded_back_and_gives_the_same_scores(shop: Shop) -> None:
    quality = read_pairs_quality(shop.quality_path)
    assert quality.quality_stats.calibration.scale > 1
    import mlflow.pyfunc

    model = mlflow.pyfunc.load_model(shop.champion.source)
    folder = shop.quality_path.parent
    pairs = json.loads((folder / "pairs-manifest.v0.json").read_text())["pairs"]
    files = {
        layer: [str(folder / layer / Path(pair[f"{layer}Url"]).name) for pair in pairs]
        for layer in ("fg", "bg")
    }
    expected = [scores_of(quality)[pair["pair"]] for pair in pairs]
    assert model.predict(pd.DataFrame(files))["score"].tolist() == pytest.approx(expected, abs=1e-9)
    texts = {layer: [Path(path).read_text() for path in paths] for layer, paths in files.items()}
    assert model.predict(pd.DataFrame(texts))["score"].tolist() == pytest.approx(expected, abs=1e-9)
    assert [column.name for column in model.metadata.signature.inputs.inputs] == ["fg", "bg"]
    assert len(model.input_example) == 1
    gone = pd.DataFrame({"fg": ["/nowhere.milk"], "bg": files["bg"][:1]})
    assert model.predict(gone)["score"].isna().all()


@pytest.mark.parametrize("net", ["0" * 64, None])
def test_scores_that_name_the_run_of_another_net_are_refused(shop: Shop, net: str | None) -> None:
    quality = read_pairs_quality(shop.quality_path)
    said = quality.provenance.model_copy(update={"checkpoint_digest": net})
    other = quality.model_copy(update={"provenance": said, "generated_at": "2026-03-02T00:00:00Z"})
    write_pairs_quality(shop.quality_path, other)
    before = shop.champion
    try:
        with pytest.raises(GateError, match=f"by sha256 {net}, the run made [1-9a-f]"):
            shop.publish()
    finally:
        write_pairs_quality(shop.quality_path, quality)
    assert shop.champion.version == before.version


def test_a_run_that_keeps_another_net_is_refused(shop: Shop) -> None:
    """Its store of artifacts has other bytes under the net's name than it was given."""
    quality = read_pairs_quality(shop.quality_path)
    location = shop.tracker.client.get_run(shop.run_id).info.artifact_uri
    kept = Path(location.removeprefix("file://")) / "checkpoint/coupling_net_final.safetensors"
    whole = kept.read_bytes()
    other = quality.model_copy(update={"generated_at": "2026-03-03T00:00:00.000Z"})
    write_pairs_quality(shop.quality_path, other)
    kept.write_bytes(whole[:-1] + b"\0")
    try:
        with pytest.raises(GateError, match="the run keeps"):
            shop.publish()
    finally:
        kept.write_bytes(whole)
        write_pairs_quality(shop.quality_path, quality)


def test_other_scores_of_the_same_net_leave_the_former_ones(shop: Shop) -> None:
    before, first = shop.artifacts(), shop.champion
    quality = read_pairs_quality(shop.quality_path)
    changed = [row.model_copy(update={"quality01": 1 - row.quality01}) for row in quality.pairs]
    stats = quality.quality_stats.model_copy(update={"mean": 1 - quality.quality_stats.mean})
    other = quality.model_copy(update={"pairs": changed, "quality_stats": stats})
    write_pairs_quality(shop.quality_path, other)
    try:
        shop.publish()
    finally:
        write_pairs_quality(shop.quality_path, quality)
    after = shop.artifacts()
    assert {path: after[path] for path in before} == before
    assert len(after) == len(before) + 1
    assert shop.champion.version != first.version
    assert shop.champion.run_id == first.run_id
    # For the other tests, in whatever order: the scores that the net gave.
    shop.publish()

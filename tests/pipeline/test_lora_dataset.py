"""Pictures and captions for other trainers: whose, where, and nothing else."""

import pytest
from embedding.made_clusters import write_pack

from aivj.contracts.frames_index import FramesLog, frames_hash, read_frames_index
from aivj.contracts.lora_trainlists import TargetLimits
from aivj.errors import InputError, StorageError
from aivj.pipeline.lora_dataset import choose_targets, only_writer, write_lora_dataset

LIMITS = TargetLimits()


def write(folder, limits=LIMITS, max_frames=3):
    return write_lora_dataset(folder, choose_targets(folder, None, limits), limits, max_frames)


def files(folder):
    place = folder / "dataset"
    return {path.relative_to(place).as_posix(): path for path in place.rglob("*") if path.is_file()}


def moved(folder, **motion):
    """Has the index say how much presets move."""
    index = folder / "frames-index.jsonl"
    rows = read_frames_index(index).rows
    index.unlink()
    with FramesLog(index) as log:
        for row in rows:
            moves = motion.get(row.preset_id, row.metrics.motion)
            metrics = row.metrics.model_copy(update={"motion": moves})
            log.append(row.model_copy(update={"metrics": metrics}))


def test_each_chosen_preset_has_its_pictures_and_captions(tmp_path):
    write_pack(tmp_path, num_each=3)
    moved(tmp_path, p0=0.04, p1=0.05, p2=0.06, p3=0.07, p4=0.08, p5=0.0)
    assert write(tmp_path, max_frames=1) == 5
    written = files(tmp_path)
    assert len(written) == 10
    captions = {
        name: (tmp_path / "dataset" / f"cluster-{cluster}" / f"{frames_hash(name)}-000.txt")
        for name, cluster in (("p0", "c00"), ("p1", "c01"), ("p4", "c00"))
    }
    assert captions["p0"].read_text() == "cluster:c00 energy:calm\n"
    assert captions["p4"].read_text() == "cluster:c00 energy:peak\n"
    picture = next(path for path in captions["p1"].parent.glob(f"{frames_hash('p1')}-000.*p*"))
    assert picture.suffix != ".txt"
    row = next(
        row
        for row in read_frames_index(tmp_path / "frames-index.jsonl").rows
        if row.preset_id == "p1"
    )
    assert picture.read_bytes() == (tmp_path / row.frames[0]).read_bytes()
    assert (tmp_path / "lora-trainlists" / "lora-trainlists.summary.json").exists()


def test_written_again_it_holds_what_is_chosen_now(tmp_path):
    write_pack(tmp_path, num_each=2)
    write(tmp_path)
    before = files(tmp_path)
    # Of red ones nothing is left.
    moved(tmp_path, p0=0.0, p2=0.0)
    write(tmp_path, max_frames=1)
    assert {name.partition("/")[0] for name in files(tmp_path)} == {"cluster-c01"}
    moved(tmp_path, p0=0.1, p2=0.1)
    write(tmp_path)
    assert files(tmp_path).keys() == before.keys()


def test_what_is_not_ours_is_left_alone(tmp_path):
    write_pack(tmp_path, num_each=1)
    (tmp_path / "dataset").mkdir()
    (tmp_path / "dataset" / "mine.txt").write_text("by hand")
    with pytest.raises(InputError, match="move it away"):
        write(tmp_path)
    assert list(files(tmp_path)) == ["mine.txt"]


def test_who_writes_keeps_others_out(tmp_path):
    write_pack(tmp_path, num_each=1)
    with only_writer(tmp_path), pytest.raises(StorageError, match="wait for it"):
        write(tmp_path)
    assert not files(tmp_path)


def test_without_clusters_it_is_refused(tmp_path):
    with pytest.raises(InputError, match="aivj cluster"):
        choose_targets(tmp_path, None, LIMITS)

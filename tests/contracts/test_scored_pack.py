import pytest

from aivj.contracts.pairs_manifest import (
    ManifestPair,
    PairsManifest,
    read_pairs_manifest,
    write_pairs_manifest,
)
from aivj.contracts.pairs_quality import Provenance
from aivj.contracts.scored_pack import presets_digest, scored_otherwise
from aivj.storage import sha256_hex


@pytest.fixture
def manifest_path(tmp_path):
    """Three pairs, of which the last has no background."""
    folder = tmp_path / "presets" / "duo"
    for name in ("fg/0", "fg/1", "fg/2", "bg/0", "bg/1"):
        path = folder / f"{name}.milk"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"decay={name}\n")
    pairs = [
        ManifestPair(
            pair=pair, fg_url=f"/presets/duo/fg/{n}.milk", bg_url=f"/presets/duo/bg/{n}.milk"
        )
        for n, pair in enumerate((4, 7, 9))
    ]
    path = folder / "pairs-manifest.v0.json"
    write_pairs_manifest(
        path, PairsManifest(generated_at="2026-03-01T09:00:00.000Z", pack="duo", pairs=pairs)
    )
    return path


@pytest.fixture
def said(manifest_path, tmp_path):
    return Provenance(
        manifest_digest=sha256_hex(manifest_path.read_bytes()),
        presets_digest=presets_digest(read_pairs_manifest(manifest_path), tmp_path),
    )


def test_a_pack_as_it_was_is_the_one_that_was_scored(manifest_path, said, tmp_path):
    assert scored_otherwise(said, manifest_path, tmp_path) == []


def test_scores_that_do_not_say_are_of_no_other_pack(manifest_path, tmp_path):
    assert scored_otherwise(Provenance(), manifest_path, tmp_path) == []


@pytest.mark.parametrize("change", ["edited", "gone", "there now"])
def test_a_preset_that_is_another_now_is_told(manifest_path, said, tmp_path, change):
    folder = manifest_path.parent
    if change == "edited":
        (folder / "fg/1.milk").write_text("decay=0.9\n")
    elif change == "gone":
        (folder / "bg/0.milk").unlink()
    else:
        (folder / "bg/2.milk").write_text("decay=1\n")
    (told,) = scored_otherwise(said, manifest_path, tmp_path)
    assert told.startswith(f"its pairs' presets were sha256 {said.presets_digest[:12]}, are ")


def test_a_manifest_that_is_another_now_is_told(manifest_path, said, tmp_path):
    manifest = read_pairs_manifest(manifest_path)
    turned = manifest.model_copy(update={"pairs": manifest.pairs[::-1]})
    write_pairs_manifest(manifest_path, turned)
    (told,) = scored_otherwise(said, manifest_path, tmp_path)
    assert told.startswith(f"its manifest was sha256 {said.manifest_digest[:12]}, is ")


def test_ids_that_were_swapped_are_told(manifest_path, said, tmp_path):
    manifest = read_pairs_manifest(manifest_path)
    first, second, third = manifest.pairs
    swapped = [
        first.model_copy(update={"pair": second.pair}),
        second.model_copy(update={"pair": first.pair}),
        third,
    ]
    write_pairs_manifest(manifest_path, manifest.model_copy(update={"pairs": swapped}))
    assert len(scored_otherwise(said, manifest_path, tmp_path)) == 2


def test_the_folder_of_a_pack_does_not_matter(manifest_path, said, tmp_path):
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    (tmp_path / "presets").rename(moved / "presets")
    path = moved / "presets" / "duo" / manifest_path.name
    assert scored_otherwise(said, path, moved) == []

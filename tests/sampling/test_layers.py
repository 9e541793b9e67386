from pathlib import Path
from types import SimpleNamespace

import pytest

from aivj.contracts.pair_faults import PairFault
from aivj.contracts.pairs_manifest import ManifestPair
from aivj.errors import ItemError
from aivj.presets.digest import content_hash
from aivj.sampling.layers import LayerReader
from aivj.sampling.packs import SamplePack
from aivj.storage import sha256_hex

SPACED = b"zoom = 1.0\r\n"


@pytest.fixture
def packs_root(tmp_path: Path) -> Path:
    folder = tmp_path / "public" / "presets" / "p" / "fg"
    folder.mkdir(parents=True)
    (tmp_path / "outside.milk").write_text("zoom=1\n")
    (folder / "0.milk").write_text("zoom=1\n")
    (folder / "1.milk").symlink_to(tmp_path / "outside.milk")
    (folder / "3.milk").write_bytes(SPACED)
    return tmp_path / "public"


@pytest.fixture
def pack():
    def entry(number):
        urls = (f"/presets/p/fg/{name}.milk" for name in (number, 0))
        return ManifestPair(pair=number, **dict(zip(("fg_url", "bg_url"), urls, strict=True)))

    faults = {4: PairFault(place=4, pair=4, expected="a URL", found="'..'")}
    pack = SimpleNamespace(name="p", pairs={n: entry(n) for n in range(4)}, faults=faults)
    pack.require_usable = lambda pair: SamplePack.require_usable(pack, pair)
    return pack


def test_pairs_hear_the_clips_in_turn(packs_root: Path) -> None:
    reader = LayerReader(packs_root, num_clips=3)
    assert [reader.clip_of(pair) for pair in (6, 0, 1, 2, 3)] == ["0", "0", "1", "2", "0"]


@pytest.mark.parametrize(
    ("pair", "kind"), [(1, "missing-preset"), (2, "missing-preset"), (4, "bad-entry")]
)
def test_a_preset_that_leads_out_or_is_missing_costs_its_own_pair_alone(
    packs_root, pack, pair, kind
):
    reader = LayerReader(packs_root, num_clips=1)
    with pytest.raises(ItemError) as caught:
        reader.read(pack, pair)
    assert caught.value.kind == kind
    assert reader.read(pack, 0)


def test_one_preset_in_two_files_is_one_content(packs_root, pack):
    foreground, background = LayerReader(packs_root, num_clips=1).read(pack, 3)

    assert (foreground.data, foreground.digest) == (SPACED, sha256_hex(SPACED))
    assert foreground.digest != background.digest
    assert foreground.content == background.content == content_hash(SPACED)


def test_what_cannot_be_taken_apart_is_no_job(packs_root, pack):
    layer, _ = LayerReader(packs_root, num_clips=1).read(pack, 0)
    hopeless = SimpleNamespace(butterchurn={}, degraded_reasons=["not even its text"])

    job = layer.job("0", lambda _: SimpleNamespace(butterchurn={"a": 1}, degraded_reasons=["b"]))
    assert (job.clip, job.content, job.preset) == ("0", layer.content, '{"a":1}')
    assert job.degraded == ("b",)
    with pytest.raises(ItemError, match="not even its text"):
        layer.job("0", lambda _: hopeless)

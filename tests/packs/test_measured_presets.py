import pytest

from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.pairs_manifest import ManifestPair, PairsManifest
from aivj.packs.measured_presets import other_presets
from aivj.pipeline.labels import of_present_presets
from aivj.storage import sha256_hex, write_atomic


def row(pair, fg, bg, pack="p"):
    return EvalRow(
        t_ms=pair,
        pack=pack,
        pair=pair,
        ok_heuristic=True,
        reasons=[],
        preset_fg_digest=fg and sha256_hex(fg),
        preset_bg_digest=bg and sha256_hex(bg),
    )


@pytest.fixture
def manifest(tmp_path):
    """Pairs 0 and 1, which share a background; the file of pair 1's foreground is not there."""
    for name, data in (("fg/0", b"zero"), ("bg/0", b"back")):
        write_atomic(tmp_path / f"presets/p/{name}.milk", data)
    pairs = [
        ManifestPair(pair=n, fg_url=f"/presets/p/fg/{n}.milk", bg_url="/presets/p/bg/0.milk")
        for n in (0, 1)
    ]
    return PairsManifest(generated_at="2026-01-01T00:00:00.000Z", pack="p", pairs=pairs)


def told(rows, manifest, tmp_path):
    return [str(other) for other in other_presets(rows, manifest, tmp_path)]


def test_rows_of_the_presets_that_are_there_are_right(manifest, tmp_path):
    rows = [row(0, b"zero", b"back"), row(1, b"gone", b"back"), row(0, None, None)]
    assert told(rows, manifest, tmp_path) == []
    assert told([row(0, b"other", b"other", pack="q")], manifest, tmp_path) == []


def test_edited_presets_and_pairs_that_are_gone_are_found(manifest, tmp_path):
    rows = [row(0, b"former", b"former"), row(1, b"gone", b"former"), row(7, b"zero", b"back")]
    assert told(rows, manifest, tmp_path) == [
        "pair 0: /presets/p/fg/0.milk is another file now",
        "pair 1: /presets/p/bg/0.milk is another file now",
        "pair 7: the manifest has it no more",
    ]


def test_nobody_learns_from_rows_of_other_presets_and_that_is_said(manifest, tmp_path):
    notes = []
    good = row(0, b"zero", b"back")

    kept = of_present_presets([row(0, b"former", b"back"), good], [manifest], tmp_path, notes)

    assert kept == [good]
    assert len(notes) == 1
    assert notes[0].startswith("1 rows measured other presets: left out; first, pair 0: ")

from aivj.contracts.pack_size import pack_size
from aivj.contracts.pairs_manifest import ManifestPair, PairsManifest, read_pairs_manifest


def manifest(pack: str, urls: list[tuple[str, str]]) -> PairsManifest:
    pairs = [
        ManifestPair(pair=number, fg_url=f"/presets/{pack}/{fg}", bg_url=f"/presets/{pack}/{bg}")
        for number, (fg, bg) in enumerate(urls)
    ]
    return PairsManifest(generated_at="2026-01-01T00:00:00Z", pack=pack, pairs=pairs)


def test_a_pack_of_different_presets_is_as_expected():
    size = pack_size(manifest("p", [(f"fg/{n}", f"bg/{n}") for n in range(40)]))

    assert (size.num_pairs, size.num_foregrounds, size.num_backgrounds) == (40, 40, 40)
    assert size.oddities == []


def test_the_runtimes_own_packs_have_a_known_size():
    whole = [(f"fg/{n}", f"bg/{n}") for n in range(500)]

    assert pack_size(manifest("ai_generated_coupled", whole)).oddities == []
    assert pack_size(manifest("ai_generated_coupled", whole[1:])).oddities == [
        "499 pairs, where 500 are known"
    ]


def test_presets_that_stand_more_than_once_are_counted():
    size = pack_size(manifest("p", [("a", "b"), ("a", "c"), ("d", "d"), ("e", "f"), ("f", "g")]))

    # Twice as a foreground, twice in one pair, once in either layer.
    assert size.num_repeated == 3
    assert size.oddities == [
        "3 presets stand more than once (4 foregrounds, 5 backgrounds)",
    ]


def test_entries_that_cannot_be_used_are_pairs(tmp_path):
    path = tmp_path / "m.json"
    pair = '{"pair": 1, "fgUrl": "/presets/p/a", "bgUrl": "/presets/p/b"}'
    path.write_text(f'{{"pack": "p", "pairs": [{pair}, 7]}}')

    size = pack_size(read_pairs_manifest(path))

    assert (size.num_pairs, size.num_unusable, size.num_foregrounds) == (2, 1, 1)

from pathlib import Path

import pytest

from aivj.contracts.elite_manifest import read_elite_manifest
from aivj.errors import InputError
from aivj.packs.provenance import read_provenance
from aivj.packs.ratings import draw_elite, ratings_differ
from aivj.presets import content_hash, parse_milk

RATED = {f"R{n} - {r}.milk": f"zoom={n}.{r}\nfRating={r}" for n in range(6) for r in range(6)}


def test_high_and_low_rated_real_pairs_are_drawn(corpus, tmp_path: Path) -> None:
    entries = draw_elite(corpus, num_positive=30, num_negative=20, seed=5, folder=tmp_path / "e")
    assert [entry.rank for entry in entries] == list(range(1, 51))
    scores = [entry.score for entry in entries]
    assert scores == sorted(scores, reverse=True)
    assert all(score >= 4.0 for score in scores[:30])
    assert all(score <= 2.0 for score in scores[30:])
    for entry in entries:
        ratings = [parse_milk(path.read_bytes()).f_rating for path in (entry.fg, entry.bg)]
        assert entry.score == sum(ratings) / 2
    files = [path for entry in entries for path in (entry.fg, entry.bg)]
    assert len({content_hash(path.read_bytes()) for path in files}) == 100
    assert read_elite_manifest(tmp_path / "e").entries == entries


def test_provenance_tells_the_families(make_library, tmp_path: Path) -> None:
    entries = draw_elite(
        make_library(RATED), num_positive=2, num_negative=2, seed=5, folder=tmp_path / "e"
    )
    provenance = read_provenance(tmp_path / "e")
    assert provenance.kind == "weak-elite"
    assert provenance.parameters == {"numPositive": 2, "numNegative": 2}
    assert [row.pair for row in provenance.pairs] == [entry.rank for entry in entries]
    for row, entry in zip(provenance.pairs, entries, strict=True):
        assert tmp_path / "e" / row.fg.file == entry.fg
        assert row.fg.source.lower().startswith(f"{row.fg.family} - ")


def test_the_same_seed_draws_the_same_folder(make_library, tmp_path: Path, tree) -> None:
    library = make_library(RATED)
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        draw_elite(library, num_positive=4, num_negative=4, seed=seed, folder=tmp_path / name)
    assert tree(tmp_path / "a") == tree(tmp_path / "b") != tree(tmp_path / "c")


def test_a_new_draw_replaces_the_old_one_whole(make_library, tmp_path: Path, tree) -> None:
    library = make_library(RATED)
    draw_elite(library, num_positive=5, num_negative=5, seed=1, folder=tmp_path / "e")
    draw_elite(library, num_positive=2, num_negative=2, seed=2, folder=tmp_path / "e")
    draw_elite(library, num_positive=2, num_negative=2, seed=2, folder=tmp_path / "fresh")
    assert tree(tmp_path / "e") == tree(tmp_path / "fresh")


def test_few_ratings_give_few_pairs(make_library, tmp_path: Path) -> None:
    library = make_library(RATED)
    entries = draw_elite(library, num_positive=100, num_negative=1, seed=1, folder=tmp_path / "e")
    assert sum(entry.score >= 4.0 for entry in entries) == 6
    assert sum(entry.score <= 2.0 for entry in entries) == 1
    assert ratings_differ(library, seed=1)


@pytest.mark.parametrize("rating", ["", "fRating=3.000", "fRating=5", "fRating=1"])
def test_ratings_of_one_kind_teach_nothing(make_library, tmp_path: Path, rating: str) -> None:
    library = make_library({f"{n}.milk": f"zoom={n}\n{rating}" for n in range(8)})
    with pytest.raises(InputError, match="train without labels from ratings"):
        draw_elite(library, num_positive=2, num_negative=2, seed=1, folder=tmp_path / "e")
    assert not (tmp_path / "e").exists()
    assert not ratings_differ(library, seed=1)

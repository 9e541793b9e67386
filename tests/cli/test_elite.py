"""`aivj elite`, from each of its three sources, on small packs of real shape."""

import json

import pytest

from aivj.contracts.elite_manifest import ELITE_MANIFEST_NAME, read_elite_manifest
from aivj.contracts.pairs_manifest import ManifestPair, PairsManifest, write_pairs_manifest
from aivj.contracts.preferences import PairRef, Preference, PreferenceLog
from aivj.packs.provenance import read_provenance

NUM_PAIRS = 8


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def folder(home):
    """A pack of pairs 0, 1, 2 ..., each preset another one."""
    folder = home / "public" / "presets" / "tested"
    pairs = []
    for pair in range(NUM_PAIRS):
        for layer in ("fg", "bg"):
            preset = folder / layer / f"{pair}.milk"
            preset.parent.mkdir(parents=True, exist_ok=True)
            preset.write_text(f"[preset00]\nzoom=1.{pair}\nwave_mode={int(layer == 'bg')}\n")
        urls = {f"{layer}_url": f"/presets/tested/{layer}/{pair}.milk" for layer in ("fg", "bg")}
        pairs.append(ManifestPair(pair=pair, **urls))
    manifest = PairsManifest(generated_at="2026-11-01T09:00:00.000Z", pack="tested", pairs=pairs)
    write_pairs_manifest(folder / "pairs-manifest.v0.json", manifest)
    return folder


@pytest.fixture
def elite(home, folder, run_here):
    assert folder.is_dir()
    return lambda *options: run_here("--home", home, "elite", *options)


def judge(log, couples, *, pack="tested"):
    """Appends judgements, the better pair first."""
    with PreferenceLog(log) as rows:
        for number, (winner, loser) in enumerate(couples):
            refs = (PairRef(pack=pack, pair=pair) for pair in (winner, loser))
            at = f"2026-11-01T10:{number // 60:02}:{number % 60:02}.000Z"
            rows.append(Preference(winner=next(refs), loser=next(refs), by="ada", at=at))


def everybody():
    """Each pair against each, twice; the lower id is always better."""
    return 2 * [(a, b) for a in range(NUM_PAIRS) for b in range(a + 1, NUM_PAIRS)]


def refused(done, *words):
    assert done.exit_code == 3, done.stderr
    assert done.stderr.splitlines()[-3].startswith("expected ")
    for word in words:
        assert word in done.stderr


def test_what_people_judged_becomes_the_best_and_the_worst(elite, home, folder):
    judge(folder / "preferences.jsonl", everybody())
    with (folder / "preferences.jsonl").open("a") as log:
        log.write("no judgement\n")
    judge(folder / "preferences.jsonl", [(0, 1)], pack="other")
    judge(folder / "preferences.jsonl", [(99, 1)])

    done = elite("--pack", "tested")

    assert done.exit_code == 0, done.stderr
    made = home / "elite" / "tested"
    assert done.stdout == f"4 pairs, 2 positive and 2 negative: {made}\n"
    entries = read_elite_manifest(made).entries
    assert [entry.rank for entry in entries] == [1, 2, 3, 4]
    sources = [row.fg.source for row in read_provenance(made).pairs]
    urls = [f"/presets/tested/fg/{pair}.milk" for pair in (0, 1, 6, 7)]
    assert sources == urls
    assert entries[0].fg.read_bytes() == (folder / "fg" / "0.milk").read_bytes()
    assert [entry.score >= 4 for entry in entries] == [True, True, False, False]
    assert entries[2].score <= 2
    for words in (
        "are no judgements: 57",
        "1 judgement of other packs left out",
        "pack tested has no pair 99",
        "4 judged pairs left out",
        f"train --pack tested --elite-dir {made}",
    ):
        assert words in done.stderr


def test_too_few_judgements_are_refused_with_how_far_they_are(elite, home, folder):
    judge(folder / "preferences.jsonl", [(0, 1), (2, 3)])

    refused(elite("--pack", "tested"), "2 judgements of 4 pairs", "prefer --pack tested")
    assert not (home / "elite").exists()


def test_judgements_of_other_packs_alone_are_refused(elite, folder):
    judge(folder / "preferences.jsonl", [(0, 1)], pack="other")
    refused(elite("--pack", "tested"), "judgements of pack 'tested'", "1 judgement of other packs")


def test_a_table_is_taken_with_its_scores(elite, home, folder, tmp_path):
    table = tmp_path / "scores.csv"
    table.write_text("\ufeffPair;Score;who\n3;4.5;ada\n\n1;1;bob\n2;3;ada\n", encoding="utf-8")

    done = elite("--pack", "tested", "--csv", table)

    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("3 pairs, 1 positive and 1 negative: ")
    entries = read_elite_manifest(home / "elite" / "tested").entries
    assert [entry.score for entry in entries] == [4.5, 3, 1]
    assert entries[0].bg.read_bytes() == (folder / "bg" / "3.milk").read_bytes()


def test_a_table_may_name_presets_from_its_own_folder(elite, folder, tmp_path):
    table = folder / "mine.csv"
    table.write_text("fg,bg,rating\nfg/0.milk,bg/1.milk,5\n")

    done = elite("--csv", table, "--out-dir", tmp_path / "e")

    assert done.exit_code == 0, done.stderr
    assert "no negative example (score 2 and less)" in done.stderr
    (entry,) = read_elite_manifest(tmp_path / "e").entries
    assert entry.bg.read_bytes() == (folder / "bg" / "1.milk").read_bytes()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["a header with the columns score and pair", "nothing"]),
        ("score\n4\n", ["score and pair", "found    score"]),
        ("pair,score\n", ["a header alone"]),
        ("pair,score\n1,five\n2,6\n3,nan\nx,4\n", ["line 2: score 'five'", "line 3", "1 more"]),
        ("pair,score\n1,4\n,2\n", ["line 3: neither a pair's id nor two presets"]),
        ("pair,score\n1,4\n2,1\n1,5\n", ["line 4: the pair of line 2 once more"]),
        ("pair,score\n1,4\n77,1\n", ["line 3: pack tested has no pair 77"]),
        ("pair,score\n1,3\n2,3\n", ["2 scores, all 3"]),
        ("pair,score\n1,2.5\n2,3\n", ["scores from 2.5 to 3"]),
        ("score,fg,bg\n5,a.milk,b.milk\n", ["line 2: no preset a.milk; line 2: no preset b.milk"]),
    ],
)
def test_a_table_that_cannot_be_used_names_its_lines(elite, home, tmp_path, text, words):
    table = tmp_path / "scores.csv"
    table.write_text(text)
    refused(elite("--pack", "tested", "--csv", table), *words)
    assert not (home / "elite").exists()


def test_equal_scores_are_said(elite, tmp_path):
    table = tmp_path / "scores.csv"
    table.write_text("pair,score\n1,5\n2,5\n")
    assert "all scores are 5" in elite("--pack", "tested", "--csv", table).stderr


def test_ids_without_a_pack_are_refused(elite, tmp_path):
    table = tmp_path / "scores.csv"
    table.write_text("pair,score\n1,5\n")
    refused(elite("--csv", table), "line 2: pair 1 of no pack; say --pack NAME")


def test_bytes_that_are_no_text_are_refused(elite, tmp_path):
    table = tmp_path / "scores.csv"
    table.write_bytes(b"pair,score\n1,5\xff\n")
    refused(elite("--pack", "tested", "--csv", table), "UTF-8", "byte 14")


def test_ratings_in_presets_are_weak_labels_and_said_to_be(elite, tmp_path):
    library = tmp_path / "library"
    library.mkdir()
    for n in range(6):
        rating = 5 if n < 4 else 1
        (library / f"{n}.milk").write_text(f"[preset00]\nfRating={rating}\nzoom=1.{n}\n")

    done = elite("--ratings", library, "--positive", "2", "--out-dir", tmp_path / "e")

    assert done.exit_code == 0, done.stderr
    assert "3 pairs, 2 positive and 1 negative" in done.stdout
    assert "1 of 50 negative pairs: no more presets" in done.stderr
    assert "weak labels" in done.stderr


@pytest.mark.parametrize(
    "options",
    [[], ["--csv", "a.csv", "--ratings", "b"], ["--preferences", "p.jsonl", "--csv", "a.csv"]],
)
def test_one_source_it_is(elite, options):
    refused(elite(*options), "one thing to make the list of")


def test_a_pack_is_never_replaced_by_a_list(elite, folder, tmp_path):
    table = tmp_path / "scores.csv"
    table.write_text("pair,score\n1,5\n")
    (folder / "pack-provenance.json").write_text("{}")
    before = json.loads((folder / "pairs-manifest.v0.json").read_text())

    done = elite("--pack", "tested", "--csv", table, "--out-dir", folder)

    refused(done, "a pack", "name another folder")
    assert json.loads((folder / "pairs-manifest.v0.json").read_text()) == before
    assert not (folder / ELITE_MANIFEST_NAME).exists()

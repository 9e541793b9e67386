from pathlib import Path

import pytest
from gate.run_check.good_run import FAILED_PAIR, NUM_ROWS, PACK, PAIRS

from aivj.errors import InputError
from aivj.gate.run_check import load_run


def test_a_run_is_read_whole(good_run):
    run = load_run(good_run.path, packs_root=good_run.packs_root)
    assert [entry.number for entry in run.rows] == list(range(1, NUM_ROWS + 1))
    assert run.visited(PACK) == {*PAIRS[:NUM_ROWS], FAILED_PAIR}
    assert run.visited("other") == set()
    assert run.meta.packs[0].pack == PACK
    assert run.table.pairs == tuple((PACK, pair) for pair in PAIRS[:NUM_ROWS])
    assert set(run.pictures) == {str(pair) for pair in PAIRS[:NUM_ROWS]}
    assert run.manifests[PACK].pairs == set(PAIRS)


def test_pictures_may_lie_in_folders_of_their_packs(good_run):
    folder = good_run.path / "thumbnails" / PACK
    folder.mkdir()
    good_run.picture_path(0).rename(folder / "0.webp")
    assert f"{PACK}/0" in load_run(good_run.path).pictures


def test_a_torn_last_row_is_left_out_and_numbered(good_run):
    good_run.append(good_run.eval_path, '{"tMs":1')
    log = load_run(good_run.path).eval_lines
    assert (len(log.lines), log.unended_line) == (NUM_ROWS, NUM_ROWS + 1)


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (Path.exists, "no folder"),
        (Path.mkdir, "neither eval.jsonl nor meta.json"),
        (lambda path: path.write_text(""), "no folder"),
    ],
)
def test_what_is_no_run_is_refused(tmp_path, make, found):
    path = tmp_path / "run"
    make(path)
    with pytest.raises(InputError) as error:
        load_run(path)
    assert error.value.found == found


def test_a_pack_named_like_a_path_is_not_followed(good_run):
    good_run.edit_meta(lambda meta: meta["packs"][0].update(pack="../secret"))
    run = load_run(good_run.path, packs_root=good_run.packs_root)
    assert "a pack name" in run.manifests["../secret"].problem

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from aivj.cli.app import app
from aivj.contracts.json_text import document_bytes
from aivj.errors import InputError
from aivj.ratings import benchmark_ratings
from aivj.ratings.benchmark import auc_within
from aivj.ratings.judges import JUDGES, MIXTURES

ROWS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.booleans()), min_size=1)


@given(ROWS)
def test_auc_is_the_share_of_pairs_won_within_groups(rows: list[tuple[int, int, bool]]) -> None:
    pairs = [
        (high[1] > low[1]) + 0.5 * (high[1] == low[1])
        for high in rows
        for low in rows
        if high[2] and not low[2] and high[0] == low[0]
    ]
    groups, scores, is_high = (np.array(column) for column in zip(*rows, strict=True))
    found = auc_within(groups, scores.astype(float), is_high)
    assert np.isnan(found) if not pairs else np.isclose(found, np.mean(pairs))


@pytest.mark.usefixtures("few_trees")
def test_judges_are_compared_on_held_out_authors(rated_folder) -> None:
    calls: list[tuple[int, int]] = []
    result = benchmark_ratings(
        rated_folder(), num_seeds=2, on_progress=lambda *call: calls.append(call)
    )
    assert calls == [(number, 10) for number in range(1, 11)]
    (subset,) = result.subsets
    assert (subset.num_high, subset.num_low, subset.num_authors) == (24, 24, 8)
    auc = {judge.judge: judge.auc for judge in subset.judges}
    assert list(auc) == [*JUDGES, *MIXTURES]
    assert {auc[name] for name in ("constant", "pack alone", "format alone")} == {0.5}
    assert all(auc[name] > 0.9 for name in auc if "features" in name or "text" in name)


@pytest.mark.usefixtures("few_trees")
def test_the_newer_format_is_a_subset_of_its_own(rated_folder) -> None:
    folder = rated_folder(suffix="wavecode_0_enabled=0\n")
    for path in list(folder.glob("author0x*")):
        path.write_text(path.read_text().replace("wavecode_0_enabled=0", ""))
    result = benchmark_ratings(folder, num_seeds=1)
    assert [subset.num_high for subset in result.subsets] == [24, 21]
    document = json.loads(document_bytes(result))
    assert document["subsets"][1]["subset"] == "MilkDrop 2 format"
    assert set(document["subsets"][1]["judges"][0]) == {
        "judge",
        "auc",
        "aucStd",
        "aucSameFormat",
        "aucSameFormatStd",
    }


@pytest.mark.usefixtures("few_trees")
def test_pairs_of_one_format_do_not_reward_knowing_formats(rated_folder) -> None:
    folder = rated_folder(suffix="MILKDROP_PRESET_VERSION=201\n")
    for number, path in enumerate(sorted(folder.glob("*zoom*"))):
        if number % 4:
            path.write_text(path.read_text().replace("201", "200"))
    (subset,) = benchmark_ratings(folder, num_seeds=1).subsets
    (result,) = (judge for judge in subset.judges if judge.judge == "format alone")
    assert result.auc > 0.8
    assert result.auc_same_format == 0.5


def test_a_pack_of_copies_teaches_nothing(rated_folder) -> None:
    folder = rated_folder()
    code = "per_frame_1=wobble = 0.317*sin(time*1.123); spin = 0.771*wobble; rot = spin;"
    for number, path in enumerate(folder.glob("*")):
        rating = path.read_text().partition("\n")[0]
        path.write_text(f"{rating}\nzoom=1.{number}\n{code}")
    with pytest.raises(InputError, match="0 and 0 in one"):
        benchmark_ratings(folder, num_seeds=1)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        benchmark_ratings(tmp_path / "none", num_seeds=1)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["bench-labels", *map(str, arguments)], env={"COLUMNS": "200"})


@pytest.mark.usefixtures("few_trees")
def test_the_verb_prints_tables_and_why_there_is_no_overall_figure(rated_folder) -> None:
    folder = rated_folder()
    done = run("--library", folder.parent, "--pack-folder", folder.name, "--seeds", 1)
    assert done.exit_code == 0
    assert "all: 48 presets, 24 high, by 8 authors" in done.output
    for judge in (*JUDGES, *MIXTURES):
        assert judge in done.output
    assert "no figure over all packs" in " ".join(done.output.split())


@pytest.mark.usefixtures("few_trees")
def test_the_verb_prints_json_alone_to_stdout(rated_folder) -> None:
    folder = rated_folder()
    done = run("--library", folder.parent, "--pack-folder", folder.name, "--seeds", 1, "--json")
    assert json.loads(done.stdout)["packFolder"] == "pack"
    assert "folds: 5/5" in done.stderr

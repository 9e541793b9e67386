"""A pack of near-identical dark lines is refused with reasons; a chosen one passes."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import CORPUS
from curation.made_layers import SETTINGS, Kind, layer, music
from pipeline.made_studio import picture

from aivj.contracts.diversity import DIVERSITY_NAME, read_diversity
from aivj.contracts.json_text import document_bytes
from aivj.contracts.library_manifest import LIBRARY_MANIFEST_NAME
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME
from aivj.errors import InputError
from aivj.gate.diversity import check_diversity
from aivj.packs.pairing import draw_coupled_pack
from aivj.packs.scan import scan_presets
from aivj.pipeline.diversity import DiversityRequest, JudgedPack, judge_pack
from aivj.pipeline.pairs import choose_pack
from aivj.pipeline.pairs_request import PairsRequest
from aivj.pipeline.taking import Takable
from aivj.presets import parse_milk
from aivj.report.diversity import PictureSpread, RepeatedPicture, write_diversity_page
from aivj.takes.conditions import Conditions
from aivj.takes.store import TakeStore
from aivj.takes.take import Drawn, Take, TakeFailure

NOON = datetime(2026, 3, 1, tzinfo=UTC)
LINE = "nWaveMode=6\nwave_r=0\nwave_g=0\nwave_b=0\nfWaveAlpha=0.8\nwave_mystery={0}\n"


class LineStudio:
    """Draws presets by their number: all of them near-identical and dark, or each another."""

    def __init__(self, root: Path, kind: Kind) -> None:
        conditions = Conditions.of(
            SETTINGS, renderer_class="made", stage="0", converter="0", clip=music()
        )
        self._kind = kind
        self.store = TakeStore.open(root / f"takes-{kind}", conditions)
        self.failing: set[int] = set()

    def take(self, presets: Sequence[Takable]) -> TakeStore:
        writer = self.store.writer()
        for preset in presets:
            number = round(parse_milk(preset.data).values["warp"] - 0.5)
            if number in self.failing:
                outcome = TakeFailure("wasm-trap", "an equation", "a trap", "leave it out")
                writer.add(Take(preset.content_hash, outcome, "made", "1"))
            else:
                drawn = Drawn(layer(self._kind, seed=number), (picture(),) * 3, 1.0, 1.0)
                writer.add(Take(preset.content_hash, drawn, "made", "1"))
        writer.close()
        self.store.refresh()
        return self.store


def library(folder: Path, text: str | None, num: int) -> Path:
    """Writes presets of one text, or of as many real ones, each with its number."""
    folder.mkdir()
    real = sorted(CORPUS.rglob("*.milk"))[:: 4000 // num]
    for number in range(num):
        data = real[number].read_bytes() if text is None else text.format(number).encode()
        numbered = f"warp={number}.5\n".encode() + data
        (folder / f"Author {number} - {number}.milk").write_bytes(numbered)
    return folder


def pack_of(tmp_path: Path, text: str | None, num: int = 40) -> None:
    presets = scan_presets(library(tmp_path / "library", text, num))
    draw_coupled_pack(
        presets,
        pack="p",
        num_pairs=num // 2,
        seed=0,
        packs_root=tmp_path / "public",
        generated_at=NOON,
    )


def judged(tmp_path: Path, studio: LineStudio, **changes: object) -> JudgedPack:
    asked = {"pack": "p", "packs_root": tmp_path / "public"}
    return judge_pack(DiversityRequest(**asked | changes), studio.take)


def test_near_identical_dark_lines_fail_and_it_is_said_why(tmp_path: Path) -> None:
    pack_of(tmp_path, LINE)
    found = judged(tmp_path, LineStudio(tmp_path, "dark"))
    report = found.report
    assert report.verdict == "failed"
    assert set(report.failed_checks) == {
        *("waveColours", "equations", "shapes", "sameCode", "repeats", "sameLook", "vendi")
    }
    assert report.text.colourless_share == report.text.no_equations_share == 1
    assert report.text.largest_sizes == [40]
    assert report.pictures is not None
    assert report.pictures.vendi.mean == pytest.approx(1, abs=0.01)
    assert (report.pictures.num_colours, report.pictures.repeated[0].num) == (1, 20)
    assert len(found.looks) == 1
    assert found.looks[0].webp.startswith(b"RIFF")
    assert "100% of 40" in report.failed_checks["waveColours"]


def test_texts_alone_find_it_too(tmp_path: Path) -> None:
    pack_of(tmp_path, LINE)
    found = judged(tmp_path, LineStudio(tmp_path, "dark"), text_only=True)
    assert found.report.pictures is None
    assert {"waveColours", "equations", "sameCode"} <= set(found.report.failed_checks)
    (tmp_path / DIVERSITY_NAME).write_bytes(document_bytes(found.report))
    finding = check_diversity(tmp_path / DIVERSITY_NAME, tmp_path / "public/presets/p")
    assert (finding.verdict, "texts alone" in finding.found) == ("fail", True)


def test_a_chosen_pack_passes_and_a_gate_can_require_it(tmp_path: Path) -> None:
    library(tmp_path / "library", None, 30)
    studio = LineStudio(tmp_path, "lively")
    request = PairsRequest(
        name="p",
        packs_root=tmp_path / "public",
        feature_store=tmp_path / "features",
        presets=tmp_path / "library",
        num=20,
    )
    choose_pack(request, studio.take, music())
    found = judged(tmp_path, studio)
    assert found.report.verdict == "passed", found.report.failed_checks
    assert found.report.pictures is not None
    assert found.report.pictures.vendi.num_compared == 12
    path, folder = tmp_path / DIVERSITY_NAME, tmp_path / "public/presets/p"
    path.write_bytes(document_bytes(found.report))
    assert read_diversity(path) == found.report
    assert check_diversity(path, folder).verdict == "pass"
    (folder / PAIRS_MANIFEST_NAME).write_text("{}")
    assert check_diversity(path, folder).verdict == "fail"
    (folder / PAIRS_MANIFEST_NAME).unlink()
    with pytest.raises(InputError, match="a manifest in"):
        check_diversity(path, folder)


def test_limits_are_those_that_were_asked_for(tmp_path: Path) -> None:
    pack_of(tmp_path, None)
    studio = LineStudio(tmp_path, "lively")
    assert judged(tmp_path, studio).report.verdict == "passed"
    strict = judged(tmp_path, studio, min_vendi=190)
    assert set(strict.report.failed_checks) == {"vendi"}
    assert judged(tmp_path, studio).report.checks == judged(tmp_path, studio).report.checks


def test_pictures_that_cannot_be_drawn_are_counted(tmp_path: Path) -> None:
    pack_of(tmp_path, None)
    studio = LineStudio(tmp_path, "lively")
    studio.failing = {3}
    found = judged(tmp_path, studio).report.pictures
    assert found is not None
    assert (found.num_pictures, found.num_not_drawn) == (19, 1)
    broken = LineStudio(tmp_path, "deaf")
    broken.failing = set(range(40))
    with pytest.raises(InputError, match="40 wasm-trap"):
        judged(tmp_path, broken)


def test_a_library_is_judged_by_its_presets(tmp_path: Path) -> None:
    folder = library(tmp_path / "mega", None, 24)
    (tmp_path / "public/presets").mkdir(parents=True)
    folder.rename(tmp_path / "public/presets/p")
    entries = [{"relPath": f"p/Author {number} - {number}.milk"} for number in range(24)]
    manifest = document_bytes({"version": "v0", "presets": entries})
    (tmp_path / "public/presets/p" / LIBRARY_MANIFEST_NAME).write_bytes(manifest)
    found = judged(tmp_path, LineStudio(tmp_path, "lively")).report
    assert found.pictures is not None
    assert (found.text.num_presets, found.pictures.num_pictures) == (24, 24)
    (tmp_path / "public/presets/p" / "Author 3 - 3.milk").unlink()
    with pytest.raises(InputError, match="a preset at"):
        judged(tmp_path, LineStudio(tmp_path, "lively"))


def test_the_page_says_the_verdict_and_shows_looks(tmp_path: Path) -> None:
    pack_of(tmp_path, LINE)
    found = judged(tmp_path, LineStudio(tmp_path, "dark"))
    assert found.pictures is not None
    reached = found.pictures.coverage
    spread = PictureSpread(
        reached.luma.tolist(), reached.motion.tolist(), reached.colour_shares.tolist()
    )
    looks = [RepeatedPicture(look.num, look.examples, look.webp) for look in found.looks]
    write_diversity_page(tmp_path / "d.html", found.report, spread, looks)
    page = (tmp_path / "d.html").read_text()
    assert "Failed." in page
    assert "Black waves: 100% of 40" in page
    assert page.count("data:image/webp") == 1
    assert "20 times" in page
    write_diversity_page(tmp_path / "e.html", found.report, None, [])
    assert "<h2>Charts</h2>" not in (tmp_path / "e.html").read_text()

"""A few hostile presets the whole way; `make bench-hostile` has more of them."""

import pytest

from aivj.audio.playlist import read_playlist
from aivj.contracts.eval_rows import EvalRow
from aivj.pipeline.render_options import RenderOptions
from aivj.pipeline.rendering import run_sampling
from aivj.runs.directory import RunDirectory
from aivj.sampling.request import SampleRequest
from aivj.takes.settings import RenderSettings
from benchmarks.hostile_judge import Ending, endings_of, problems
from benchmarks.hostile_presets import PACK, write_pack
from benchmarks.hostile_texts import Hostile, Maker

TINY = RenderSettings(width=64, height=36, warmup_frames=2, measure_frames=4)
DRAWN = {
    "bytes changed",
    "lines shuffled",
    "no preset",
    "wave or shape too many",
    "loops for ever for each vertex",
    "brackets",
    "loops in loops",
    "a long body in a loop",
    "while without an end",
    "shader with a long loop",
    "shader cut off",
    "unknown names in a shader",
}
# Told by who draws, or slow enough for a busy machine to lose the converter over.
NOT_BY_TEXT = {
    "loops for ever for each vertex",
    "loops in loops",
    "a long body in a loop",
    "two megabytes of lines",
    "two megabytes in a line",
    "two megabytes of shader",
    "recursion in a shader",
    "unknown names in a shader",
}


@pytest.fixture(scope="module")
def presets(corpus):
    return sorted((corpus / "presets_bltc201").glob("*.milk"))


def test_hostile_presets_end_once_and_what_is_missing_is_told(
    tmp_path, presets, stage_converter, software_renderer
):
    hostiles = [each for each in Maker(presets, seed=29).make(49) if each.kind in DRAWN]
    assert {each.kind for each in hostiles} == DRAWN
    write_pack(tmp_path / "public", hostiles)
    request = SampleRequest(
        (PACK,), tmp_path / "public", tmp_path / "run", TINY, target_coverage=1.0
    )
    takes = str(tmp_path / "takes")
    run_sampling(
        request,
        options=RenderOptions(gpu="software", executor="in-process", takes_uri=takes),
        choice=software_renderer,
        playlist=read_playlist("groove", TINY.duration_s),
        num_workers=1,
        conversion_cache=tmp_path / "cache",
        on_progress=lambda _: None,
    )
    directory = RunDirectory(request.out_dir)
    rows, failures = directory.rows(), directory.failures()
    endings = endings_of(hostiles, rows, failures, stage_converter.convert)
    wrong = [
        (hostile.kind, what)
        for hostile, ending in zip(hostiles, endings, strict=True)
        for what in problems(hostile, ending)
    ]
    assert wrong == []
    assert len(rows) == len(hostiles), failures


def drawn_by_text(converted):
    """The ending of a preset that is drawn as it was converted."""
    told = converted.degraded_reasons or None
    row = EvalRow(t_ms=0, pack=PACK, pair=0, ok_heuristic=True, reasons=[], degraded=told)
    return Ending(row, None, converted, None)


def test_what_a_text_has_is_converted_or_told(presets, stage_converter):
    for hostile in Maker(presets, seed=31).make(147):
        if hostile.kind in NOT_BY_TEXT:
            continue
        ending = drawn_by_text(stage_converter.convert(hostile.data))
        assert list(problems(hostile, ending)) == [], hostile.kind
        if hostile.expected == "same":
            base = stage_converter.convert(hostile.base)
            assert ending.converted.butterchurn == base.butterchurn, hostile.kind


BASE = b"[preset00]\nfDecay=0.9\nper_frame_1=zoom=1.1;\ncomp_1=`shader_body { ret = 1; }\n"


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"frame_eqs_eel": ""}, "per_frame"),
        ({"comp": ""}, "comp shader"),
        ({"frame_eqs_eel": "zoom=1;"}, "per_frame"),
    ],
)
def test_the_judge_sees_what_vanished(stage_converter, change, part):
    converted = stage_converter.convert(BASE)
    assert list(problems(Hostile("", BASE, "any"), drawn_by_text(converted))) == []
    robbed = converted.model_copy(update={"butterchurn": {**converted.butterchurn, **change}})
    [problem] = problems(Hostile("", BASE, "any"), drawn_by_text(robbed))
    assert problem == f"passes without {part}"


def test_the_judge_wants_to_be_told_what_was_broken(stage_converter):
    ending = drawn_by_text(stage_converter.convert(BASE))
    [problem] = problems(Hostile("", BASE, "told", ("per_frame is left out",)), ending)
    assert "nothing says 'per_frame is left out'" in problem

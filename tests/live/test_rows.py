from aivj.contracts.eval_rows import EvalRow
from aivj.live.page_answers import MeasureAnswer, Shown
from aivj.live.rows import overlay_text


def test_the_first_lines_are_those_that_programs_look_for():
    row = EvalRow(
        t_ms=1,
        pack="p",
        pair=7,
        preset_fg_id="coupled:p:7:fg",
        preset_bg_id="coupled:p:7:bg",
        viz_avg_luma=0.25,
        ok_heuristic=True,
        reasons=[],
    )
    answer = MeasureAnswer(replaced=False, samples=[], shown=Shown(frames_rendered=240))

    lines = overlay_text(row, answer, visited="2/5", iteration=3).splitlines()

    assert lines == [
        "pair=7 visited=2/5 iter=3",
        "pack=p",
        "fg=coupled:p:7:fg",
        "bg=coupled:p:7:bg",
        "q01=- luma=0.25 motion=-",
        "audioRms=- peak=- pmFrames=240",
    ]

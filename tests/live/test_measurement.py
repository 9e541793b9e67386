from itertools import pairwise

import pytest

from aivj.live.measurement import measure_samples
from aivj.live.page_answers import LayerReading, Sample

NOTHING = LayerReading()


def layer(luma, color=None):
    red, green, blue = color or (luma, luma, luma)
    return LayerReading(avg_luma=luma, avg_color_r=red, avg_color_g=green, avg_color_b=blue)


def sample(at_ms, fg, bg=NOTHING):
    return Sample(at_ms=at_ms, fg=fg, bg=bg)


def classic(readings):
    """Section 5.2 as the classic sampler has it: two readings to warm up, six that count."""
    lumas = [(fg.avg_luma + bg.avg_luma) / 2 for fg, bg in readings]
    changes = []
    for (fg, bg), (fg2, bg2) in pairwise(readings[1:]):
        colors = [
            abs(getattr(new, name) - getattr(old, name))
            for old, new in ((fg, fg2), (bg, bg2))
            for name in ("avg_color_r", "avg_color_g", "avg_color_b")
        ]
        luma = abs(fg2.avg_luma + bg2.avg_luma - fg.avg_luma - bg.avg_luma) / 2
        changes.append(0.65 * luma + 0.35 * sum(colors) / 6)
    return sum(lumas[2:]) / 6, sum(changes) / 6


def test_equals_the_classic_on_the_samples_that_the_classic_reads():
    layers = [
        (layer(0.2, (0.3, 0.2, 0.1)), layer(0.5)),
        (layer(0.4, (0.1, 0.4, 0.6)), layer(0.1)),
        (layer(0.3), layer(0.7, (0.9, 0.7, 0.2))),
        (layer(0.9), layer(0.2)),
    ]
    samples = [sample(500 * n, fg, bg) for n, (fg, bg) in enumerate(layers)]
    readings = [layers[n // 2] for n in range(8)]

    measured = measure_samples(samples, interval_ms=250)

    luma, motion = classic(readings)
    assert measured.luma == pytest.approx(luma)
    assert measured.motion == pytest.approx(motion)
    assert (measured.luma_fg, measured.luma_bg) == (0.9, 0.2)


def test_one_layer_alone_is_measured_alone():
    samples = [sample(0, layer(0.1)), sample(250, layer(0.3)), sample(500, layer(0.2))]

    measured = measure_samples(samples, interval_ms=250)

    assert measured.luma == pytest.approx(0.25)
    assert measured.motion == pytest.approx(0.15)
    assert measured.luma_bg is None


def test_luma_or_colour_alone_will_do():
    dull = [sample(0, LayerReading(avg_luma=0.1)), sample(250, LayerReading(avg_luma=0.3))]
    colored = [
        sample(0, LayerReading(avg_color_r=0.1)),
        sample(250, LayerReading(avg_color_r=0.4)),
    ]

    assert measure_samples(dull, 250).motion == pytest.approx(0.2)
    assert measure_samples(colored, 250).motion == pytest.approx(0.3)
    assert measure_samples(colored, 250).luma is None


@pytest.mark.parametrize("samples", [[], [sample(0, layer(0.3))], [sample(0, NOTHING)] * 3])
def test_what_was_not_sampled_is_not_measured(samples):
    measured = measure_samples(samples, 250)

    assert (measured.luma, measured.motion) == (None, None)

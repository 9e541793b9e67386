"""The gate with the real converter and the click track."""

from functools import partial

import pytest

from aivj.audio import SAMPLE_RATE_HZ, click_track, time_bytes
from aivj.gate.verify import verify_pack
from aivj.stage.conversion import PresetConverter


@pytest.fixture(scope="session")
def converter(tmp_path_factory):
    with PresetConverter(tmp_path_factory.mktemp("conversion")) as converter:
        yield converter


@pytest.fixture(scope="session")
def clip():
    return time_bytes(click_track(4.0), 4 * SAMPLE_RATE_HZ)


@pytest.fixture
def verify(converter, clip, software_renderer, tmp_path):
    """`verify_pack` with everything but the pack; the evidence goes to `tmp_path / "evidence"`."""
    return partial(
        verify_pack,
        convert=lambda data: converter.convert(data).model_dump_json().encode(),
        clip=clip,
        plan=software_renderer.plan,
        policy=software_renderer.policy,
        out_dir=tmp_path / "evidence",
        num_samples=60,
        seed=1,
        size=(96, 54),
    )

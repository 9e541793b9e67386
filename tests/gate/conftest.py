"""The gate with the real converter and the click track."""

import pytest

from aivj.audio.click import click_track
from aivj.audio.clip import SAMPLE_RATE_HZ
from aivj.audio.samples import time_bytes
from aivj.gate.arms import Sampling
from aivj.gate.request import VerifyRequest
from aivj.gate.verify import verify_page
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
    """Verifies a pack, without features unless they are asked for, into `tmp_path / "evidence"`."""

    async def run(pack, *, packs_root, convert=None, on_progress=lambda _: None, **request):
        small = {
            "features": False,
            "sampling": Sampling(200),
            "seed": 1,
            "size": (96, 54),
            "viewport": (320, 180),
            "device_scale_factor": 1.0,
        }
        return await verify_page(
            VerifyRequest(pack, **{**small, **request}),
            packs_root=packs_root,
            convert=convert or (lambda data: converter.convert(data).model_dump_json().encode()),
            clip=clip,
            plan=software_renderer.plan,
            policy=software_renderer.policy,
            out_dir=tmp_path / "evidence",
            on_progress=on_progress,
        )

    return run

from dataclasses import replace

import pytest

from aivj.pipeline import known_renderer
from aivj.pipeline.known_renderer import KnownRenderer
from aivj.pipeline.render_options import RenderOptions

SOFTWARE = RenderOptions(gpu="software")


@pytest.fixture
def browser(tmp_path, monkeypatch):
    path = tmp_path / "chromium"
    path.write_text("one build")
    monkeypatch.setattr(known_renderer, "find_chromium", lambda: path)
    return path


@pytest.mark.usefixtures("browser")
def test_a_proof_is_known_to_whoever_asks_for_the_same(tmp_path, software_renderer):
    assert KnownRenderer(tmp_path, SOFTWARE).find() is None
    KnownRenderer(tmp_path, SOFTWARE).keep(software_renderer)

    assert KnownRenderer(tmp_path, SOFTWARE).find() == software_renderer
    assert KnownRenderer(tmp_path, replace(SOFTWARE, gpu="require")).find() is None
    assert KnownRenderer(tmp_path, replace(SOFTWARE, headed=True)).find() is None


def test_another_build_of_the_browser_is_asked_anew(tmp_path, browser, software_renderer):
    KnownRenderer(tmp_path, SOFTWARE).keep(software_renderer)
    browser.write_text("another build")

    assert KnownRenderer(tmp_path, SOFTWARE).find() is None


@pytest.mark.usefixtures("browser")
def test_what_cannot_be_read_is_not_known(tmp_path, software_renderer):
    KnownRenderer(tmp_path, SOFTWARE).keep(software_renderer)
    (path,) = (tmp_path / "cache/renderers").iterdir()
    path.write_text(path.read_text()[:-9])

    assert KnownRenderer(tmp_path, SOFTWARE).find() is None

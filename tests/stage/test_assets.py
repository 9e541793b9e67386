"""What the built stage is, and what of it draws."""

import shutil
import subprocess
from pathlib import Path

import pytest

from aivj.errors import MissingDependencyError
from aivj.stage.assets import DIST, drawing_digest

WEB = DIST.parent
ROOT = WEB.parents[2]


def built(web: Path) -> str:
    subprocess.run([shutil.which("node") or "node", "build.mjs"], cwd=web, check=True)
    return drawing_digest(web / "dist")


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_digest_is_that_of_what_draws_wherever_it_is_built(tmp_path):
    web = tmp_path / WEB.relative_to(ROOT)
    shutil.copytree(WEB, web, ignore=shutil.ignore_patterns("dist"))
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    change(web / "src/player/auto.ts", "most: 600", "most: 601")
    change(web / "src/prefer/failures.ts", "The graphics context", "It")
    change(web / "src/probe/preset_quality.ts", "FRAMES_PER_S = 60", "FRAMES_PER_S = 30")

    assert built(web) == drawing_digest()

    change(web / "src/render/composite.ts", "FOREGROUND_OPACITY = 0.7", "FOREGROUND_OPACITY = 0.6")
    assert built(web) != drawing_digest()


def test_a_stage_that_is_not_built_has_no_digest(tmp_path):
    with pytest.raises(MissingDependencyError, match=r"drawing\.txt"):
        drawing_digest(tmp_path)

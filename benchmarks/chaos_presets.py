"""Presets that break what draws them, put in the place of two presets of a pack."""

import random
from pathlib import Path

from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME, preset_path, read_pairs_manifest

_HEAD = "[preset00]\nfDecay=0.98\nnWaveMode=2\n"
_NUM_LINES, _STATEMENTS_PER_LINE = 125, 2000
_STATEMENT = "q1=sin(q1)+1;"
# Equations end with their steps, and a loop of more rounds would be left out: these three go on
# for minutes at every pixel.
_ROUNDS = "".join(f"for (int {name} = 0; {name} < 1000; {name}++) " for name in "ijk")
_SHADER = (
    "shader_body",
    "{",
    "float s = 0;",
    f"{_ROUNDS} s += sin(uv.x * i + j * k);",
    "ret = s;",
    "}",
)
_ENDLESS = (
    "[preset00]\nMILKDROP_PRESET_VERSION=201\nPSVERSION=2\nPSVERSION_COMP=2\nfDecay=0.98\n"
    + "".join(f"comp_{number}=`{line}\n" for number, line in enumerate(_SHADER, start=1))
)

RENDERER_LIMIT_BYTES = 512 * 1024**2
"""More than any preset of projectm-data makes a renderer hold, less than `hungry` does."""


def replace_two(packs_root: Path, pack: str, seed: int) -> dict[str, int]:
    """Replaces the foregrounds of two pairs. Returns the pairs by what they do now.

    `endless` takes minutes for the shader of one frame. `hungry` has a quarter of a million
    statements to compile, nearly as many as WebAssembly takes, over which its renderer comes to
    hold more than `RENDERER_LIMIT_BYTES` within seconds.
    """
    folder = packs_root / "presets" / pack
    pairs = read_pairs_manifest(folder / PAIRS_MANIFEST_NAME, pack=pack).pairs
    endless, hungry = random.Random(seed).sample(pairs, 2)  # noqa: S311 - a seeded choice
    preset_path(packs_root, endless.fg_url).write_text(_ENDLESS)
    preset_path(packs_root, hungry.fg_url).write_text(_hungry())
    return {"endless": endless.pair, "hungry": hungry.pair}


def _hungry() -> str:
    line = _STATEMENT * _STATEMENTS_PER_LINE
    return _HEAD + "".join(f"per_frame_{number + 1}={line}\n" for number in range(_NUM_LINES))

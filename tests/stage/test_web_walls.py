"""The walls between the folders of the pages' TypeScript: the table, and what holds it."""

import json
import re
from pathlib import Path

import aivj.stage

SOURCE = Path(aivj.stage.__file__).parent / "web" / "src"
BIOME = Path(__file__).parents[2] / "biome.json"


def test_biome_holds_the_walls_of_the_table() -> None:
    folders = {path.name for path in SOURCE.iterdir() if path.is_dir()}
    table = (SOURCE / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|.*\| (.+?) \|$", table, re.MULTILINE)
    allowed = {folder: set(re.findall(r"`(.+?)`", cell)) for folder, cell in rows}

    held: dict[str, set[str]] = {}
    for entry in json.loads(BIOME.read_text(encoding="utf-8"))["overrides"]:
        rule = entry["linter"]["rules"]["style"]["noRestrictedImports"]
        [pattern] = rule["options"]["patterns"]
        forbidden, *excepted = pattern["group"]
        beyond = folders if forbidden == "../**" else set(re.findall(r"\w+", forbidden))
        assert rule["level"] == "error"
        for include in entry["includes"]:
            folder = include.removeprefix("aivj/stage/web/src/").removesuffix("/**")
            others = {name.removeprefix("!**/") for name in excepted}
            held[folder] = (folders - beyond - {folder}) | others
    assert set(allowed) == folders
    assert held == allowed

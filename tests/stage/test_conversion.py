import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aivj.errors import MissingDependencyError, RunError, StorageError
from aivj.stage.conversion import PresetConverter
from aivj.stage.converted_preset import ConvertedPreset

LIBRARY = Path("/usr/share/projectM/presets/presets_milkdrop_200")

PRESET = b"""MILKDROP_PRESET_VERSION=201\r
[preset00]\r
zoom=1.01\r
per_frame_1=q1=bass; // caf\xe9\r
comp_1=`shader_body { ret = tex2D(sampler_main, uv).xyz; }\r
"""

BROKEN_PRESET = b"[preset00]\nwarp_1=`shader_body { ret = nobody; }\n"

# Answers like the real one, but hangs on "HANG" and dies on "DIE" unless told of a failure.
FAKE_CHILD = """
import { createInterface } from "node:readline";
console.log('{"ready": "fake"}');
for await (const line of createInterface({ input: process.stdin })) {
  const { id, text, failed } = JSON.parse(line);
  if (text.includes("ALWAYS") || !failed) {
    if (text.includes("HANG")) for (;;);
    if (text.includes("DIE")) process.exit(7);
  }
  const warp = failed ? { state: "failed", ...failed } : { state: "ok" };
  console.log(JSON.stringify({ id, preset: {
    converter: "fake", butterchurn: { text }, shaders: { warp, comp: { state: "none" } },
    userTextures: [], guessedTexsizes: [], degraded: Boolean(failed),
    degradedReasons: failed ? [failed.message] : [],
  } }));
}
"""


@pytest.fixture(scope="module")
def converter(tmp_path_factory):
    with PresetConverter(tmp_path_factory.mktemp("cache")) as converter:
        yield converter


@pytest.fixture
def fake_bundle(tmp_path):
    bundle = tmp_path / "fake.mjs"
    bundle.write_text(FAKE_CHILD)
    return bundle


@pytest.fixture
def children():
    """Returns the processes that were started since."""
    before = set(psutil.Process().children())
    return lambda: [child for child in psutil.Process().children() if child not in before]


def num_cached(folder: Path) -> int:
    return len(list(folder.rglob("*.json")))


def test_a_preset_becomes_butterchurn_s(converter):
    preset = converter.convert(PRESET)
    assert preset.butterchurn["version"] == 2
    assert preset.butterchurn["baseVals"]["zoom"] == 1.01
    assert preset.butterchurn["frame_eqs_eel"] == "q1=bass; // café"
    assert "shader_body {" in preset.butterchurn["comp"]
    assert preset.shaders.warp.state == "none"
    assert preset.shaders.comp.state == "ok"
    assert not preset.degraded
    assert preset.degraded_reasons == []
    assert preset.converter.startswith("aivj-convert ")


def test_a_broken_shader_is_reported_and_degrades(converter):
    preset = converter.convert(BROKEN_PRESET)
    assert preset.shaders.warp.state == "failed"
    assert preset.shaders.warp.stage == "parse"
    assert "nobody" in (preset.shaders.warp.message or "")
    assert preset.butterchurn["warp"] == ""
    assert preset.degraded
    assert preset.degraded_reasons == [f"warp shader: parse: {preset.shaders.warp.message}"]


def test_real_presets_give_the_same_twice(tmp_path):
    files = sorted(LIBRARY.glob("*.milk"))[:40]
    data = [path.read_bytes() for path in files]
    done: list[int] = []
    with PresetConverter(tmp_path / "one") as first, PresetConverter(tmp_path / "two") as second:
        presets = first.convert_many(data, done.append)
        assert presets == second.convert_many(reversed(data))[::-1]
    assert done == list(range(1, len(data) + 1))
    assert any(preset.shaders.comp.state == "ok" for preset in presets)
    assert all(preset.shaders.comp.state != "failed" for preset in presets)


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_make_a_preset(converter, data):
    for prefix in (b"", b"[preset00]\nwarp_1=`shader_body {"):
        preset = converter.convert(prefix + data)
        assert len(preset.butterchurn["waves"]) == 4
        assert preset.degraded == bool(preset.degraded_reasons)


def test_nul_bytes_and_a_byte_order_mark_do_no_harm(converter):
    plain = converter.convert(PRESET)
    odd = converter.convert(b"\xef\xbb\xbf" + PRESET.replace(b"zoom", b"zo\0om"))
    assert odd.butterchurn == plain.butterchurn


def test_what_is_cached_needs_no_node(tmp_path, monkeypatch):
    with PresetConverter(tmp_path) as converter:
        fresh = converter.convert(PRESET)
    monkeypatch.setenv("PATH", str(tmp_path))
    with PresetConverter(tmp_path) as converter:
        assert converter.convert(PRESET) == fresh
        with pytest.raises(MissingDependencyError, match="make setup"):
            converter.convert(BROKEN_PRESET)


def test_a_broken_cache_file_is_made_anew(tmp_path):
    with PresetConverter(tmp_path) as converter:
        fresh = converter.convert(PRESET)
        (path,) = tmp_path.rglob("*.json")
        whole = path.read_bytes()
        for damage in (b"", whole[:100], b"{}", b"\xff"):
            path.write_bytes(damage)
            assert converter.convert(PRESET) == fresh
            assert path.read_bytes() == whole


def test_another_converter_makes_its_own_cache(tmp_path, fake_bundle):
    cache = tmp_path / "cache"
    with PresetConverter(cache, bundle=fake_bundle) as converter:
        converter.convert(PRESET)
    fake_bundle.write_text(FAKE_CHILD.replace("fake", "newer"))
    with PresetConverter(cache, bundle=fake_bundle) as converter:
        assert converter.convert(PRESET).converter == "newer"
    assert num_cached(cache) == 2


def test_a_cache_that_cannot_be_written_says_so(tmp_path, fake_bundle):
    (tmp_path / "cache").write_text("a file")
    with (
        PresetConverter(tmp_path / "cache", bundle=fake_bundle) as converter,
        pytest.raises(StorageError),
    ):
        converter.convert(PRESET)


def test_a_preset_that_takes_too_long_is_degraded_and_the_work_goes_on(tmp_path, fake_bundle):
    cache = tmp_path / "cache"
    with PresetConverter(cache, bundle=fake_bundle, timeout_s=1.0) as converter:
        slow, sound = converter.convert_many([b"HANG", PRESET])
    assert slow.shaders.warp.stage == "timeout"
    assert slow.degraded
    assert slow.butterchurn == {"text": "HANG"}
    assert sound.shaders.warp.state == "ok"
    assert num_cached(cache) == 1  # a timeout is tried again next time


def test_a_preset_that_kills_the_converter_is_degraded_and_the_work_goes_on(tmp_path, fake_bundle):
    with PresetConverter(tmp_path / "cache", bundle=fake_bundle) as converter:
        deadly, sound = converter.convert_many([b"DIE", PRESET])
    assert deadly.shaders.warp.stage == "parse"
    assert "exit code 7" in (deadly.shaders.warp.message or "")
    assert sound.shaders.warp.state == "ok"


@pytest.mark.parametrize("text", [b"ALWAYS HANG", b"ALWAYS DIE"])
def test_text_that_cannot_be_taken_apart_leaves_nothing_to_draw(tmp_path, fake_bundle, text):
    with PresetConverter(tmp_path / "cache", bundle=fake_bundle, timeout_s=1.0) as converter:
        hopeless, sound = converter.convert_many([text, PRESET])
    assert hopeless.butterchurn == {}
    assert hopeless.degraded
    assert hopeless.degraded_reasons
    assert sound.shaders.warp.state == "ok"


def test_a_killed_child_is_replaced(tmp_path, children):
    with PresetConverter(tmp_path) as converter:
        converter.convert(PRESET)
        (child,) = children()
        child.kill()
        child.wait(5)
        assert converter.convert(BROKEN_PRESET).shaders.warp.stage == "parse"


def test_closing_ends_the_child(tmp_path, children):
    with PresetConverter(tmp_path) as converter:
        converter.convert(PRESET)
        (child,) = children()
    assert not child.is_running()


# So many statements keep the converter busy far longer than the test takes.
ENDLESS_PRESET = "b'[preset00]\\nwarp_1=`shader_body {' + b'ret+=ret.zyx*uv.x;' * 2_000_000 + b'}'"


def wait_until_busy(process: psutil.Process) -> None:
    start_s = process.cpu_times().user
    deadline_s = time.monotonic() + 60
    while process.cpu_times().user - start_s < 0.3:
        assert time.monotonic() < deadline_s
        time.sleep(0.1)


@pytest.mark.parametrize("preset", [repr(PRESET), ENDLESS_PRESET], ids=["idle", "busy"])
def test_the_child_dies_with_its_owner(tmp_path, preset):
    code = f"""
from pathlib import Path
from aivj.stage.conversion import PresetConverter
converter = PresetConverter(Path({str(tmp_path)!r}), timeout_s=60)
converter.convert({BROKEN_PRESET!r})
print("ready", flush=True)
converter.convert({preset})
input()
"""
    owner = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"ready\n"
        (child,) = psutil.Process(owner.pid).children()
        if preset is ENDLESS_PRESET:
            wait_until_busy(child)
        os.kill(owner.pid, signal.SIGKILL)
        gone, _ = psutil.wait_procs([child], timeout=30)
        assert gone == [child]
    finally:
        owner.kill()
        owner.communicate()


def shader(*lines: str) -> bytes:
    """Returns a preset whose last pass is this shader."""
    numbered = (f"comp_{number}=`{line}" for number, line in enumerate(lines, 1))
    return "\n".join(["[preset00]", *numbered]).encode()


# Each takes a second, and minutes or hours where work grows with the square of a text's length.
@pytest.mark.parametrize(
    "preset",
    [
        shader("shader_body { ret = 1;" + " " * 2_000_000 + "}"),
        shader("shader_body {", *["{ float x = 1; ret += x; }"] * 40_000, "}"),
        shader(
            *(f"float f(float x[{number}]) {{ return 1; }}" for number in range(1, 40_000)),
            "shader_body { ret = 1; }",
        ),
    ],
    ids=["one long line", "one name in many blocks", "many functions of one name"],
)
def test_work_grows_with_the_length_of_the_text(tmp_path, preset):
    with PresetConverter(tmp_path, timeout_s=60) as converter:
        assert converter.convert(preset).shaders.comp.state == "ok"


def test_a_missing_bundle_says_what_to_do(tmp_path):
    with (
        PresetConverter(tmp_path, bundle=tmp_path / "convert.mjs") as converter,
        pytest.raises(MissingDependencyError, match="make setup"),
    ):
        converter.convert(PRESET)


def test_a_bundle_that_does_not_run_says_so(tmp_path):
    bundle = tmp_path / "convert.mjs"
    bundle.write_text("process.exit(3)")
    with (
        PresetConverter(tmp_path / "cache", bundle=bundle) as converter,
        pytest.raises(RunError, match="exit code 3"),
    ):
        converter.convert(PRESET)


def test_the_model_reads_back_what_it_writes(converter):
    preset = converter.convert(BROKEN_PRESET)
    text = preset.model_dump_json()
    assert '"degradedReasons"' in text
    assert ConvertedPreset.model_validate_json(text) == preset

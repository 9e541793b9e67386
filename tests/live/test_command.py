"""`aivj sample --runtime-url`, from the command line to its last line."""

import json
from pathlib import Path

from gate.tested_packs import MOVING, write_pack
from live.fake_runtime import fake_runtime
from typer.testing import CliRunner

from aivj.cli.app import app
from aivj.contracts.run_meta import read_run_meta

QUICK = ["--interval-ms", "50", "--warmupSamples=1", "--measure-samples", "3", "--lumaMin", "0.05"]


def test_a_run_is_told_in_its_last_line(tmp_path):
    write_pack(tmp_path / "public", [MOVING] * 2, [0.2, 0.8])
    with fake_runtime(tmp_path / "public") as address:
        url = f"{address}?lumaMs=50"
        command = ["sample", "--pack", "tested", "--runtime-url", url, "--gpu", "software"]
        done = CliRunner().invoke(
            app,
            ["--home", str(tmp_path), *command, "--audio", "click", "--target-coverage=1", *QUICK],
        )

    assert done.exit_code == 0, done.output
    assert "2 pairs measured, 0 failed, of 2" in done.output
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["ok"]
    meta = read_run_meta(Path(told["metaPath"]))
    assert (meta.driver, meta.sample.interval_ms, meta.limits.reload_every) == ("live", 50, 800)
    assert meta.url_base == address

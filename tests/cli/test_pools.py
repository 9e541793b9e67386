"""What is drawn from an audited pool says so, and what is not is said aloud."""

import json
from pathlib import Path

from conftest import CORPUS


def test_a_coupled_pack_comes_from_a_pool_or_it_is_said(tmp_path: Path, run_here) -> None:
    source = tmp_path / "library"
    source.mkdir()
    entries = []
    for number, preset in enumerate(sorted(CORPUS.rglob("*.milk"))[::700]):
        (source / f"{number}.milk").write_bytes(preset.read_bytes())
        quality = {"ok": number != 1, "reasons": ["wasm-abort"] if number == 1 else []}
        entries.append({"relPath": f"{number}.milk", "quality": quality})
    audit = tmp_path / "preset-audit.json"
    audit.write_text(json.dumps({"version": "v0", "entries": entries}))
    asked = ("--presets", source, "--pairs", 2, "--link-check", "off")

    plain = run_here("--home", tmp_path / "home", "pack", "--pack", "plain", *asked)
    assert plain.exit_code == 0, plain.stderr
    assert "plain is from no audited pool" in " ".join(plain.stderr.split())
    # So do stages that work on such a pack, whatever becomes of them.
    refused = ("--gpu", "require", "--profile", "software-egl")
    for verb in (
        ("embed",),
        ("sample", *refused),
        ("train", "--allow-cpu", "--tracking-uri", "ftp://nowhere"),
    ):
        stage = run_here("--home", tmp_path / "home", *verb, "--pack", "plain")
        assert stage.exit_code != 0
        assert "plain is from no audited pool" in " ".join(stage.stderr.split())
    (tmp_path / "some.txt").write_text("0.milk\n")
    listed = ("--source-root", source, "--rel-paths-file", tmp_path / "some.txt")
    stage = run_here("frames", *listed, "--out-dir", tmp_path / "frames", *refused)
    assert "library is from no audited pool" in " ".join(stage.stderr.split())
    pooled = run_here(
        *("--home", tmp_path / "home", "pack", "--pack", "pooled", *asked, "--audit", audit)
    )
    assert pooled.exit_code == 0, pooled.stderr
    assert "no audited pool" not in " ".join(pooled.stderr.split())
    stage = run_here("--home", tmp_path / "home", "embed", "--pack", "pooled")
    assert "no audited pool" not in " ".join(stage.stderr.split())
    folder = tmp_path / "home" / "public" / "presets"
    provenance = json.loads((folder / "pooled" / "pack-provenance.json").read_text())
    assert provenance["parameters"]["pool"] == "crash-safe"
    sources = [pair[layer]["source"] for pair in provenance["pairs"] for layer in ("fg", "bg")]
    assert "1.milk" not in sources

    check = ("pool", "check", "--audit", audit, "--name")
    assert run_here("--home", tmp_path / "home", *check, "pooled").exit_code == 0
    assert run_here("--home", tmp_path / "home", *check, "plain").exit_code == 3
    entries[0]["quality"] = {"ok": False, "reasons": ["probe-timeout"]}
    audit.write_text(json.dumps({"version": "v0", "entries": entries}))
    assert run_here("--home", tmp_path / "home", *check, "pooled").exit_code == 7

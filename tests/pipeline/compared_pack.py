"""A pack on disk with everything that scores can be judged by."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aivj.contracts.json_text import document_bytes
from aivj.contracts.pairs_manifest import (
    PAIRS_MANIFEST_NAME,
    ManifestPair,
    PairsManifest,
    write_pairs_manifest,
)
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME
from aivj.contracts.verification import LogCounts, PageCheck, PageRenderer, VerifyReport
from aivj.gate.uplift import measure_uplift
from aivj.storage import sha256_hex

PACK = "judged"


@dataclass(frozen=True)
class ComparedPack:
    """A pack of `num_pairs` pairs below `home`."""

    home: Path
    num_pairs: int = 60

    @property
    def packs_root(self) -> Path:
        return self.home / "public"

    @property
    def folder(self) -> Path:
        return self.packs_root / "presets" / PACK

    @property
    def worth01(self) -> np.ndarray:
        """What each pair is worth by its measurement under the `compat` target."""
        return np.linspace(0.05, 0.95, self.num_pairs)

    def write(self) -> "ComparedPack":
        for layer in ("fg", "bg"):
            (self.folder / layer).mkdir(parents=True, exist_ok=True)
            for pair in range(self.num_pairs):
                preset = f"[preset00]\nzoom={1 + pair / 100}\nwarp={layer == 'fg'}\n"
                (self.folder / layer / f"{pair}.milk").write_text(preset)
        pairs = [
            ManifestPair(
                pair=pair,
                fg_url=f"/presets/{PACK}/fg/{pair}.milk",
                bg_url=f"/presets/{PACK}/bg/{pair}.milk",
            )
            for pair in range(self.num_pairs)
        ]
        manifest = PairsManifest(generated_at="2026-03-01T09:00:00.000Z", pack=PACK, pairs=pairs)
        write_pairs_manifest(self.folder / PAIRS_MANIFEST_NAME, manifest)
        return self

    def noisy_scores(self, noise: float, seed: int = 0) -> np.ndarray:
        """Scores that know the pairs' worth, but for so much noise."""
        drawn = np.random.default_rng(seed).normal(0, noise, self.num_pairs)
        return np.clip(self.worth01 + drawn, 0, 1)

    def write_scores(
        self,
        scores: np.ndarray,
        path: Path | None = None,
        *,
        held_out: Iterable[int] | None = None,
    ) -> Path:
        path = path or self.folder / PAIRS_QUALITY_NAME
        rows = [{"pair": pair, "quality01": float(score)} for pair, score in enumerate(scores)]
        document = {"version": "v0", "pack": PACK, "pairs": rows}
        if held_out is not None:
            document["provenance"] = {"heldOutPairs": list(held_out)}
        path.write_text(json.dumps(document))
        return path

    def write_eval(self, **changes: object) -> Path:
        """One row a pair: no motion, so that luma alone decides between 0 and 0.65."""
        path = self.home / "eval.jsonl"
        with path.open("w") as file:
            for pair, worth01 in enumerate(self.worth01):
                row = {
                    "tMs": pair,
                    "pack": PACK,
                    "pair": pair,
                    "vizAvgLuma": 0.06 + 0.12 * worth01,
                    "vizAvgFrameDelta": 0.0,
                    "okHeuristic": True,
                    "reasons": [],
                    **changes,
                }
                file.write(json.dumps(row, separators=(",", ":")) + "\n")
        return path

    def write_elite(self, num_each: int = 20) -> Path:
        """The pack's own best and worst pairs, copied under other names."""
        folder = self.home / "elite"
        chosen = [*range(num_each), *range(self.num_pairs - num_each, self.num_pairs)]
        entries = [
            {"score": 1.0 if p < num_each else 5.0, **self._copied(folder, p)} for p in chosen
        ]
        entries.append({"score": 3.0, **self._copied(folder, self.num_pairs // 2)})
        path = folder / "AIVJ_FINAL_ELITE_MANIFEST.json"
        path.write_text(json.dumps({"entries": entries}))
        return folder

    def _copied(self, folder: Path, pair: int) -> dict[str, str]:
        copies = {}
        for layer in ("fg", "bg"):
            copies[layer] = f"{layer}/e{pair:03d}_{layer}.milk"
            copy = folder / copies[layer]
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text((self.folder / layer / f"{pair}.milk").read_text() + "\r\n")
        return copies

    def write_preferences(self, *, num: int = 40) -> Path:
        """People who like what is worth more, and now and then see no difference."""
        path = self.home / "preferences.jsonl"
        rng = np.random.default_rng(9)
        with path.open("w") as file:
            for number in range(num):
                worse, better = sorted(rng.choice(self.num_pairs, 2, replace=False).tolist())
                row = {
                    "v": "v0",
                    "winner": {"pack": PACK, "pair": better},
                    "loser": {"pack": PACK, "pair": worse},
                    "tie": number % 10 == 0,
                    "by": "ada",
                    "at": f"2026-03-01T10:00:{number:02d}.000Z",
                }
                file.write(json.dumps(row) + "\n")
        return path

    def write_report(self, folder: Path, quality: Path, *, passed: bool = True, seed=0) -> Path:
        """What `aivj verify` would have written for the scores in `quality`."""
        picks = [(pair, pair / 60) for pair in range(50)]
        failed = PageCheck(ok=passed, required=True, meaning="it draws", reason="a black page")
        report = VerifyReport(
            url="http://127.0.0.1/",
            started_at="2026-03-01T10:00:00.000Z",
            duration_s=1.0,
            pack=PACK,
            quality_digest=sha256_hex(quality.read_bytes()),
            seed=seed,
            gamma=4,
            verdict="passed" if passed else "failed",
            checks={"pageDraws": failed},
            uplift=measure_uplift(picks, picks[:30], [score for _, score in picks], seed=0),
            renderer=PageRenderer(
                profile="software-egl",
                renderer_class="llvmpipe",
                vendor="Mesa",
                renderer="llvmpipe",
                gl_version="WebGL 2.0",
                chromium_version="140",
            ),
            counts=LogCounts(console=0, page_errors=0),
            artifacts={},
        )
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.json").write_bytes(document_bytes(report))
        return folder

"""A pack of very small presets with made-up measurements."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from aivj.contracts.eval_rows import EvalLog, EvalRow
from aivj.contracts.pairs_manifest import ManifestPair, PairsManifest, write_pairs_manifest
from aivj.coupling import FitConfig
from aivj.pipeline.requests import LabelRequest

PACK = "tiny"
CONFIG = FitConfig(
    epochs=2, batch_size=32, neg_samples=60, eval_target="compat", early_stopping=False
)


def write_preset(path: Path, zoom: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"[preset00]\nzoom={zoom:.4f}\nper_frame_1=rot = {zoom:.4f}*bass;\n")


def measured(pair: int, *, luma: float) -> EvalRow:
    layers = {f"pm_avg_luma_{layer}": luma for layer in ("fg", "bg")}
    layers |= {f"{layer}_avg_frame_delta": 0.01 for layer in ("fg", "bg")}
    layers |= {f"audio_response_{layer}": 0.1 for layer in ("fg", "bg")}
    return EvalRow(
        t_ms=pair,
        pack=PACK,
        pair=pair,
        viz_avg_luma=luma,
        viz_avg_frame_delta=3e-4,
        ok_heuristic=True,
        reasons=[],
        renderer_class="llvmpipe",
        **layers,
    )


@dataclass(frozen=True)
class TinyPack:
    """Pairs of which those with a large zoom in front were measured bright and lively."""

    home: Path
    num_pairs: int = 60

    @property
    def eval_path(self) -> Path:
        return self.home / "eval.jsonl"

    def labels(self) -> LabelRequest:
        return LabelRequest(
            packs=[PACK],
            packs_root=self.home / "public",
            feature_store=self.home / "features",
            eval_paths=[self.eval_path],
        )

    def write(self) -> Self:
        rng = np.random.default_rng(0)
        folder = self.home / "public" / "presets" / PACK
        pairs = []
        with EvalLog(self.eval_path) as log:
            for pair, zoom in enumerate(rng.uniform(0.5, 1.5, self.num_pairs).tolist()):
                urls = {layer: f"/presets/{PACK}/{layer}/p{pair}.milk" for layer in ("fg", "bg")}
                write_preset(folder / "fg" / f"p{pair}.milk", zoom)
                write_preset(folder / "bg" / f"p{pair}.milk", rng.uniform(0.5, 1.5))
                pairs.append(ManifestPair(pair=pair, fg_url=urls["fg"], bg_url=urls["bg"]))
                log.append(measured(pair, luma=0.06 + 0.12 * (zoom - 0.5)))
        manifest = PairsManifest(generated_at="2026-03-01T09:00:00.000Z", pack=PACK, pairs=pairs)
        write_pairs_manifest(folder / "pairs-manifest.v0.json", manifest)
        return self

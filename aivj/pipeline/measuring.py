"""Runs become a table of what was measured of each preset, for training and scoring."""

import io
from collections.abc import Sequence
from pathlib import Path

from aivj.contracts.eval_rows import EvalRow, read_eval_rows
from aivj.contracts.failures import FailureRow
from aivj.coupling.pack_rows import pack_files, pack_rows
from aivj.coupling.preset_measurements import preset_measurements
from aivj.coupling.preset_rows import read_presets
from aivj.errors import InputError
from aivj.packs.feature_store import FeatureStore
from aivj.pipeline.labels import read_pack
from aivj.runs.directory import RunDirectory
from aivj.storage import write_atomic


def write_preset_measurements(
    path: Path,
    *,
    packs: Sequence[str],
    packs_root: Path,
    feature_store: Path,
    eval_paths: Sequence[Path],
) -> int:
    """Writes a Parquet table for `--preset-features` and returns how many presets it holds.

    The failures beside the runs' rows give each preset's error rate.

    Raises:
        InputError: A pack or a run cannot be used, or no run measured a layer of the packs.
        StorageError: The table could not be written.
    """
    import pyarrow.parquet as pq

    rows: list[EvalRow] = []
    failures: list[FailureRow] = []
    for eval_path in eval_paths:
        rows += read_eval_rows(eval_path).rows
        failures += RunDirectory(eval_path.parent).failures()
    manifests = [read_pack(packs_root, pack) for pack in packs]
    files = [file for manifest in manifests for file in pack_files(manifest, packs_root)]
    presets = read_presets(FeatureStore(feature_store), files)
    table = preset_measurements(
        rows,
        [pack_rows(manifest, packs_root, presets) for manifest in manifests],
        presets.table.hashes,
        failures,
    )
    if table.num_rows == 0:
        raise InputError(
            f"measured layers of pairs of {', '.join(packs)}",
            f"none in {len(rows)} rows",
            "give runs of the stage over these packs: other drivers measure no motion of layers",
        )
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    write_atomic(path, buffer.getvalue())
    return int(table.num_rows)

"""What may go on in a folder: nothing is there yet, or the very run that is asked for again.

Resuming a run means completing the same one: other packs, presets, scores or options are refused.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from aivj.contracts.pairs_manifest import PairsManifest
from aivj.contracts.run_meta import PackTarget, RunMeta, read_run_meta
from aivj.errors import InputError
from aivj.packs.measured_presets import other_presets
from aivj.runs.directory import RunDirectory
from aivj.storage import require_writable_folder

_NUM_NAMED = 5
_SAMPLE_ANEW = "sample into another --out-dir"
_OPTIONS = (
    "driver",
    "seed",
    "render",
    "renderer",
    "heuristic",
    "coupled_pick",
    "coupled_params",
    "sample",
)


def refuse_used(directory: RunDirectory) -> None:
    """Checks that a new run may be written.

    Raises:
        InputError: There is a run already.
        StorageError: Nothing can be written there.
    """
    require_writable_folder(directory.path)
    if directory.holds_a_run:
        raise InputError(
            f"a new run directory at {directory.path}",
            "the rows of an earlier run",
            "say --resume to complete it, or choose another --out-dir",
        )


def refuse_other_packs(
    directory: RunDirectory,
    packs: Iterable[tuple[PackTarget, PairsManifest]],
    packs_root: Path,
) -> None:
    """Checks that the run that may be there was made of the same packs.

    Args:
        directory: Where it lies.
        packs: What is aimed at now, and the manifests.
        packs_root: Folder that `/presets/<pack>/...` URLs resolve below.

    Raises:
        InputError: One of its packs, scores or presets is another now.
        StorageError: Nothing can be written there.
    """
    require_writable_folder(directory.path)
    if not directory.meta_path.exists():
        return
    earlier = {target.pack: target for target in read_run_meta(directory.meta_path).packs}
    packs = list(packs)
    for target, _ in packs:
        if target.pack in earlier:
            _refuse_other_pack(earlier[target.pack], target, directory.path)
    rows = directory.rows()
    for target, manifest in packs:
        others = list(other_presets(rows, manifest, packs_root))
        if others:
            raise InputError(
                f"the presets of pack {target.pack!r} that {directory.eval_path} measured",
                f"{len(others)} rows of others; {others[0]}",
                f"{_SAMPLE_ANEW}, or bring those presets back",
            )


def refuse_other_options(earlier: RunMeta, fresh: RunMeta, folder: Path) -> None:
    """Checks that the run in `folder` was asked for what is asked for now.

    Raises:
        InputError: It was asked for something else.
    """
    for name in _OPTIONS:
        was, is_now = getattr(earlier, name), getattr(fresh, name)
        if was != is_now:
            raise _other_option(folder, name, was, is_now)
    drawn, draws = (meta.takes and meta.takes.conditions for meta in (earlier, fresh))
    if drawn != draws:
        raise _other_option(folder, "conditions of takes", drawn, draws)
    were, are = ([pack.pack for pack in meta.packs] for meta in (earlier, fresh))
    if were != are:
        raise _other_option(folder, "packs", ", ".join(were), ", ".join(are))
    if earlier.audio.digest != fresh.audio.digest:
        raise _other_option(folder, "audio", earlier.audio.audio_file, fresh.audio.audio_file)


def _refuse_other_pack(earlier: PackTarget, fresh: PackTarget, folder: Path) -> None:
    were_skipped, are_skipped = earlier.skipped_pairs or [], fresh.skipped_pairs or []
    if were_skipped != are_skipped:
        raise InputError(
            f"the pairs to skip of pack {fresh.pack!r} that the run in {folder} was "
            f"started with: {_in_words(were_skipped)}",
            _in_words(are_skipped),
            f"say --skip-pairs as it was said then, or {_SAMPLE_ANEW}",
        )
    for name, was, is_now in (
        ("manifest", earlier.manifest_digest, fresh.manifest_digest),
        ("scores", earlier.scores_digest, fresh.scores_digest),
    ):
        if was is not None and was != is_now:
            raise InputError(
                f"the {name} of pack {fresh.pack!r} that the run in {folder} was started "
                f"with, sha256 {was[:12]}",
                f"sha256 {is_now[:12]}" if is_now else "none",
                f"{_SAMPLE_ANEW}, or bring that {name} back",
            )


def _in_words(pairs: Sequence[int]) -> str:
    """Names some pairs, and how many there are."""
    if not pairs:
        return "none"
    more = ", ..." if len(pairs) > _NUM_NAMED else ""
    return f"{len(pairs)} ({', '.join(map(str, pairs[:_NUM_NAMED]))}{more})"


def _other_option(folder: Path, name: str, was: object, is_now: object) -> InputError:
    return InputError(
        f"the same {name} as the run in {folder} was started with: {was}",
        str(is_now),
        "resume with the options it was started with, or choose another --out-dir",
    )

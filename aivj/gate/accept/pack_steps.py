"""Steps that look at files alone: whether they are all there, and whether presets are presets."""

from collections.abc import Iterator
from pathlib import Path

from aivj.contracts.json_text import read_object
from aivj.contracts.library_manifest import LIBRARY_MANIFEST_NAME
from aivj.contracts.pack_size import pack_size
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME, preset_file, read_pairs_manifest
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME, read_pairs_quality
from aivj.contracts.run_manifest import RUN_MANIFEST_NAME
from aivj.errors import InputError
from aivj.gate.accept.subject import AcceptSubject
from aivj.gate.diversity import check_diversity
from aivj.gate.rules import Finding, Problem, judged, not_applicable
from aivj.packs.scan import scan_presets
from aivj.presets import parse_milk

_MAX_PRESET_BYTES = 4 * 1024 * 1024
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def check_files(subject: AcceptSubject) -> Finding:
    """Manifest and scores can be read, and every preset they name is there."""
    problems = [Problem(text) for text in _unreadable(subject)]
    manifest_path = subject.folder / PAIRS_MANIFEST_NAME
    try:
        manifest = read_pairs_manifest(manifest_path, pack=subject.pack)
    except InputError as error:
        return judged([Problem(str(error)), *problems], "")

    def there(url: str) -> bool:
        path = preset_file(subject.packs_root, url)
        return path is not None and path.is_file()

    urls = {url for row in manifest.pairs for url in (row.fg_url, row.bg_url)}
    problems += [Problem(str(fault)) for fault in manifest.faults]
    problems += [Problem(f"no file for {url}") for url in sorted(urls) if not there(url)]
    odd = "".join(f"; {oddity}" for oddity in pack_size(manifest).oddities)
    told = f"{len(manifest.pairs)} pairs of {len(urls)} presets, scores for them{odd}"
    return judged(problems, told)


def lint_presets(subject: AcceptSubject) -> Finding:
    """Every preset of the pack and of its libraries says something to draw, in a text."""
    folders = [subject.folder, *(_library(subject, name) for name in subject.libraries)]
    files = [
        (f"presets/{folder.name}/{file.relative_path}", file.path)
        for folder in dict.fromkeys(folders)
        if folder.is_dir()
        for file in scan_presets(folder)
    ]
    problems = [Problem(f"{name}: {text}") for name, path in files for text in _faults(path)]
    if not files:
        problems.append(Problem(f"no presets below {subject.folder}"))
    return judged(problems, f"{len(files)} presets")


def varied(subject: AcceptSubject) -> Finding:
    """The report on the pack's variety that was asked for is of this pack, and passed."""
    if subject.diversity is None:
        return not_applicable("no report of `aivj diversity` was asked for")
    return check_diversity(subject.diversity, subject.folder)


def _unreadable(subject: AcceptSubject) -> Iterator[str]:
    try:
        read_pairs_quality(subject.folder / PAIRS_QUALITY_NAME)
    except InputError as error:
        yield str(error)
    documents = [_library(subject, name) / LIBRARY_MANIFEST_NAME for name in subject.libraries]
    run_manifest = subject.packs_root / RUN_MANIFEST_NAME
    for path in (*documents, *([run_manifest] if run_manifest.exists() else [])):
        try:
            read_object(path)
        except InputError as error:
            yield str(error)


def _library(subject: AcceptSubject, name: str) -> Path:
    return subject.packs_root / "presets" / name


def _faults(path: Path) -> Iterator[str]:
    if _REPLACEMENT in path.name:
        yield "its name lost characters (U+FFFD)"
    size = path.stat().st_size
    if size > _MAX_PRESET_BYTES:
        yield f"{size} bytes are no preset"
        return
    data = path.read_bytes()
    if parse_milk(data).is_empty:
        yield "nothing in it says what to draw"
    elif _REPLACEMENT.encode() in data:
        yield "its text lost characters (U+FFFD)"

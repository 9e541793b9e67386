"""Library packs: drawn from a folder, a list or an audited pool; safe and unsafe; old or not."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aivj.contracts.blacklist import read_blacklist
from aivj.contracts.library_manifest import (
    LIBRARY_MANIFEST_NAME,
    join_key,
    read_library_manifest,
    unambiguous,
)
from aivj.contracts.library_reports import QUALITY_REPORT_NAME, SplitPolicy
from aivj.contracts.preset_audit import AuditEntry, AuditHeader, AuditQuality
from aivj.contracts.preset_audit_stream import write_preset_audit
from aivj.errors import InputError
from aivj.packs.audited import PoolReader, pool_files, pool_parameters, staleness
from aivj.packs.library_sampling import Candidate, sampled
from aivj.packs.safe_unsafe import SplitPlaces, split_by_audit
from aivj.pipeline.pools import PoolRequest, draw_pool

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CRASHED, DARK = "wasm-abort", "too-dark"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    for number in range(30):
        path = tmp_path / "library" / f"pack{number % 3}" / f"Author - {number:02}.milk"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"zoom=1.{number:02}\n")
    return tmp_path / "library"


def request(library: Path, **changes: object) -> PoolRequest:
    asked = {
        "name": "safe",
        "packs_root": library.parent / "public",
        "source": library,
        "pool": "any",
        "limit": 10,
    }
    return PoolRequest(**asked | changes)


def entry(path: str, *reasons: str, probed: bool = True) -> AuditEntry:
    quality = AuditQuality(ok=not reasons, reasons=list(reasons)) if probed else None
    return AuditEntry(rel_path=path, quality=quality, tags=["wave"])


def audit(library: Path, why: Callable[[int], tuple[str, ...]], name: str = "audit.json") -> Path:
    """Writes an audit in which each preset has the reasons that its number has."""
    path = library.parent / name
    entries = [
        entry(file.relative_to(library).as_posix(), *why(int(file.stem[-2:])))
        for file in sorted(library.rglob("*.milk"))
    ]
    write_preset_audit(path, AuditHeader(source_root=str(library)), entries)
    return path


def usual(number: int) -> tuple[str, ...]:
    return ((), (CRASHED,), (DARK,))[number % 3]


def test_a_reservoir_is_the_same_whatever_order_presets_come_in() -> None:
    paths = [Candidate(f"{number}.milk") for number in range(5000)]
    drawn = sampled(paths, mode="reservoir", num=100, seed=1)
    assert sampled(reversed(paths), mode="reservoir", num=100, seed=1) == drawn
    assert sampled([*paths, *paths], mode="reservoir", num=100, seed=1) == drawn
    assert sampled(paths, mode="reservoir", num=100, seed=2) != drawn
    assert 2000 < sum(int(each.relative_path[:-5]) for each in drawn) / len(drawn) < 3000
    first = sampled([*paths[:2], *paths], mode="first", num=10, seed=1)
    assert first[:3] == paths[:3]


def test_a_pack_is_a_library_as_the_contract_has_it(library: Path) -> None:
    drawn = draw_pool(request(library))
    manifest = read_library_manifest(drawn.folder / LIBRARY_MANIFEST_NAME)
    assert manifest == drawn.manifest
    assert (manifest.version, manifest.target, manifest.sample_mode) == ("v0", "safe", "reservoir")
    assert (manifest.total_files_scanned, manifest.total_presets_included) == (30, 10)
    preset = manifest.presets[0]
    assert preset.rel_path.startswith("safe/pack")
    assert preset.url == f"/presets/{preset.rel_path}"
    assert (preset.pack, preset.meta) == (
        "safe",
        {"title": preset.file_name[9:11], "author": "Author"},
    )
    for each in manifest.presets:
        copy = drawn.folder.parent / each.rel_path
        assert copy.read_bytes() == (library / each.rel_path.removeprefix("safe/")).read_bytes()
        assert each.file_size == copy.stat().st_size
    assert pool_parameters(drawn.folder) == {}


def test_the_same_call_changes_nothing_and_another_needs_to_be_told(library: Path) -> None:
    first = draw_pool(request(library))
    again = draw_pool(request(library))
    assert again.was_there
    assert again.manifest == first.manifest
    with pytest.raises(InputError, match="--replace"):
        draw_pool(request(library, seed=1))
    assert draw_pool(request(library, seed=1, replace=True)).manifest != first.manifest
    (library.parent / "public/presets/mine").mkdir()
    (library.parent / "public/presets/mine/x").touch()
    with pytest.raises(InputError, match="drawn by AIVJ"):
        draw_pool(request(library, name="mine", replace=True))


@pytest.mark.parametrize(("pool", "remainders"), [("crash-safe", {0, 2}), ("ok-only", {0})])
def test_a_pool_is_what_the_audit_says(library: Path, pool: str, remainders: set[int]) -> None:
    found = draw_pool(request(library, audit=audit(library, usual), pool=pool, limit=100))
    numbers = {int(preset.file_name[9:11]) for preset in found.manifest.presets}
    assert numbers == {number for number in range(30) if number % 3 in remainders}
    assert found.manifest.version == "v1"
    assert all(preset.wasm_compat and preset.wasm_compat.ok for preset in found.manifest.presets)
    assert pool_parameters(found.folder)["pool"] == pool
    assert pool_parameters(found.folder)["poolSize"] == len(numbers)


def test_presets_that_were_not_probed_are_in_no_pool(library: Path) -> None:
    path = library.parent / "audit.json"
    names = [file.relative_to(library).as_posix() for file in sorted(library.rglob("*.milk"))]
    entries = [entry(name, probed=number > 0) for number, name in enumerate(names)]
    write_preset_audit(path, AuditHeader(), entries)
    found = draw_pool(request(library, audit=path, pool="crash-safe", limit=100))
    assert len(found.manifest.presets) == 29
    write_preset_audit(
        path, AuditHeader(), [entry("x.milk", CRASHED), entry("y.milk", "Aborted(1)")]
    )
    with pytest.raises(InputError, match="none of 2"):
        pool_files(library, PoolReader(path, "crash-safe"))
    with pytest.raises(InputError, match="--audit FILE"):
        draw_pool(request(library, pool="ok-only"))


@pytest.mark.parametrize(
    ("entries", "found", "advice"),
    [
        ([], "an audit of no presets", "aivj audit run"),
        ([entry("x.milk", probed=False)], "an audit of text alone", "without --probe none"),
        ([entry("x.milk", DARK)], "none of 1 that were drawn, of 1", "--pool crash-safe"),
    ],
)
def test_an_empty_pool_says_what_the_audit_has_and_what_to_do(
    library: Path, entries: list[AuditEntry], found: str, advice: str
) -> None:
    path = library.parent / "audit.json"
    write_preset_audit(path, AuditHeader(), entries)
    with pytest.raises(InputError, match=found) as of_a_pool:
        draw_pool(request(library, audit=path, pool="ok-only"))
    with pytest.raises(InputError, match=found) as of_pairs:
        pool_files(library, PoolReader(path, "ok-only"))
    assert advice in str(of_a_pool.value)
    assert str(of_a_pool.value) == str(of_pairs.value)


def test_a_pack_is_stale_when_its_pool_is_another(library: Path) -> None:
    first = audit(library, lambda number: () if number < 9 else (DARK,))
    folder = draw_pool(
        request(library, audit=first, pool="ok-only", sample="first", limit=3)
    ).folder
    assert staleness(folder, first) is None
    grown = audit(library, lambda number: () if number < 12 else (DARK,), "grown.json")
    assert staleness(folder, grown) == "its pool had 9 presets and has 12 now"
    other = audit(library, lambda number: () if number >= 21 else (DARK,), "other.json")
    assert "but others" in str(staleness(folder, other))
    draw_pool(request(library, name="raw"))
    with pytest.raises(InputError, match="from an audited pool"):
        staleness(folder.with_name("raw"), first)


def test_blacklists_in_all_their_forms_are_heeded(library: Path, tmp_path: Path) -> None:
    drawn = draw_pool(request(library, limit=30)).manifest
    one = drawn.presets[0]
    relative = one.rel_path.removeprefix("safe/")
    forms = {
        "badSourceRelPaths": f"./{relative}",
        "badRelPaths": relative,
        "badRelatives": relative.replace("/", "\\"),
        "badUrls": one.url,
        "badIds": one.id,
    }
    for key, value in forms.items():
        path = tmp_path / f"{key}.json"
        path.write_text(json.dumps({key: [value, None]}))
        found = draw_pool(request(library, name=key.lower(), limit=30, blacklists=[path]))
        num_expected = 30 if key in {"badUrls", "badIds"} else 29
        assert len(found.manifest.presets) == num_expected, key  # these two name another pack
        same = draw_pool(request(library, limit=30, blacklists=[path], replace=True))
        assert [each.file_name for each in same.manifest.presets] == [
            each.file_name for each in drawn.presets[1:]
        ], key
        assert same.report.counts.excluded_by_blacklist_prefilter == 1
        late = request(
            library, limit=30, blacklists=[path], prefilter_blacklist=False, replace=True
        )
        counts = draw_pool(late).report.counts
        assert (counts.included, counts.excluded_by_blacklist) == (29, 1)
    (tmp_path / "none.json").write_text("{}")
    with pytest.raises(InputError, match="badSourceRelPaths"):
        read_blacklist(tmp_path / "none.json")


def test_files_that_are_no_sound_presets_are_told_and_left_out(library: Path) -> None:
    listed = ["pack0/Author - 00.milk", "empty.milk", "large.milk", "nul.milk", "gone.milk"]
    (library / "empty.milk").write_text("\n")
    (library / "large.milk").write_text("zoom=2\n" + ";" * 300_000)
    (library / "nul.milk").write_bytes(b"zoom=1\0")
    (library / "folder.milk").mkdir()
    (library / "link.milk").symlink_to("/etc/hostname")
    more = ["folder.milk", "link.milk", "../out.milk", "/etc/passwd.milk", "notes.txt"]
    paths = library.parent / "paths.txt"
    paths.write_text("\n".join([*listed, *more]))
    report = library.parent / QUALITY_REPORT_NAME
    asked = {"rel_paths_file": paths, "quality_report_out": report}
    found = draw_pool(request(library, **asked))
    assert [each.file_name for each in found.manifest.presets] == [
        "empty.milk",
        "large.milk",
        "Author - 00.milk",
    ]
    document = json.loads(report.read_text())
    reasons = {each["rel"]: each["reason"] for each in document["excluded"]}
    assert reasons == {
        "nul.milk": "hygiene",
        "gone.milk": "missing-source-file",
        "folder.milk": "hygiene",
        "link.milk": "hygiene",
        "../out.milk": "hygiene",
        "/etc/passwd.milk": "missing-source-file",
    }
    assert sorted(document["warnings"]) == ["empty.milk: empty", "large.milk: large"]
    strict = draw_pool(request(library, name="strict", exclude_hygiene_bad=True, **asked))
    assert strict.report.counts.included == 1
    with pytest.raises(InputError, match="--max-mb"):
        draw_pool(
            request(library, name="big", **asked | {"max_mb": 1, "rel_paths_file": _many(library)})
        )


def _many(library: Path) -> Path:
    for number in range(5):
        (library / f"big{number}.milk").write_text(f"zoom=3.{number}\n" + ";" * 250_000)
    path = library.parent / "many.txt"
    path.write_text("\n".join(f"big{number}.milk" for number in range(5)))
    return path


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("./a/b.milk", "a/b.milk"),
        ("/presets/a/b.milk", "a/b.milk"),
        ("presets/pack/a/b.milk", "a/b.milk"),
        ("pack\\a\\b.milk", "a/b.milk"),
    ],
)
def test_presets_are_joined_by_their_path(left: str, right: str) -> None:
    assert join_key(left, ["pack"]) == join_key(right, ["pack"])


def test_a_preset_is_taken_once_whatever_it_is_called(library: Path) -> None:
    (library / "again.milk").write_text("\nZOOM = 1.070\nfRating=5\n")
    found = draw_pool(request(library, limit=31))
    assert len(found.manifest.presets) == 30
    (warning,) = found.report.warnings
    assert "the same preset as" in warning
    assert "Author - 07.milk" in warning
    provenance = json.loads((found.folder / "pack-provenance.json").read_text())
    assert provenance["skipped"] == {"duplicate": 1}


def test_progress_ends_where_nothing_more_can_be_taken(library: Path) -> None:
    """A pool may hold fewer presets than are asked for, and some twice."""
    (library / "pack0/again.milk").write_bytes((library / "pack1/Author - 01.milk").read_bytes())
    for limit, num in ((10, 10), (1000, 30)):
        told: list[tuple[int, int]] = []
        draw_pool(request(library, limit=limit, replace=True), lambda *now, to=told: to.append(now))
        assert told[0] == (0, min(limit, 31))
        assert told == sorted(told, key=lambda now: (now[0], -now[1]))
        assert told[-1] == (num, num)


def test_names_join_only_where_they_are_alone() -> None:
    assert unambiguous(["a/x.milk", "b/x.milk", "b/y.milk"]) == {"y.milk": "b/y.milk"}


def divided(library: Path, entries: list[AuditEntry], **policy: object):
    manifest = draw_pool(request(library, limit=30)).folder / LIBRARY_MANIFEST_NAME
    path = library.parent / "audit.json"
    write_preset_audit(path, AuditHeader(), entries)
    names = ("safe.json", "unsafe.json", "report.json")
    places = SplitPlaces(manifest, path, *(library.parent / "out" / name for name in names))
    report = split_by_audit(places, SplitPolicy(**policy), now=NOON)
    parts = [_names(places.safe), _names(places.unsafe)]
    return report, parts


def _names(path: Path) -> list[str]:
    return [each["fileName"] for each in json.loads(path.read_text())["presets"]]


def test_a_manifest_is_divided_by_an_audit(library: Path) -> None:
    entries = [
        entry("pack0/Author - 00.milk"),
        entry("presets/safe/pack1/Author - 01.milk", CRASHED),
        entry("moved/Author - 02.milk"),
        entry("pack0/Author - 03.milk", DARK),
        entry("one/Author - 04.milk"),
        entry("two/Author - 04.milk"),
        entry("pack2/Author - 05.milk", probed=False),
    ]
    report, (safe, unsafe) = divided(library, entries)
    assert safe == ["Author - 00.milk", "Author - 02.milk"]
    assert len(unsafe) == 28
    stats = report.stats
    assert (stats.total_with_audit_entry, stats.total_with_quality) == (5, 4)
    assert (stats.reasons, stats.tags) == ({CRASHED: 1, DARK: 1}, {"wave": 5})
    _, (safe, unsafe) = divided(library, entries, missing_quality="drop", allow_bad_in_safe=True)
    assert safe == ["Author - 00.milk", "Author - 03.milk", "Author - 02.milk"]
    assert unsafe == ["Author - 01.milk"]
    report, (safe, _) = divided(library, entries, require_wasm_compat_ok=True)
    assert (safe, report.stats.unsafe) == ([], 30)

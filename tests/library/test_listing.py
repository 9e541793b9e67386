import json
from collections import Counter

import pytest
from library.made_library import TEXTS, write_library

from aivj.errors import InputError
from aivj.library.listing import library_files
from aivj.library.request import AuditRequest


@pytest.fixture
def library(tmp_path):
    return write_library(tmp_path / "library")


def listed(library, passed_over=None, **options):
    request = AuditRequest(root=library, out_dir=library.parent / "out", **options)
    counter = Counter() if passed_over is None else passed_over
    return [file.relative_path for file in library_files(request, counter)]


def test_all_in_the_order_of_their_paths(library):
    assert listed(library) == sorted(TEXTS)


def test_the_first_ones(library):
    assert listed(library, limit=2, sample="first") == sorted(TEXTS)[:2]
    assert listed(library, scan_limit=3) == sorted(TEXTS)[:3]
    assert listed(library, scan_limit=3, limit=4) == sorted(TEXTS)[:3]


def test_a_reservoir_is_drawn_by_the_seed_and_grows_with_its_limit(library):
    drawn = {seed: listed(library, limit=2, seed=seed) for seed in range(20)}
    assert all(len(paths) == 2 for paths in drawn.values())
    assert len({tuple(paths) for paths in drawn.values()}) > 4
    assert drawn[3] == listed(library, limit=2, seed=3)
    assert set(drawn[3]) < set(listed(library, limit=3, seed=3))


def test_a_manifest_names_what_is_looked_at_and_no_folder_is_walked(library, tmp_path, monkeypatch):
    entries = [
        {"relPath": "a/one.milk"},
        {"relPath": "/presets/mypack/b/three.milk"},
        {"relPath": "mypack/four.milk"},
        {"relPath": "./a/one.milk"},
        {"relPath": "a/gone.milk"},
        {"relPath": "../outside.milk"},
        {"relPath": "a/\0.milk"},
        {"relPath": "a/\ud800.milk"},
        {"relPath": "x" * 5000 + ".milk"},
        {"relPath": 3},
        None,
    ]
    (tmp_path / "outside.milk").write_text("warp=1\n")
    manifest = tmp_path / "library-manifest.json"
    manifest.write_text(json.dumps({"version": "v0", "presets": entries}))
    monkeypatch.setattr("aivj.library.listing.scan_presets", None)
    passed_over = Counter()
    assert listed(library, passed_over, manifest=manifest) == [
        "a/one.milk",
        "b/three.milk",
        "four.milk",
    ]
    assert passed_over.total() == 7


def test_a_link_that_leads_out_is_not_followed(library, tmp_path):
    (tmp_path / "outside.milk").write_text("warp=1\n")
    (library / "link.milk").symlink_to(tmp_path / "outside.milk")
    manifest = tmp_path / "library-manifest.json"
    manifest.write_text(json.dumps({"presets": [{"relPath": "link.milk"}]}))
    with pytest.raises(InputError, match="none"):
        listed(library, manifest=manifest)
    assert "link.milk" not in listed(library)


def test_no_presets_no_audit(tmp_path):
    (tmp_path / "library").mkdir()
    with pytest.raises(InputError, match="presets in"):
        listed(tmp_path / "library")
    with pytest.raises(InputError):
        listed(tmp_path / "nowhere")

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.errors import InputError
from aivj.frames.subjects import Subject, of_folder, of_list, of_manifest


def manifest(tmp_path: Path, *entries) -> Path:
    path = tmp_path / "presets" / "mine" / "library-manifest.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"version": "v0", "presets": list(entries)}))
    return path


def test_presets_of_a_pack(tmp_path):
    path = manifest(
        tmp_path,
        {"id": "mine-a-1", "relPath": "mine/A 50%41.milk", "url": "/presets/mine/A.milk"},
        {"id": "mine-a-1", "relPath": "mine/again.milk"},
        {"id": "mine-b-2", "relPath": "../../etc/passwd"},
        {"id": 7, "relPath": "mine/c.milk"},
        "no object",
    )
    found = of_manifest(path)
    file = tmp_path / "presets" / "mine" / "A 50%41.milk"
    assert found.presets == [Subject("mine-a-1", "mine/A 50%41.milk", file)]
    assert found.passed_over == {"listed twice": 1, "path out of the library": 1, "no preset": 2}


def test_presets_of_a_list_without_a_walk(tmp_path, monkeypatch):
    lines = tmp_path / "ok.txt"
    lines.write_bytes(b"\xef\xe9.milk\r\nsub\\b.MILK\n./c.milk\n\nnotes.txt\n../out.milk\n")
    monkeypatch.setattr("os.scandir", None)
    found = of_list(tmp_path / "library", lines)
    assert [each.preset_id for each in found.presets] == ["\\xef\\xe9.milk", "sub/b.MILK", "c.milk"]
    assert found.presets[1].path == tmp_path / "library" / "sub" / "b.MILK"
    assert found.passed_over == {"not .milk": 1, "path out of the library": 1}


def test_presets_of_a_folder(tmp_path):
    (tmp_path / "sub").mkdir()
    for name in ("b.milk", "sub/a.milk", "c.txt"):
        (tmp_path / name).write_text("x=1")
    assert [each.preset_id for each in of_folder(tmp_path).presets] == ["b.milk", "sub/a.milk"]


def test_nothing_to_picture_is_refused(tmp_path):
    for name, content in {"a": "{}", "b": "no json", "c": '{"presets":[]}'}.items():
        (tmp_path / name).write_text(content)
        with pytest.raises(InputError):
            of_manifest(tmp_path / name)
    with pytest.raises(InputError, match=r"not \.milk"):
        of_list(tmp_path, tmp_path / "a")
    with pytest.raises(InputError):
        of_list(tmp_path, tmp_path / "missing")
    with pytest.raises(InputError):
        of_folder(tmp_path)


@given(st.binary(max_size=300))
def test_no_list_leads_out_of_the_library(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("list")
    (folder / "list").write_bytes(data + b"\na.milk\n")
    for subject in of_list(folder / "library", folder / "list").presets:
        assert subject.path.is_relative_to(folder / "library")
        subject.preset_id.encode()


@given(st.recursive(st.none() | st.text(max_size=9) | st.integers(), st.lists, max_leaves=5))
def test_no_manifest_raises_anything_else(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("pack") / "library-manifest.json"
    path.write_text(json.dumps({"presets": [{"id": "a", "relPath": "p/a.milk"}, value, [value]]}))
    assert [each.preset_id for each in of_manifest(path).presets] == ["a"]

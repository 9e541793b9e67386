"""The library page: what is found, what is read, and by its own wire whom it answers what."""

import contextlib
import json

import pytest
from aiohttp import ClientSession
from library.made_library import MadeProber, audit, write_library
from monitor.fuzzing import SECRET, ask_whatever
from takes.store.made_takes import CONDITIONS, drawn, failed

from aivj.contracts.json_text import document_bytes
from aivj.contracts.library_manifest import (
    LibraryManifest,
    WasmCompat,
    read_library_manifest,
    write_library_manifest,
)
from aivj.contracts.style_index import StyleEntry, StyleGroup, StyleIndex, write_style_index
from aivj.errors import InputError
from aivj.monitor.guard import Guard
from aivj.monitor.library_index import KnownPreset, LibraryIndex, LibraryQuery
from aivj.monitor.library_pictures import LibraryPictures
from aivj.monitor.library_routes import LibraryRoutes
from aivj.monitor.library_server import LibraryServer
from aivj.monitor.library_shelf import LibraryShelf
from aivj.monitor.library_sources import Library, read_library
from aivj.packs.library_entries import sampled_entry
from aivj.takes.store import TakeStore

HOSTILE = '<img src=x onerror="alert(1)"> & \u202e.milk'
PRESETS = [
    KnownPreset("a/Ann - Rain.milk", None, "c00", "calm", "ok", (), 0.4, 0.01),
    KnownPreset("a/Ann - Rave.milk", None, "c01", "peak", "crash-safe", ("too-dark",), 0.01, 0.1),
    KnownPreset("b/Bob - Rave.milk", None, "c01", "peak", "failed", ("Aborted(1)", "too-dark")),
    KnownPreset("b/untitled.milk", None, "", "groove", "not-probed"),
    KnownPreset(f"c/{HOSTILE}", None, "c00", "calm", "failed", ("Aborted(2)",)),
]
INDEX = LibraryIndex(PRESETS, {"c00": "slow rings"})


def paths(**query):
    return [PRESETS[place].rel_path for place in INDEX.find(LibraryQuery(**query)).places]


def counts(choices):
    return {choice.key: choice.count for choice in choices}


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ({}, [0, 1, 2, 3, 4]),
        ({"text": "rAVE ann"}, [1]),
        ({"text": "nobody"}, []),
        ({"style": "c01"}, [1, 2]),
        ({"style": "c09"}, []),
        ({"energy": "calm"}, [0, 4]),
        ({"quality": "crash-safe"}, [1]),
        ({"failure": "too-dark"}, [1, 2]),
        ({"failure": "Aborted(...)"}, [2, 4]),
        ({"failure": "Aborted(...)", "style": "c00"}, [4]),
    ],
)
def test_presets_are_found_by_what_is_asked(query, places):
    assert paths(**query) == [PRESETS[place].rel_path for place in places]


def test_choices_say_what_each_would_leave():
    choices = INDEX.find(LibraryQuery(text="rave", quality="failed")).choices
    assert counts(choices.styles) == {"c01": 1}
    assert counts(choices.qualities) == {"ok": 0, "crash-safe": 1, "failed": 1, "not-probed": 0}
    assert counts(choices.failures) == {"too-dark": 1, "Aborted(...)": 1}
    every = INDEX.find(LibraryQuery()).choices
    assert (every.styles[0].key, every.styles[0].label) == ("c00", "slow rings")


def made_pack(root):
    pack = root / "presets" / "mine"
    write_library(pack)
    entries = [sampled_entry("mine", path, 1) for path in ("a/one.milk", "b/three.milk")]
    manifest = LibraryManifest(
        generated_at="",
        source_root="x",
        total_files_scanned=2,
        total_presets_included=2,
        presets=entries,
    )
    write_library_manifest(pack / "library-manifest.json", manifest)
    styled = StyleEntry(preset_id=entries[0].id, author_key="c07", energy="peak", tags=[])
    groups = [StyleGroup(id="c07", label="rings", count=1)]
    index = StyleIndex(version="v1", entries=[styled], clusters=groups)
    write_style_index(pack / "aivj-style-index.v1.json", index)


def test_an_audit_is_joined_with_the_styles_of_a_pack(tmp_path):
    library = write_library(tmp_path / "library")
    prober = MadeProber({"fWaveScale": "too-dark", "nMotion": "wasm-abort"})
    audit(library, tmp_path / "audit", prober)
    plain = read_library(tmp_path / "audit", None, tmp_path)
    told = {each.rel_path: (each.quality, list(each.reasons)) for each in plain.index.presets}
    assert told["a/one.milk"] == ("ok", [])
    assert told["a/two.milk"] == ("crash-safe", ["too-dark"])
    assert told["b/three.milk"] == ("failed", ["wasm-abort"])
    document = read_library(tmp_path / "audit" / "preset-audit.json", None, tmp_path)
    again = {each.rel_path: (each.quality, list(each.reasons)) for each in document.index.presets}
    assert again == told
    made_pack(tmp_path)
    joined = read_library(tmp_path / "audit", "mine", tmp_path)
    one, two = joined.index.presets[:2]
    assert (one.style, one.energy, one.file.name) == ("c07", "peak", "one.milk")
    assert (two.rel_path, two.style, two.file) == ("a/two.milk", "", None)
    assert joined.styles_from == "style index v1 of mine"
    alone = read_library(None, "mine", tmp_path)
    assert [each.quality for each in alone.index.presets] == ["not-probed"] * 2
    with pytest.raises(InputError):
        read_library(None, "../mine", tmp_path)


@pytest.mark.parametrize(
    ("compat", "flags", "quality", "reasons"),
    [
        (WasmCompat(ok=True), None, "crash-safe", ()),
        (WasmCompat(ok=True), [], "ok", ()),
        (WasmCompat(ok=True), ["too-dark"], "crash-safe", ("too-dark",)),
        (WasmCompat(ok=False, error_type="wasm-abort"), None, "failed", ("wasm-abort",)),
        (WasmCompat(ok=False), ["empty"], "failed", ("empty",)),
    ],
)
def test_a_manifest_alone_tells_what_its_probe_found(tmp_path, compat, flags, quality, reasons):
    made_pack(tmp_path)
    path = tmp_path / "presets" / "mine" / "library-manifest.json"
    manifest = read_library_manifest(path)
    probed = {"wasm_compat": compat, "danger_flags": flags}
    presets = [manifest.presets[0].model_copy(update=probed)]
    write_library_manifest(path, manifest.model_copy(update={"presets": presets}))
    (found,) = read_library(None, "mine", tmp_path).index.presets
    assert (found.quality, tuple(found.reasons)) == (quality, reasons)


def routes(tmp_path, index=INDEX, **options):
    shelf = LibraryShelf(lambda: Library(index, "audit made", "mine"))
    return LibraryRoutes(shelf, LibraryPictures(str(tmp_path / "takes")), **options)


@contextlib.asynccontextmanager
async def served(tmp_path, **options):
    async with LibraryServer(routes(tmp_path, **options), Guard(None)) as server:
        origin = await server.open("127.0.0.1", 0)
        async with ClientSession() as client:

            async def ask(path, method="GET", **headers):
                async with client.request(method, f"{origin}{path}", headers=headers) as response:
                    return response.status, await response.read(), response.headers

            yield ask


async def test_the_page_and_what_it_asks_are_answered(tmp_path):
    async with served(tmp_path, player="http://127.0.0.1:5174") as ask:
        for path in ("/", "/library.js", "/library.css", "/page.css", "/theme.css"):
            assert (await ask(path))[0] == 200
        for path in ("/monitor.js", "/monitor.css", "/player.js", "/api/status", "/library"):
            assert (await ask(path))[0] == 404
        _, body, headers = await ask("/api/library?size=2&page=2")
        page = json.loads(body)
        assert headers["Content-Type"].startswith("application/json")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert (page["page"], page["numPages"], page["numFound"]) == (2, 3, 5)
        assert [tile["title"] for tile in page["tiles"]] == ["Rave", "untitled"]
        assert (page["tiles"][0]["author"], page["tiles"][0]["id"]) == ("Bob", 2)
        assert page["player"] == "http://127.0.0.1:5174"
        assert json.loads((await ask("/api/library?page=99"))[1])["page"] == 1
        assert (await ask("/api/library/picture?id=0"))[0] == 404
        assert (await ask("/api/library", "POST"))[0] == 405
        assert (await ask("/api/library", Host="evil.example"))[0] == 403
        assert (await ask("/api/library", Origin="http://evil.example"))[0] == 403


ASKED = ["text", "style", "energy", "quality", "failure", "page", "size", "id", "token"]
ROUTES = ["/api/library", "/api/library/picture", "/library.js", "/", "/x.js", "/secret"]


async def test_whatever_is_asked_nothing_breaks_and_nothing_outside_is_told(tmp_path):
    (tmp_path / "secret").write_text(SECRET)
    async with served(tmp_path) as ask:
        await ask_whatever(ask, ROUTES, ASKED)


def test_the_document_is_one_that_can_be_read_again(tmp_path):
    page = routes(tmp_path).page(LibraryQuery(text="rave"), 1)
    assert type(page).model_validate_json(document_bytes(page)) == page


async def test_pictures_are_of_takes_by_content(tmp_path):
    drawn_id, failed_id = "a" * 64, "b" * 64
    with contextlib.closing(TakeStore.open(tmp_path / "takes", CONDITIONS).writer()) as writer:
        writer.add(drawn(drawn_id))
        writer.add(failed(failed_id))
    contents = [drawn_id, failed_id, "c" * 64]
    presets = [KnownPreset(f"{each}.milk", each, "", "calm", "ok") for each in contents]
    async with served(tmp_path, index=LibraryIndex(presets, {})) as ask:
        for number, expected in enumerate([200, 404, 404]):
            status, body, _ = await ask(f"/api/library/picture?id={number}")
            assert status == expected
            assert expected != 200 or body == b"last"
        page = json.loads((await ask("/api/library"))[1])
    assert [tile["hasPicture"] for tile in page["tiles"]] == [True, False, False]
    assert page["notices"] == []


def test_a_library_is_read_once_it_is_there_and_until_then_it_is_said_what_to_do(tmp_path):
    found = []

    def read():
        if not found:
            raise InputError("an audit", "none", "run `aivj audit ROOT`")
        return found.pop()

    answers = LibraryRoutes(LibraryShelf(read), LibraryPictures(str(tmp_path / "takes")))
    nothing = answers.page(LibraryQuery(), 1)
    assert nothing.missing == "expected an audit; found none; run `aivj audit ROOT`"
    assert (nothing.num_presets, nothing.tiles) == (0, [])
    found.append(Library(INDEX, "audit made"))
    for _ in range(2):
        page = answers.page(LibraryQuery(), 1)
        assert (page.missing, page.num_presets) == (None, 5)


def test_a_library_that_grows_is_read_again_and_one_that_breaks_is_shown_as_it_was(tmp_path):
    library, out = write_library(tmp_path / "library"), tmp_path / "audit"
    audit(library, out, MadeProber({}))
    now_s = [0.0]
    shelf = LibraryShelf(lambda: read_library(out, None, tmp_path), lambda: now_s[0])
    first = shelf.library()
    (library / "a" / "another.milk").write_text("[preset00]\nzoom=1.01\n")
    audit(library, out, MadeProber({}))
    assert shelf.library() is first
    now_s[0] += 10
    grown = shelf.library()
    assert len(grown.index) == len(first.index) + 1
    now_s[0] += 10
    assert shelf.library() is grown
    (out / "store").rename(tmp_path / "elsewhere")
    now_s[0] += 10
    assert shelf.library() is grown

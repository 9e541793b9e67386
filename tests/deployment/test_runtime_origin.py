"""A runtime's origin as `runtime/nginx/` makes it: nginx itself, and scores that were promoted."""

import contextlib
import hashlib
import json
import re
import shutil
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from playwright.async_api import async_playwright
from release.release_fixtures import (
    NOW,
    PACK,
    promote_numbered,
    scores_numbered,
    write_manifest,
)
from storage.s3_services import fresh_bucket

from aivj.browser.chromium import find_chromium
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME
from aivj.contracts.pointer import Pointer
from aivj.release import rollback
from aivj.release.pointer import pointer_key, runtime_key
from aivj.stage.assets import DIST
from aivj.storage import Bucket, open_bucket
from benchmarks.services.nginx import DEPLOYMENT, filled, nginx
from benchmarks.services.objects import let_everybody_read, moto_store, plain_client, reach

IMMUTABLE = "public, max-age=31536000, immutable"
SHORT = "public, max-age=5, stale-if-error=86400"
FRIEND = "https://stage.example.org"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Origin:
    """A runtime's origin and the bucket behind it."""

    url: str
    bucket: Bucket
    folder: Path

    def ask(self, path: str, *, method: str = "GET", **headers: str) -> Reply:
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=20)
        try:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, headers=sent)
            reply = connection.getresponse()
            found = {name.lower(): value for name, value in reply.getheaders()}
            return Reply(reply.status, found, reply.read())
        finally:
            connection.close()

    def pointer(self) -> Pointer:
        return Pointer.model_validate_json(self.ask(url_of(pointer_key(PACK))).body)


def url_of(key: str) -> str:
    return f"/{quote(key)}"


def runtime_folder(folder: Path) -> Path:
    """Writes what a runtime has beside scores: its page, and a pack."""
    shutil.copytree(DIST, folder)
    write_manifest(folder / "presets" / PACK / PAIRS_MANIFEST_NAME, num_pairs=3)
    return folder


@pytest.fixture(scope="module", params=["s3", "folder"])
def origin(request, tmp_path_factory):
    """An origin whose pack has had two promotions."""
    kind, folder = request.param, tmp_path_factory.mktemp("origin")
    values = {
        "AIVJ_RUNTIME_DIR": str(runtime_folder(folder / "runtime")),
        "AIVJ_OTHER_ORIGINS": re.escape(FRIEND),
    }
    with pytest.MonkeyPatch.context() as patch:
        if kind == "s3":
            store = values["AIVJ_BUCKET_ORIGIN"] = request.getfixturevalue("store")
            with contextlib.closing(plain_client(store)) as client:
                uri = fresh_bucket(client)
            let_everybody_read(store, uri)
            values["AIVJ_BUCKET_PATH"] = uri.removeprefix("s3:/")
            for name, value in reach(values["AIVJ_BUCKET_ORIGIN"]).items():
                patch.setenv(name, value)
            bucket = open_bucket(uri)
        else:
            bucket = open_bucket(str(folder / "bucket"))
            values["AIVJ_BUCKET_DIR"] = str(folder / "bucket")
        for number in (1, 2):
            promote_numbered(bucket, folder, number)
    (folder / "nginx").mkdir()
    with nginx(kind, values, folder=folder / "nginx") as url:
        yield Origin(url, bucket, folder)


@pytest.fixture(scope="module")
def store():
    """A store of its own, which a test may take away."""
    with moto_store() as url:
        yield url


def test_what_was_promoted_is_served_and_may_be_kept_as_long_as_it_is_true(origin):
    pointer = origin.pointer()
    assert pointer.serial >= 2
    stored = origin.ask(url_of(pointer.object))
    served = origin.ask(url_of(runtime_key(PACK)))
    assert stored.body == served.body == scores_numbered(origin.folder, 2).read_bytes()
    assert hashlib.sha256(stored.body).hexdigest() == pointer.digest
    assert stored.headers["cache-control"] == IMMUTABLE
    assert served.headers["cache-control"] == SHORT
    assert origin.ask(url_of(pointer_key(PACK))).headers["cache-control"] == SHORT
    for reply in (stored, served):
        assert reply.headers["content-type"] == "application/json"
        assert reply.headers["x-content-type-options"] == "nosniff"


def test_packs_come_from_the_runtimes_own_folder(origin):
    reply = origin.ask(f"/presets/{quote(PACK)}/{PAIRS_MANIFEST_NAME}")
    assert (reply.status, reply.headers["cache-control"]) == (200, "no-cache")
    assert json.loads(reply.body)["pack"] == PACK


def test_that_an_object_is_not_there_is_not_remembered(origin):
    for path in (f"/sha256/{'0' * 64}/pairs-quality.v0.json", url_of(runtime_key("another"))):
        reply = origin.ask(path)
        assert (reply.status, reply.headers["cache-control"]) == (404, "no-store")
        assert b"show-" not in reply.body, "it tells the bucket's name"


def test_nothing_else_of_the_bucket_can_be_reached(origin):
    former = min(origin.bucket.list("history/"))
    for path in (url_of(former), f"/presets/../{quote(former)}", "/sha256/", "/.lock", "/history/"):
        assert origin.ask(path).status in {403, 404}, path
    # What a store does at a question is not asked through us.
    path = url_of(origin.pointer().object)
    assert origin.ask(f"{path}?acl").body == origin.ask(path).body


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "OPTIONS"])
def test_nothing_can_be_written(origin, method):
    for key in (pointer_key(PACK), runtime_key(PACK), origin.pointer().object):
        before = origin.bucket.get(key)
        assert origin.ask(url_of(key), method=method).status == 405
        assert origin.bucket.get(key) == before


def test_who_has_an_object_is_not_sent_it_again(origin):
    path = url_of(origin.pointer().object)
    etag = origin.ask(path).headers["etag"]
    again = origin.ask(path, If_None_Match=etag)
    assert (again.status, again.body) == (304, b"")
    assert again.headers["cache-control"] == IMMUTABLE


def test_scores_are_sent_compressed_to_who_takes_that(origin):
    assert origin.ask(url_of(runtime_key(PACK)), Accept_Encoding="gzip").status == 200


@pytest.mark.parametrize(
    ("asking", "let_in"),
    [(None, None), (FRIEND, FRIEND), ("https://evil.example", None), (f"{FRIEND}.evil.io", None)],
)
def test_another_origin_reads_only_if_it_is_named(origin, asking, let_in):
    headers = {} if asking is None else {"Origin": asking}
    reply = origin.ask(url_of(pointer_key(PACK)), **headers)
    assert reply.headers.get("access-control-allow-origin") == let_in
    assert "Origin" in reply.headers["vary"]


async def test_a_browser_reads_pointer_and_object_and_sees_that_the_bytes_are_right(origin):
    """The player loads the scores, and a page follows the pointer with the digest as integrity."""
    read = """async ([pointerUrl, digestOf]) => {
      const pointer = await (await fetch(pointerUrl, { cache: "no-store" })).json();
      const bytes = pointer[digestOf].match(/../g).map((hex) => Number.parseInt(hex, 16));
      const integrity = `sha256-${btoa(String.fromCharCode(...bytes))}`;
      const quality = await (await fetch(`/${pointer.object}`, { integrity })).json();
      return quality.pairs.length;
    }"""
    lines = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(),
            args=["--no-sandbox", "--disable-quic", "--no-proxy-server", "--mute-audio"],
        )
        page = await browser.new_page()
        page.on("console", lambda message: lines.append(message.text))
        async with page.expect_console_message(
            lambda message: "[coupled-pairs] loaded pairs-quality" in message.text
        ):
            await page.goto(f"{origin.url}/?coupled=1&coupledPack={quote(PACK)}&demoMusic=off")
        url = url_of(pointer_key(PACK))
        assert await page.evaluate(read, [url, "digest"]) == 3
        # The digest of something else: the browser refuses what it was sent.
        refused = await page.evaluate(
            f"(asked) => ({read})(asked).catch((error) => String(error))", [url, "manifest_digest"]
        )
        assert "TypeError" in refused
        await browser.close()


def test_another_promotion_is_seen_within_seconds(origin):
    before = origin.pointer()
    for _ in range(2):  # To the one before, and back.
        rolled_back = rollback(origin.bucket, pack=PACK, now=NOW).pointer
        served = url_of(runtime_key(PACK))
        deadline = time.monotonic() + 60
        while origin.pointer() != rolled_back:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        while hashlib.sha256(origin.ask(served).body).hexdigest() != rolled_back.digest:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert (rolled_back.digest == before.digest) == (rolled_back.serial == before.serial + 2)


def test_a_show_goes_on_without_the_bucket_which_showed_no_more_than_that(tmp_path, use_endpoint):
    runtime = runtime_folder(tmp_path / "runtime")
    (tmp_path / "nginx").mkdir()
    with contextlib.ExitStack() as store:
        address = store.enter_context(moto_store())
        use_endpoint(address)
        with contextlib.closing(plain_client(address)) as client:
            uri = fresh_bucket(client)
        let_everybody_read(address, uri)
        bucket = open_bucket(uri)
        for number in (1, 2):
            promote_numbered(bucket, tmp_path, number)
        direct, prefix = Origin(address, bucket, tmp_path), uri.removeprefix("s3:/")
        [former] = bucket.list("history/")
        assert direct.ask(f"{prefix}/{quote(runtime_key(PACK))}").status == 200
        assert direct.ask(f"{prefix}/{quote(former)}").status == 403
        values = {
            "AIVJ_RUNTIME_DIR": str(runtime),
            "AIVJ_OTHER_ORIGINS": "",
            "AIVJ_BUCKET_ORIGIN": address,
            "AIVJ_BUCKET_PATH": prefix,
        }
        with nginx("s3", values, folder=tmp_path / "nginx") as url:
            here = Origin(url, bucket, tmp_path)
            path = url_of(runtime_key(PACK))
            before = here.ask(path)
            assert before.headers["x-cache-status"] == "MISS"
            store.close()
            deadline = time.monotonic() + 60
            while (reply := here.ask(path)).headers["x-cache-status"] != "STALE":
                assert (reply.status, reply.body) == (200, before.body)
                assert time.monotonic() < deadline
                time.sleep(0.2)
            assert (reply.status, reply.body) == (200, before.body)
            never_read = here.ask(url_of(pointer_key(PACK)))
            assert never_read.status == 502
            assert never_read.headers["cache-control"] == "no-store"


def test_a_value_that_is_left_out_is_named():
    with pytest.raises(KeyError, match="AIVJ_LISTEN"):
        filled((DEPLOYMENT / "folder.conf.template").read_text(), {})

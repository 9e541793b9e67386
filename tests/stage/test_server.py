import json

import aiohttp
import pytest
from yarl import URL

from aivj.browser.session import BrowserSession
from aivj.errors import MissingDependencyError
from aivj.stage import assets
from aivj.stage.server import CONTENT_SECURITY_POLICY, StageServer


@pytest.fixture
async def server(tmp_path):
    folder = tmp_path / "public" / "presets" / "p" / "fg"
    folder.mkdir(parents=True)
    (folder / "a.milk").write_bytes(b"[preset00]\r\n")
    (tmp_path / "secret").write_text("outside the root")
    (folder / "link.milk").symlink_to(tmp_path / "secret")
    async with StageServer(
        packs_root=tmp_path / "public",
        clips={"click": b"\x80" * 9},
        convert=lambda data: json.dumps({"size": len(data)}).encode(),
    ) as server:
        yield server


async def get(server, path, headers=None):
    async with (
        aiohttp.ClientSession() as client,
        client.get(URL(server.origin + path, encoded=True), headers=headers) as response,
    ):
        return response.status, await response.read(), response.headers


async def test_serves_pages_presets_music_and_converted_presets(server):
    assert (await get(server, "/presets/p/fg/a.milk"))[:2] == (200, b"[preset00]\r\n")
    assert (await get(server, "/converted/presets/p/fg/a.milk"))[:2] == (200, b'{"size": 12}')
    assert (await get(server, "/clips/click.u8"))[:2] == (200, b"\x80" * 9)
    status, body, headers = await get(server, "/preset-probe.html")
    assert (status, headers.get("Content-Type")) == (200, "text/html")
    assert b"/probe.js" in body


@pytest.mark.parametrize(
    "path",
    [
        "/presets/../../secret",
        "/presets/%2e%2e/%2e%2e/secret",
        "/presets/..%2f..%2fsecret",
        "/presets/p/fg/link.milk",
        "/presets/p/fg",
        "/presets/p/fg/missing.milk",
        "/converted/presets/..%2f..%2fsecret",
        "/converted/secret",
        "/clips/other.u8",
        "/package.json",
        "/probe.ts",
    ],
)
async def test_serves_nothing_else(server, path):
    status, body, headers = await get(server, path)

    assert status == 404
    assert b"outside" not in body
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


async def test_listens_to_this_machine_alone(server):
    assert server.origin.startswith("http://127.0.0.1:")


async def test_pages_can_neither_eval_nor_leave_their_origin(server, software_renderer):
    script = """async () => {
      const attempts = {
        eval: () => new Function("return 1")(),
        fetch: () => fetch("http://127.0.0.1:9/"),
      };
      const blocked = [];
      document.addEventListener("securitypolicyviolation", e => blocked.push(e.effectiveDirective));
      // In a timer: DevTools, which calls us, is itself allowed to eval.
      for (const attempt of Object.values(attempts)) {
        setTimeout(async () => { try { await attempt(); } catch (error) {} });
      }
      await new Promise(resolve => setTimeout(resolve, 200));
      return blocked.sort();
    }"""
    async with BrowserSession(software_renderer.plan, "software") as browser:
        reply = await browser.call(f"{server.origin}/preset-probe.html", script, None, 10)

    assert reply.value == ["connect-src", "script-src"]


async def test_a_page_that_is_known_is_not_sent_again(server):
    _, body, headers = await get(server, "/probe.js")
    assert len(body) > 1000

    again = await get(server, "/probe.js", headers={"If-None-Match": headers["ETag"]})

    assert again[:2] == (304, b"")


@pytest.mark.parametrize("folder", ["missing", "."])
async def test_unbuilt_stage_says_how_to_build_it(monkeypatch, tmp_path, folder):
    monkeypatch.setattr(assets, "DIST", tmp_path / folder)
    with pytest.raises(MissingDependencyError, match="make setup"):
        await StageServer().open()

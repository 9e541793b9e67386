import asyncio
import zipfile

import pytest
from aiohttp import web

from aivj.browser.profiles import installed_egl_vendors, launch_plan
from aivj.browser.session import BrowserSession
from aivj.errors import StorageError, WorkerLostError

PAGE = """<!doctype html><link rel="icon" href="data:,"><script>
console.info("from the start", devicePixelRatio);
fetch("/missing"); fetch("/broken"); fetch("/cut").catch(() => {});
setTimeout(() => { throw new Error("boom"); }, 0);
</script>"""

WAIT = """async () => {
  const taken = new AbortController();
  fetch("/slow", { signal: taken.signal }).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 400));
  taken.abort();
  await new Promise((resolve) => setTimeout(resolve, 100));
}"""


@pytest.fixture
async def origin():
    async def cut(request):
        request.transport.close()
        return web.Response()

    async def slow(_):
        await asyncio.sleep(5)
        return web.Response()

    async def broken(_):
        return web.Response(status=500)

    async def page(_):
        return web.Response(text=PAGE, content_type="text/html")

    app = web.Application()
    app.router.add_get("/", page)
    app.router.add_get("/cut", cut)
    app.router.add_get("/slow", slow)
    app.router.add_get("/broken", broken)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_everything_a_page_says_is_kept_until_it_is_taken(origin, tmp_path):
    plan = launch_plan("software-egl", egl_vendors=installed_egl_vendors())
    async with BrowserSession(plan, "software") as session:
        tab = await session.record(viewport=(320, 180), device_scale_factor=2.0)
        await session.call(f"{origin}/", WAIT, None, 20)
        lines, errors = tab.take_lines(), tab.take_errors()
        assert "[info] from the start 2" in lines
        missing = [line for line in lines if line.startswith("[missing] ")]
        assert [line.rsplit("/", 1)[1] for line in missing] == ["missing"]
        assert any(line.startswith("[error] ") and "status of 500" in line for line in lines)
        assert "boom" in errors
        assert any("status of 500" in error for error in errors)
        assert any(error.startswith(f"{origin}/cut: net::") for error in errors)
        assert not any("/slow" in error or "status of 404" in error for error in errors)
        assert (tab.take_lines(), tab.take_errors()) == ([], [])

        await tab.save_trace(tmp_path / "trace.zip")
        assert "trace.trace" in zipfile.ZipFile(tmp_path / "trace.zip").namelist()
        with pytest.raises(StorageError):
            await tab.save_trace(tmp_path / "again.zip")
    with pytest.raises(WorkerLostError):
        await session.record(viewport=(320, 180), device_scale_factor=1.0)

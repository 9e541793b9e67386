"""Whatever a server is asked: nothing breaks, and nothing outside is told."""

import asyncio
import string
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SECRET = "outside-of-all-runs"  # noqa: S105
NASTY = [
    "..",
    "../..",
    "../secret",
    "secret",
    "runs/mine",
    "7",
    "meta",
    "%00",
    "\0",
    "/etc/passwd",
    "demo_pack",
    "../../../secret",
    "artifacts/aivj/../../secret",
    "thumbnails",
    "runs/../runs/mine",
    "9" * 400,
    "\ud7ff",
    "-1",
    "1e3",
    "nan",
    "²",
    '<img src=x onerror="alert(1)"> & \u202e.milk',
]
VALUES = st.sampled_from(NASTY) | st.text(max_size=30) | st.text(string.punctuation, max_size=12)


async def ask_whatever(ask, routes, names, max_examples=100):
    """Asks made questions of a server; `ask` is a coroutine of a path, and `names` of queries."""
    loop = asyncio.get_running_loop()

    @settings(
        max_examples=max_examples, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    @given(st.sampled_from(routes), st.dictionaries(st.sampled_from(names), VALUES))
    def fuzz(route, query):
        parts = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
        asked = asyncio.run_coroutine_threadsafe(ask(f"{route}?{parts}"), loop)
        status, body, _ = asked.result(60)
        assert status in {200, 400, 404}, (route, query)
        assert SECRET.encode() not in body

    await asyncio.to_thread(fuzz)
    for path in ("/../secret", "/%2e%2e/secret", "/runs/mine/secret", "//etc/passwd"):
        status, body, _ = await ask(path)
        assert status == 404
        assert SECRET.encode() not in body

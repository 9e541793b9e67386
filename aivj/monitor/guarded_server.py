"""A server behind a guard, over an address that is listened on."""

from typing import Self

from aiohttp import web

from aivj.errors import InputError
from aivj.monitor.guard import HEALTH_PATH, Guard


class GuardedServer:
    """Listens; what it answers is added by whoever derives from this.

    Args:
        guard: Who may look.
        middlewares: What else comes before handlers.
    """

    def __init__(self, guard: Guard, *middlewares: object) -> None:
        self._runner: web.AppRunner | None = None
        self.app = web.Application(middlewares=[guard.check, *middlewares])  # type: ignore[list-item]
        self.app.router.add_get(HEALTH_PATH, self._health)

    async def open(self, host: str, port: int) -> str:
        """Starts to listen and returns the origin, such as `http://127.0.0.1:5195`.

        Raises:
            InputError: It cannot listen there.
        """
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except (OSError, UnicodeError) as error:  # UnicodeError: no name that a host can have
            raise InputError(
                f"to listen on {host}:{port}",
                getattr(error, "strerror", None) or str(error),
                "end what listens there, or pass another port; 0 is any free one",
            ) from error
        address, bound_port = self._runner.addresses[0][:2]
        shown = f"[{address}]" if ":" in address else address
        return f"http://{shown}:{bound_port}"

    async def close(self) -> None:
        """Stops listening."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _health(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(text="ok")

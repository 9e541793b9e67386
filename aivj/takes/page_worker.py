"""A browser with its own loopback server, whose page is given one preset after another."""

from collections.abc import Mapping
from itertools import count
from typing import TYPE_CHECKING, Final

from aivj.browser.pinning import pinned_to_own_gpu
from aivj.browser.profiles import GpuPolicy, LaunchPlan
from aivj.browser.renderer import RendererReport
from aivj.errors import RunError, WorkerLostError

if TYPE_CHECKING:
    from aivj.browser.tab import PageReply

MEMORY_LIMIT_BYTES: Final = 3 * 1024**3
"""A browser that holds more is replaced, unless told otherwise."""

_PAGE = "preset-probe.html"
# Presets; finding all processes of a browser takes milliseconds.
_WEIGH_EVERY = 20


class PageWorker:
    """What workers have in common that draw in a browser; see `aivj.executor.protocol.Worker`.

    Args:
        launch: How the browser is started.
        policy: Which renderer it must have.
        expected: The renderer that was proved before; another one is refused.
        clips: Music that the page may ask for, by name.
        reload_every: Presets drawn in one document; 0 keeps it as long as it is healthy.
        memory_limit_bytes: A browser that holds more is worn.
        one_kind: What to do about nodes of several kinds.
    """

    def __init__(
        self,
        launch: LaunchPlan,
        policy: GpuPolicy,
        expected: RendererReport,
        *,
        clips: Mapping[str, bytes] | None = None,
        reload_every: int,
        memory_limit_bytes: int = MEMORY_LIMIT_BYTES,
        one_kind: str = "use nodes of one kind for one run",
    ) -> None:
        # Whoever only says what is to be drawn does without Playwright and aiohttp: some 0.3 s.
        from aivj.browser.session import BrowserSession
        from aivj.stage.server import StageServer

        self._expected = expected
        self._reload_every = reload_every
        self._memory_limit_bytes = memory_limit_bytes
        self._one_kind = one_kind
        self._num_in_document = 0
        self._num_with_this = 0
        self._num_asked = count()
        self._server = StageServer(clips=clips or {})
        self._browser = BrowserSession(pinned_to_own_gpu(launch), policy)

    async def open(self) -> None:
        """Starts server and browser.

        Raises:
            RendererRefusedError: The renderer is not what was asked for.
            RunError: It is another renderer than that of the other workers.
        """
        await self._server.open()
        report = await self._browser.open()
        if report != self._expected:
            raise RunError(
                f"every worker on {self._expected.renderer!r}",
                repr(report.renderer),
                self._one_kind,
            )

    def worn(self) -> str | None:
        """Tells why the browser should be replaced; see `aivj.executor.protocol.Worker.worn`."""
        if next(self._num_asked) % _WEIGH_EVERY:
            return None
        used, limit = self._browser.memory_bytes(), self._memory_limit_bytes
        return (
            f"{used / 1e9:.1f} GB of memory, limit {limit / 1e9:.1f} GB" if used > limit else None
        )

    async def close(self) -> None:
        """Stops browser and server."""
        await self._browser.close()
        await self._server.close()

    async def ask(self, script: str, argument: object, timeout_s: float) -> "PageReply":
        """Calls a function of the page, in a new document unless `keep_document` was called.

        Raises:
            WorkerLostError: The page hung or crashed, or the browser died.
            ItemError: The function threw; kind `page-error`.
        """
        every, num_before = self._reload_every, self._num_in_document
        self._num_in_document = 0
        fresh = num_before == 0 or (every > 0 and num_before >= every)
        reply = await self._browser.call(self.page, script, argument, timeout_s, fresh=fresh)
        self._num_with_this = 1 if fresh else num_before + 1
        return reply

    def keep_document(self) -> None:
        """Lets the next preset have the same document, until it is due.

        Only after a success: what a failed preset leaves behind goes with its document.
        """
        self._num_in_document = self._num_with_this

    def refuse_dead_gpu(self) -> None:
        """Whatever the page says: without the process that draws it has read black pictures.

        Raises:
            WorkerLostError: That process died.
        """
        if self._browser.gpu_process_died():
            raise WorkerLostError.because("gpu-crash", "the process that draws died meanwhile")

    @property
    def page(self) -> str:
        """Address of the page."""
        return f"{self._server.origin}/{_PAGE}"

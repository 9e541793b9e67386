"""What the page asks and is answered: a small JSON API. The session holds all state.

Each answer is the whole state, whatever was asked. A request names the number of the couple that it
is about: a second tab, or a key pressed twice, cannot judge what its person has not seen.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from aiohttp import web

from aivj.contracts.fields import Count, Number, OuterText, PairId
from aivj.contracts.json_text import ContractModel, parse_json, row_bytes, validated
from aivj.contracts.pairs_manifest import ManifestPair
from aivj.errors import AivjError, InputError
from aivj.preferences.judging import JudgingSession, Verdict

API_ROOT = "/prefer/"
"""What all addresses of the API begin with."""


class About(ContractModel):
    """A request about the couple that is shown.

    Attributes:
        number: The couple's number.
    """

    number: Count


class VerdictGiven(About):
    """A judgement.

    Attributes:
        better: Which of the two is better.
    """

    better: Verdict


class CannotBeDrawn(About):
    """A pair that failed in the page.

    Attributes:
        pair: The pair's id.
        reason: What went wrong.
    """

    pair: PairId
    reason: OuterText


class ShownCouple(ContractModel):
    """The two pairs to draw."""

    left: ManifestPair
    right: ManifestPair


class State(ContractModel):
    """All that the page shows.

    Attributes:
        pack: Name of the pack.
        by: Who judges.
        number: The couple's number.
        couple: The two pairs; None when fewer than two can be drawn.
        num_comparisons: Judgements of the pack that stand.
        num_today: Those of them that this person made today.
        order_certainty01: How sure the order is, 0.5 to 1.
        can_undo: Whether this person has a judgement to take back.
    """

    pack: str
    by: str
    number: Count
    couple: ShownCouple | None
    num_comparisons: Count
    num_today: Count
    order_certainty01: Number
    can_undo: bool


Asked = TypeVar("Asked", bound=About)


class PreferenceApi:
    """Answers the page.

    Args:
        session: The judging.
        pairs: The pack's pairs by id.
        music: The music as a WAV file, for people's ears.
        on_failure: Told of a pair that cannot be drawn, and why.
    """

    def __init__(
        self,
        session: JudgingSession,
        pairs: Mapping[int, ManifestPair],
        *,
        music: bytes,
        on_failure: Callable[[int, str], None],
    ) -> None:
        self._session = session
        self._pairs = pairs
        self._music = music
        self._on_failure = on_failure

    def install(self, app: web.Application) -> None:
        """Adds the routes to an application."""
        app.router.add_get(f"{API_ROOT}state", self._get_state)
        app.router.add_get(f"{API_ROOT}music.wav", self._get_music)
        app.router.add_post(f"{API_ROOT}judge", self._answering(VerdictGiven, self._judge))
        app.router.add_post(f"{API_ROOT}skip", self._answering(About, self._skip))
        app.router.add_post(f"{API_ROOT}fail", self._answering(CannotBeDrawn, self._fail))
        app.router.add_post(f"{API_ROOT}undo", self._answering(About, self._undo))

    def _judge(self, asked: VerdictGiven) -> None:
        self._session.judge(asked.better)

    def _skip(self, _asked: About) -> None:
        self._session.skip()

    def _fail(self, asked: CannotBeDrawn) -> None:
        self._session.leave_out(asked.pair)
        self._on_failure(asked.pair, asked.reason)

    def _undo(self, _asked: About) -> None:
        self._session.undo()

    def _answering(
        self, model: type[Asked], act: Callable[[Asked], None]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            try:
                value = parse_json(await request.read(), "the request")
                asked = validated(model, value, "the request")
                if asked.number != self._session.number:
                    return _refusal(409, "this couple is no longer the one on show")
                act(asked)
            except InputError as error:
                return _refusal(400, str(error))
            except AivjError as error:
                return _refusal(500, str(error))
            return self._state_response()

        return answer

    async def _get_state(self, _request: web.Request) -> web.Response:
        return self._state_response()

    async def _get_music(self, _request: web.Request) -> web.Response:
        return web.Response(body=self._music, content_type="audio/wav")

    def _state_response(self) -> web.Response:
        session = self._session
        progress = session.progress()
        couple = session.couple
        state = State(
            pack=session.pack,
            by=session.by,
            number=session.number,
            couple=couple
            and ShownCouple(left=self._pairs[couple.left], right=self._pairs[couple.right]),
            num_comparisons=progress.num_comparisons,
            num_today=progress.num_today,
            order_certainty01=progress.order_certainty01,
            can_undo=session.can_undo,
        )
        return web.Response(body=row_bytes(state), content_type="application/json")


def _refusal(status: int, reason: str) -> web.Response:
    body = row_bytes({"error": reason})
    return web.Response(status=status, body=body, content_type="application/json")

"""Messages to people who are not at the machine: webhooks, Slack, ntfy, whatever Apprise knows."""

import asyncio
from collections.abc import Sequence
from typing import Any, Literal
from urllib.parse import urlsplit

from apprise import Apprise
from apprise.common import NotifyType

from aivj.errors import InputError

Tone = Literal["info", "success", "warning", "failure"]

_TIMEOUT_S = 8
# What Apprise calls a JSON document that is posted.
_JSON_SCHEMES = {"http": "json", "https": "jsons"}


class Notifier:
    """Tells people; never ends what it tells of.

    Args:
        addresses: Apprise's addresses. A plain https one is Slack's or ntfy's if it is of their
            hosts, else a JSON document is posted to it.

    Raises:
        InputError: An address is none.
    """

    def __init__(self, addresses: Sequence[str]) -> None:
        self._services = []
        for address in addresses:
            service = Apprise.instantiate(_known(address))
            if service is None:
                raise InputError(
                    "addresses to notify, such as https://host/path, ntfy://topic, slack://...",
                    f"one that begins with {urlsplit(address).scheme or address[:12]!r}",
                    "see https://github.com/caronc/apprise for how they are written",
                )
            self._services.append(service)

    def tell(self, title: str, body: str, tone: Tone) -> list[str]:
        """Sends a message to all.

        Returns:
            The hosts of those that did not take it, without what may be secret.
        """
        return asyncio.run(self._tell(title, body, tone)) if self._services else []

    async def _tell(self, title: str, body: str, tone: Tone) -> list[str]:
        async def sent(service: Any) -> bool:
            notify = service.async_notify(title=title, body=body, notify_type=NotifyType(tone))
            try:
                return bool(await asyncio.wait_for(notify, _TIMEOUT_S))
            except Exception:  # noqa: BLE001 - others' services fail in any way; the night goes on
                return False

        done = await asyncio.gather(*map(sent, self._services))
        return [
            _shown(one) for one, is_sent in zip(self._services, done, strict=True) if not is_sent
        ]


def _known(address: str) -> str:
    """Returns an address as Apprise takes it."""
    scheme, separator, rest = address.partition("://")
    if Apprise.instantiate(address) is not None or scheme not in _JSON_SCHEMES:
        return address
    return f"{_JSON_SCHEMES[scheme]}{separator}{rest}"


def _shown(service: Any) -> str:
    return str(service.url(privacy=True)).partition("?")[0]

"""The address of a runtime's page for a pack."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from aivj.errors import InputError
from aivj.redaction import without_secrets
from aivj.sampling.picking import Picking

_OTHER_HOST = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}


def require_runtime_url(url: str) -> str:
    """Returns `url` if it is one of a page.

    Raises:
        InputError: It is not, or has credentials in it.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if without_secrets(url) != url:
        raise InputError(
            "an address without credentials, since every artifact of the run names it",
            repr(url),
            "let the runtime answer without any on 127.0.0.1, and name that",
        )
    if not usable:
        raise InputError(
            "the address of a runtime's page, such as http://127.0.0.1:5174/",
            repr(url),
            "name the address that the runtime or `aivj serve` prints",
        )
    return url


def origin(url: str) -> str:
    """Returns scheme, host and port with a slash behind."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "/", "", ""))


def port(url: str) -> int:
    """Returns the port that is spoken to."""
    parts = urlsplit(url)
    return parts.port or {"http": 80, "https": 443}[parts.scheme]


def is_of_this_machine(url: str) -> bool:
    """Tells whether the page is on this machine, by one of its names for itself."""
    return urlsplit(url).hostname in _OTHER_HOST


def on_other_host(url: str) -> str | None:
    """Returns the address under this machine's other name; None for another machine."""
    parts = urlsplit(url)
    other = _OTHER_HOST.get(parts.hostname or "")
    if other is None:
        return None
    netloc = other if parts.port is None else f"{other}:{parts.port}"
    return urlunsplit(parts._replace(netloc=netloc))


def page_address(url: str, pack: str, picking: Picking) -> str:
    """Returns where the page plays a pack; what the query of `url` asks for besides stays."""
    asked: dict[str, str] = {
        "coupled": "1",
        "coupledPack": pack,
        "coupledPick": picking.mode,
        "coupling3d": "on",
    }
    if picking.mode == "weighted":
        # An absent gamma is 0 in the runtime, which picks evenly.
        asked |= {
            "coupledGamma": f"{picking.gamma:g}",
            "coupledExplore": f"{picking.explore:g}",
            "coupledDedupN": str(picking.dedup_n),
            "coupledDedupPenalty": f"{picking.dedup_penalty:g}",
        }
    parts = urlsplit(url)
    kept = dict(parse_qsl(parts.query, keep_blank_values=True))
    return urlunsplit(parts._replace(path=parts.path or "/", query=urlencode(asked | kept | asked)))

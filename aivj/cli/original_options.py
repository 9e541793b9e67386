"""Options of the runtime's own sampler that mean nothing here, and are taken without complaint.

Its scripts can call `aivj sample` as they called it. What has a meaning here is an alias of our own
option; the rest, about a development server and one page on the wall clock, is said and dropped.
"""

from collections.abc import Sequence

from click import NoSuchOption

_WITH_VALUE = frozenset(
    {
        *("--host", "--vitePort", "--port", "--presetLibrarySource", "--runManifestUrl"),
        *("--downsampleSize", "--intervalMs", "--warmupSamples", "--measureSamples"),
        *("--viewportWidth", "--viewportHeight", "--deviceScaleFactor", "--pickTimeoutMs"),
        *("--stuckMaxConsecutive", "--stuckMaxRestarts", "--browserMaxRestarts"),
        *("--gotoTimeoutMs", "--viteReadyTimeoutMs"),
    }
)
_FLAGS = frozenset({"--noSpawnVite", "--muteAudio", "--startMaximized"})


def dropped_options(arguments: Sequence[str]) -> list[str]:
    """Returns the names of options that were given and mean nothing here.

    Args:
        arguments: What our own options left over.

    Raises:
        NoSuchOption: There is something else among them.
    """
    dropped: list[str] = []
    rest = list(arguments)
    while rest:
        name, has_value, _ = rest.pop(0).partition("=")
        if name not in _WITH_VALUE | _FLAGS:
            raise NoSuchOption(name)
        if not has_value and rest and (name in _WITH_VALUE or not rest[0].startswith("-")):
            rest.pop(0)
        dropped.append(name)
    return dropped

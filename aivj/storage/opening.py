"""From the address of a folder or bucket to what lies there."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from aivj.errors import InputError
from aivj.storage.bucket import Bucket
from aivj.storage.disk import DiskFolder
from aivj.storage.file_bucket import FileBucket
from aivj.storage.objects import ObjectFolder
from aivj.storage.s3_bucket import S3Bucket, UnconditionalBucket
from aivj.storage.s3_objects import S3Objects

_S3_URI = re.compile(r"(?i:s3)://(?P<name>[^/\x00-\x1f]+)(?:/(?P<prefix>[^\x00-\x1f]*))?")
_FILE_URI = re.compile(r"(?i:file):(?://(?:localhost)?)?(?P<path>/(?!/)[^\x00-\x1f]*)")


@dataclass(frozen=True)
class BucketAddress:
    """A place in a bucket.

    Attributes:
        name: The bucket.
        prefix: What keys there begin with, without slashes at its ends; may be empty.
    """

    name: str
    prefix: str


def parse_address(uri: str) -> BucketAddress | Path:
    """Reads `s3://bucket/prefix`, `file:///folder` or a plain folder path.

    These are no web addresses: `#` and `?` belong to the folder or prefix.

    Raises:
        InputError: The address is of no kind that is known here.
    """
    if found := _S3_URI.fullmatch(uri):
        return BucketAddress(found["name"], (found["prefix"] or "").strip("/"))
    if found := _FILE_URI.fullmatch(uri):
        return Path(unquote(found["path"]))
    if uri and uri.isprintable() and "://" not in uri:
        # A shell leaves the tilde of `--bucket=~/b` alone.
        return Path(uri).expanduser()
    raise InputError(
        "a bucket such as s3://bucket/prefix, file:///folder or a folder's path",
        repr(uri),
        "name the bucket in one of these ways",
    )


def open_folder(uri: str | Path) -> ObjectFolder:
    """Opens `s3://bucket/prefix`, `file:///folder` or a folder's path; nothing is made or asked.

    S3 credentials, region and endpoint (`AWS_ENDPOINT_URL`) come from the usual variables and
    files.

    Raises:
        InputError: The address is of no kind that is known here.
    """
    address = uri if isinstance(uri, Path) else parse_address(uri)
    if isinstance(address, Path):
        return DiskFolder(address)
    from aivj.storage.s3 import S3Connection, S3Folder

    return S3Folder(S3Connection.to(address.name), address.prefix)


def open_bucket(uri: str, *, allow_unconditional: bool = False) -> Bucket:
    """Opens what `parse_address` reads: a bucket's address or a folder's.

    S3 credentials, region and endpoint (`AWS_ENDPOINT_URL`) come from where boto3 finds them.

    Args:
        uri: Which bucket.
        allow_unconditional: Proves at once whether the store has conditional writes, and does
            without them if it has none. Otherwise the first write to such a store is refused.

    Raises:
        InputError: The URI is of no kind that is known here.
        StorageError: The store that is to be proved does not answer.
    """
    address = parse_address(uri)
    if isinstance(address, Path):
        return FileBucket(address)
    objects = S3Objects(address.name, address.prefix)
    if allow_unconditional and objects.unheeded_condition() is not None:
        return UnconditionalBucket(objects)
    return S3Bucket(objects)

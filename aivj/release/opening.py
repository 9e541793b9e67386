"""Which bucket a URI names."""

from pathlib import Path

from aivj.release.bucket import Bucket
from aivj.release.file_bucket import FileBucket
from aivj.release.s3_bucket import S3Bucket, UnconditionalBucket
from aivj.release.s3_objects import S3Objects
from aivj.storage import BucketAddress, parse_address


def open_bucket(uri: str, *, allow_unconditional: bool = False) -> Bucket:
    """Opens what `aivj.storage.parse_address` reads: a bucket's address or a folder's.

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
    return _s3_bucket(address, allow_unconditional)


def _s3_bucket(address: BucketAddress, allow_unconditional: bool) -> Bucket:
    objects = S3Objects(address.name, address.prefix)
    if allow_unconditional and objects.unheeded_condition() is not None:
        return UnconditionalBucket(objects)
    return S3Bucket(objects)

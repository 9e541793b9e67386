"""What boto3 raises, in words: what the store said, who said it, and what to do about it."""

from typing import Any

_MOVED = frozenset(
    {
        "PermanentRedirect",
        "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
        "301",
        "307",
    }
)
_REMEDIES: tuple[tuple[frozenset[str], str], ...] = (
    (
        frozenset({"NoSuchBucket"}),
        "make the bucket first, or correct its name and AWS_ENDPOINT_URL",
    ),
    (
        frozenset({"RequestTimeTooSkewed"}),
        "set this machine's clock: the store refuses requests from another time",
    ),
    (
        frozenset(
            {"ExpiredToken", "InvalidToken", "TokenRefreshRequired", "ExpiredTokenException"}
        ),
        "get new credentials: these are of the past",
    ),
    (
        frozenset({"InvalidAccessKeyId", "SignatureDoesNotMatch", "403", "AccessDenied"}),
        (
            "check the credentials (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY or AWS_PROFILE), and "
            "that they may read, write and list there"
        ),
    ),
    (_MOVED, "set AWS_REGION to the bucket's region"),
    (
        frozenset({"SlowDown", "ServiceUnavailable", "InternalError", "500", "502", "503", "504"}),
        "the store has trouble of its own: run the same command again later",
    ),
)
_ANSWER_IS_NO_STORES = (
    "AWS_ENDPOINT_URL must be the address of the store itself: this answer is a web page's or a "
    "proxy's"
)
_NOBODY_ANSWERED = (
    "check AWS_ENDPOINT_URL and the network, then run the same command again",
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, to credentials of the store",
    "set AWS_REGION to the bucket's region",
    "check the bucket's name, the credentials and AWS_ENDPOINT_URL, then run the command again",
)


def explained(error: Exception, client: Any) -> tuple[str, str]:
    """Returns what was found and what to do about it.

    Args:
        error: What boto3 raised.
        client: The client that raised it; None if it could not even be made.
    """
    from botocore.exceptions import ClientError

    if isinstance(error, ClientError):
        return _answered(error.response, client)
    return f"{error or type(error).__name__} ({_place(client)})", _of_silence(error)


def _answered(response: Any, client: Any) -> tuple[str, str]:
    """Explains an answer that is an error."""
    said, about = response.get("Error", {}), response.get("ResponseMetadata", {})
    code, message = str(said.get("Code", "")), str(said.get("Message", ""))
    status = about.get("HTTPStatusCode", "?")
    region = about.get("HTTPHeaders", {}).get("x-amz-bucket-region")
    text = f"{code}: {message}" if code and message else code or message
    is_stores_own = bool(code) and code != str(status)
    told = text if is_stores_own else "no error of S3's form"
    elsewhere = f"; the bucket is in {region}" if region else ""
    found = f"HTTP {status}, {told} ({_place(client)}{elsewhere})"
    for key in (code, str(status)):
        for codes, remedy in _REMEDIES:
            if key in codes:
                return found, remedy
    return found, _NOBODY_ANSWERED[-1] if is_stores_own else _ANSWER_IS_NO_STORES


def _of_silence(error: Exception) -> str:
    """Returns what to do where no answer came, or none that could be read."""
    from botocore import exceptions
    from botocore.parsers import ResponseParserError

    network, credentials, region, other = _NOBODY_ANSWERED
    if isinstance(error, ResponseParserError):
        return _ANSWER_IS_NO_STORES
    if isinstance(error, exceptions.ConnectionError | exceptions.HTTPClientError):
        return network
    if isinstance(error, exceptions.NoRegionError):
        return region
    lacking = (
        exceptions.NoCredentialsError,
        exceptions.PartialCredentialsError,
        exceptions.CredentialRetrievalError,
        exceptions.ProfileNotFound,
        exceptions.TokenRetrievalError,
    )
    return credentials if isinstance(error, lacking) else other


def _place(client: Any) -> str:
    if client is None:
        return "no client could be made"
    return f"endpoint {client.meta.endpoint_url}, region {client.meta.region_name}"

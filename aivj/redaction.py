"""Text without the credentials that must reach no terminal, log or artifact."""

import re
from collections.abc import Iterable, Mapping

MASK = "***"
"""What stands in place of a credential."""

_MIN_LENGTH = 8
_SECRET_NAME = re.compile(r"(TOKEN|SECRET|PASSWORD|PASSWD|API_KEY)(_?(KEY|VALUE))?$", re.IGNORECASE)

# RFC 3986, 3.2.1: what stands before the host.
_USER = re.compile(r"(?<=://)[^\s/?#@'\"]+(?=@)")
# Parameters of signed addresses (AWS Signature 4 and 2) and those that carry tokens.
_PARAMETER = re.compile(
    r"(?<=[?&])(X-Amz-(?:Signature|Credential|Security-Token)|Signature|AWSAccessKeyId"
    r"|(?:access_|auth_)?token|api_?key|password|secret)=[^\s&#'\"]+",
    re.IGNORECASE,
)
_HEADER = re.compile(r"\b(Bearer|Basic) +[\w.~+/=-]{8,}", re.IGNORECASE)


def without_secrets(text: str, secrets: Iterable[str] = ()) -> str:
    """Returns the text with its credentials masked.

    Users and passwords in addresses, signatures and tokens in their parameters, and authorization
    headers are found by their form.

    Args:
        text: Any text.
        secrets: What is a secret whatever it looks like; see `secret_values`.
    """
    for secret in secrets:
        text = text.replace(secret, MASK)
    text = _USER.sub(MASK, text)
    text = _PARAMETER.sub(rf"\1={MASK}", text)
    return _HEADER.sub(rf"\1 {MASK}", text)


def secret_values(environment: Mapping[str, str]) -> list[str]:
    """Returns the values of variables that are named as secrets are, the longest first.

    Such as `AWS_SECRET_ACCESS_KEY`, `RAY_AUTH_TOKEN` and `MLFLOW_TRACKING_PASSWORD`. Values of less
    than 8 characters are left out: they would be found in any text.
    """
    values = {
        value
        for name, value in environment.items()
        if len(value) >= _MIN_LENGTH and (_SECRET_NAME.search(name) or name.endswith("ACCESS_KEY"))
    }
    return sorted(values, key=len, reverse=True)

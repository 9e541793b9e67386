"""What an error says to people: ours as they are, and values that a model of ours does not take."""

from aivj.errors import AivjError, InputError


def refusal_of(error: Exception) -> AivjError | None:
    """Returns what to say of an error; None of one that is nobody's but ours to mend."""
    if isinstance(error, AivjError):
        return error
    if not isinstance(error, ValueError):
        return None
    from pydantic import ValidationError

    if not isinstance(error, ValidationError):
        return None
    first = error.errors(include_url=False)[0]
    name = "-".join(map(str, first["loc"])).replace("_", "-") or error.title
    return InputError(
        f"a value for {name} that can be used",
        f"{first['input']!r}: {first['msg']}",
        "choose another, or leave the option out",
    )

import pytest

from aivj.contracts.preset_audit_reasons import is_crash, is_hard, summary_reason


@pytest.mark.parametrize(
    ("reason", "counted_as"),
    [
        ("too-dark", "too-dark"),
        ("", "unknown"),
        ("  ", "unknown"),
        ("Aborted(OOM). Build with -sASSERTIONS", "Aborted(...)"),
        ("RuntimeError: Aborted(native code called abort())", "Aborted(...)"),
        ("RuntimeError: unreachable", "RuntimeError"),
        (
            "RuntimeError: Aborted(Assertion failed: Exception thrown, but exception catching is",
            "Emscripten:exception-catching-disabled",
        ),
        ("x" * 160, "x" * 160),
        ("x" * 161, "long-error"),
    ],
)
def test_messages_that_differ_in_details_count_as_one(reason, counted_as):
    assert summary_reason(reason) == counted_as


@pytest.mark.parametrize(
    ("reason", "crash", "hard"),
    [
        ("wasm-abort", True, True),
        ("render-failed", True, True),
        ("probe-timeout", True, True),
        ("probe-error", False, True),
        ("probe-unavailable", False, True),
        ("Aborted(x)", True, True),
        ("the run was aborted", True, True),
        ("Emscripten:exception-catching-disabled", True, True),
        ("too-dark", False, False),
        ("no-motion-sample", False, False),
        ("EISDIR", False, False),
    ],
)
def test_what_is_a_crash_and_what_is_hard(reason, crash, hard):
    assert (is_crash(reason), is_hard(reason)) == (crash, hard)

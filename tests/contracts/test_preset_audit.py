import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.contracts.preset_audit import AuditEntry, AuditQuality, as_entry, blacklist_reasons

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6
)
KEYS = st.sampled_from([field.alias for field in AuditEntry.model_fields.values()]) | st.text()
QUALITY_KEYS = st.sampled_from([field.alias for field in AuditQuality.model_fields.values()])
ENTRIES = st.dictionaries(KEYS, VALUES | st.dictionaries(QUALITY_KEYS, VALUES))


def of(*reasons, **rest):
    return AuditQuality(ok=not reasons, reasons=list(reasons), render_ok=True, **rest)


@pytest.mark.parametrize(
    ("quality", "is_crash_safe", "is_ok"),
    [
        (of(), True, True),
        (of("too-dark"), True, False),
        (of("too-bright", "low-motion"), True, False),
        (of("no-luma", "no-motion-sample"), True, False),
        (of("slow-render-avg", "slow-render-p95"), True, False),
        (of("wasm-abort"), False, False),
        (of("render-failed"), False, False),
        (of("probe-timeout"), False, False),
        (of("too-dark", "wasm-abort"), False, False),
        (of("RuntimeError: Aborted(Assertion failed)"), False, False),
        (of("native code called abort(), ABORTED"), False, False),
        (of("Exception thrown, but exception catching is not enabled"), False, False),
        (of("probe-error"), True, False),
        (of("probe-unavailable"), True, False),
        (of("EISDIR: illegal operation on a directory"), True, False),
        (of(aborted=True), False, True),
    ],
)
def test_which_pool_a_preset_is_in(quality, is_crash_safe, is_ok):
    assert quality.is_in("crash-safe") is is_crash_safe
    assert quality.is_in("ok-only") is is_ok


@pytest.mark.parametrize(
    ("quality", "mode", "missing", "reasons"),
    [
        (of(), "quality", "unsafe", []),
        (of("too-dark"), "quality", "drop", ["too-dark"]),
        (of("too-dark"), "crash", "drop", []),
        (of("too-dark", "wasm-abort"), "crash", "drop", ["too-dark", "wasm-abort"]),
        (of("probe-error"), "crash", "drop", ["probe-error"]),
        (of("probe-unavailable"), "crash", "drop", ["probe-unavailable"]),
        (of("wasm-abort"), "none", "unsafe", []),
        (None, "quality", "drop", []),
        (None, "quality", "safe", []),
        (None, "quality", "unsafe", ["missing-quality"]),
        (None, "crash", "unsafe", ["missing-quality"]),
        (None, "none", "unsafe", []),
        (AuditQuality(), "quality", "drop", ["not-ok"]),
        (of(aborted=True), "crash", "drop", ["wasm-abort"]),
    ],
)
def test_whom_a_blacklist_names(quality, mode, missing, reasons):
    assert list(blacklist_reasons(quality, mode, missing)) == reasons


@pytest.mark.parametrize("value", [None, 3, [], {}, {"relPath": ""}, {"relPath": 3}])
def test_what_names_no_preset_is_no_entry(value):
    assert as_entry(value) is None


def test_an_entry_needs_no_more_than_its_path():
    entry = as_entry({"relPath": "a/b.milk"})
    assert entry.quality is None
    assert entry.tags == []
    assert entry.primary_category == "other"


@given(ENTRIES, st.text(min_size=1))
def test_no_value_of_a_foreign_entry_is_in_the_way(value, path):
    entry = as_entry({**value, "relPath": path})
    assert as_entry(entry.model_dump(mode="json")) == entry
    assert next(iter(entry.model_dump(mode="json"))) == "relPath"

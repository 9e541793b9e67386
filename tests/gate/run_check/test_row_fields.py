import pytest

from aivj.contracts.eval_rows import EvalRow
from aivj.gate.run_check.line_form import CONTRACT_KEYS
from aivj.gate.run_check.row_fields import FIELD_RULES

TEXT_KEYS = {
    *("pack", "presetFgId", "presetBgId", "rendererClass", "audioClip", "thumbnailDigest"),
    *("presetFgDigest", "presetBgDigest"),
}
NULLABLE = {
    "pair",
    "warpDiff",
    "cxDiff",
    "quality01",
    "intensity01",
    "presetFgId",
    "presetBgId",
    "vizAvgLuma",
    "vizAvgFrameDelta",
    "pmAvgLumaFg",
    "pmAvgLumaBg",
    "audioRms",
    "audioPeak",
}


def test_every_key_of_a_row_has_a_rule_in_its_order():
    assert list(FIELD_RULES) == [field.alias for field in EvalRow.model_fields.values()]


def test_the_contract_s_keys_are_those_of_the_contract():
    assert CONTRACT_KEYS == (
        "tMs",
        "pack",
        "pair",
        "warpDiff",
        "cxDiff",
        "quality01",
        "intensity01",
        "presetFgId",
        "presetBgId",
        "vizAvgLuma",
        "vizAvgFrameDelta",
        "pmAvgLumaFg",
        "pmAvgLumaBg",
        "audioRms",
        "audioPeak",
        "pageErrorsSinceLast",
        "consoleErrorsSinceLast",
        "okHeuristic",
        "reasons",
    )


def test_null_is_where_the_contract_has_it():
    assert {key for key, rule in FIELD_RULES.items() if rule.fits(None)} == NULLABLE


@pytest.mark.parametrize("key", FIELD_RULES)
@pytest.mark.parametrize("value", [{}, -2, float("nan"), 10**400, [1]])
def test_no_field_takes_what_none_may_hold(key, value):
    assert not FIELD_RULES[key].fits(value)


@pytest.mark.parametrize("key", FIELD_RULES)
def test_only_texts_take_text(key):
    assert FIELD_RULES[key].fits("x") == (key in TEXT_KEYS)


@pytest.mark.parametrize(
    ("key", "value", "fits"),
    [
        ("vizAvgLuma", 0, True),
        ("vizAvgLuma", 1, True),
        ("vizAvgLuma", 1.001, False),
        ("vizAvgFrameDelta", 3.5, True),
        ("audioAlignment", -1, True),
        ("audioAlignment", -1.1, False),
        ("tMs", 2**53, False),
        ("pair", 7.0, False),
        ("pair", True, False),
        ("okHeuristic", 1, False),
        ("reasons", [], True),
        ("reasons", ["anything"], True),
        ("driver", "live", True),
        ("driver", "other", False),
        ("pack", "", False),
    ],
)
def test_bounds(key, value, fits):
    assert FIELD_RULES[key].fits(value) is fits

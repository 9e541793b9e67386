import math

import pytest

from aivj.presets.token_features import token_features


def test_no_code_is_written_in_no_way(program_of) -> None:
    assert set(token_features(program_of()).values()) == {0}


@pytest.mark.parametrize(
    ("code", "feature", "value"),
    [
        ("a = 1; b = 2; a = b;", "tokens.num_assignments", 3),
        ("a = 1; b = 2; a = b;", "tokens.num_variables", 2),
        ("a = 1; b = 2; a = b;", "tokens.num_distinct_names", 2),
        ("a = 1; b = 2; a = b;", "tokens.share_distinct_names", 0.5),
        ("a = 1; b = 2; a = b;", "tokens.share_numbers", 2 / 12),
        ("a = 1; b = 2; a = b;", "tokens.per_assignment", 4),
        ("a = ((1)*(2));", "tokens.depth", 2),
        (")))((", "tokens.depth", 0),
        ("a = 1+2-3*4/5%6;", "operators.plus", 1 / 14),
        ("a = 1; // one", "tokens.num_comments", 1),
        ("a = 1; bcde = 2;", "tokens.longest_statement", len(" bcde = 2")),
        ("a = 1 + 1.0 + 20 + .05;", "numbers.num_distinct", 3),
        ("a = 1 + 1.0 + 20 + .05;", "numbers.share_distinct", 0.75),
        ("a = 1 + 1.0 + 20 + .05;", "numbers.share_integers", 0.75),
        ("a = 1 + 1.0 + 20 + .05;", "numbers.share_fine", 0.25),
        ("a = 1 + 1.0 + 20 + .05;", "numbers.share_large", 0.25),
        ("a = 1 + 1.0 + 20 + .05;", "numbers.largest", 20),
        ("a = 10 + 1000 + 0;", "numbers.mean_power", 2),
        ("a = 10 + 1000 + 0;", "numbers.std_power", 1),
        ("a = 1e99;", "numbers.mean_power", 6),
    ],
)
def test_how_code_is_written(program_of, code: str, feature: str, value: float) -> None:
    for line, scope in ((f"per_frame_1={code}", "equations"), (f"comp_1=`{code}", "shaders")):
        features = token_features(program_of(line))
        assert math.isclose(features[f"{scope}.{feature}"], value), scope

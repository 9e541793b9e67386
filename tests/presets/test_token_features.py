import math

import pytest

from aivj.presets.token_features import token_features


def test_no_code_is_written_in_no_way(program_of) -> None:
    assert set(token_features(program_of()).values()) == {0}


@pytest.mark.parametrize(
    ("code", "feature", "value"),
    [
        ("a = 1; b = 2; a = b;", "num_assignments", 3),
        ("a = 1; b = 2; a = b;", "num_variables", 2),
        ("a = 1; b = 2; a = b;", "num_distinct_names", 2),
        ("a = 1; b = 2; a = b;", "share_distinct_names", 0.5),
        ("a = 1; b = 2; a = b;", "share_numbers", 2 / 12),
        ("a = 1; b = 2; a = b;", "tokens_per_assignment", 4),
        ("a = ((1)*(2));", "depth", 2),
        (")))((", "depth", 0),
        ("a = 1+2-3*4/5%6;", "share_plus", 1 / 14),
        ("a = 1; // one", "num_comments", 1),
        ("a = 1; bcde = 2;", "longest_statement", len(" bcde = 2")),
        ("a = 1 + 1.0 + 20 + .05;", "num_distinct_numbers", 3),
        ("a = 1 + 1.0 + 20 + .05;", "share_distinct_numbers", 0.75),
        ("a = 1 + 1.0 + 20 + .05;", "share_integers", 0.75),
        ("a = 1 + 1.0 + 20 + .05;", "share_fine_numbers", 0.25),
        ("a = 1 + 1.0 + 20 + .05;", "share_large_numbers", 0.25),
        ("a = 1 + 1.0 + 20 + .05;", "largest_number", 20),
        ("a = 10 + 1000 + 0;", "mean_power", 2),
        ("a = 10 + 1000 + 0;", "std_power", 1),
        ("a = 1e99;", "mean_power", 6),
    ],
)
def test_how_code_is_written(program_of, code: str, feature: str, value: float) -> None:
    for line, scope in ((f"per_frame_1={code}", "equations"), (f"comp_1=`{code}", "shaders")):
        features = token_features(program_of(line))
        assert math.isclose(features[f"{scope}.{feature}"], value), scope

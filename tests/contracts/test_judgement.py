import pytest

from aivj.contracts.judgement import FEWEST_FAMILIES, FEWEST_PAIRS, NetJudgement

MANY = {"num_pairs": FEWEST_PAIRS, "num_families": FEWEST_FAMILIES}


@pytest.mark.parametrize(
    ("judgement", "words"),
    [
        (
            NetJudgement(**MANY, net_loss=1.25, constant_loss=0.5),
            "the net is worse than a constant: cross-entropy 1.250 against 0.500 on 20 held-out",
        ),
        (
            NetJudgement(**MANY, net_loss=0.4, constant_loss=0.5),
            "the net is better than a constant: cross-entropy 0.400 against 0.500",
        ),
        (
            NetJudgement(num_pairs=7, num_families=4, net_loss=0.4, constant_loss=0.5),
            "no claim on the net: 7 held-out pairs of 4 families were judged, 20 pairs of 8",
        ),
        (
            NetJudgement(num_pairs=7, num_families=4, net_loss=3, constant_loss=0.5),
            "the net is worse than a constant (cross-entropy 3.000 against 0.500), and 7 held-out",
        ),
        (NetJudgement(num_pairs=0, num_families=0), "no claim on the net: 0 held-out pairs"),
    ],
)
def test_what_may_be_claimed_is_said_with_its_figures(judgement: NetJudgement, words: str) -> None:
    assert judgement.sentence.startswith(words)


def test_many_pairs_of_few_families_are_not_enough() -> None:
    assert NetJudgement(**MANY).is_enough
    assert not NetJudgement(**{**MANY, "num_families": FEWEST_FAMILIES - 1}).is_enough
    assert not NetJudgement(**{**MANY, "num_pairs": FEWEST_PAIRS - 1}).is_enough

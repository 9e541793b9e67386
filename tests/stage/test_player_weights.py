"""How often each pair is picked, by mode, scores and address: sections 2.3 and 2.4."""

from collections import Counter

import pytest
from stage.listed_packs import write_listed
from stage.player_page import COUPLED

pytestmark = pytest.mark.asyncio(loop_scope="session")

WEIGHTED = {**COUPLED, "coupledPick": "weighted"}
NUM_PICKS = 6000
# Three standard deviations of a share of a half; the seed makes the picks the same each time.
TOLERANCE = 0.02

# Each pick leaves a line, which would have to be handed on.
QUIET = "console.info = () => {};"
SAMPLE = """async (request) => {
  await window.__nw_verify.actions.coupledInit("test");
  const { picks } = await window.__nw_verify.sampleCoupledPicks(request);
  return [picks.map(({ pair }) => pair), [...new Set(picks.map(({ mode }) => mode))]];
}"""


@pytest.fixture
def picked(player, tmp_path):
    """Picks from pairs with these scores, None for one without, at an address; their indexes."""
    opened = []

    async def pick(scores, pick_mode="weighted", **parameters):
        scored = [(3 * index, score) for index, score in enumerate(scores) if score is not None]
        write_listed(tmp_path, [3 * index for index in range(len(scores))], scored)
        if opened:
            await opened[0].go(**WEIGHTED, **parameters)
        else:
            opened.append(await player(init=QUIET, **WEIGHTED, **parameters))
        (page,) = opened
        request = {"iterations": NUM_PICKS, "pickMode": pick_mode, "reset": True}
        pairs, modes = await page.call(SAMPLE, request)
        assert modes == [pick_mode]
        return [pair // 3 for pair in pairs]

    return pick


def shares(picks, num_pairs):
    counts = Counter(picks)
    return [counts[index] / len(picks) for index in range(num_pairs)]


def about(wanted):
    return pytest.approx(wanted, abs=TOLERANCE)


def by_formula(scores, gamma, explore=0.0):
    """What the shares should be: a power law of the score, but for the part that explores."""
    shares01 = [0.5 if score is None else min(max(score, 0), 1) for score in scores]
    weights = [(1 - explore) * (q + 1e-6) ** gamma + explore for q in shares01]
    return [weight / sum(weights) for weight in weights]


def repeats(picks, distance=1):
    """The share of picks that are the same as that many picks before."""
    pairs = list(zip(picks, picks[distance:], strict=False))
    return sum(before == after for before, after in pairs) / len(pairs)


async def test_scores_count_by_the_power_law(picked):
    # Two of them out of range, and one pair without: it counts as 0.5.
    scores = [None, 0.2, 1.7, -0.4, 0.8]
    picks = await picked(scores, coupledGamma=2, coupledExplore=0.5)
    assert shares(picks, 5) == about(by_formula(scores, 2, 0.5))
    # Text that is no number takes the nominal value.
    nominal = await picked(scores, coupledGamma="much")
    assert shares(nominal, 5) == about(by_formula(scores, 1))


async def test_scores_of_zero_are_not_weights_of_zero(picked):
    picks = await picked([0, 1e-6], coupledGamma=1)
    assert shares(picks, 2) == about([1 / 3, 2 / 3])


async def test_settings_out_of_range_are_the_nearest_in_it(picked):
    scores = [0.1, 0.3, 0.9]
    alike = about([1 / 3] * 3)
    assert shares(await picked(scores, coupledGamma=-3), 3) == alike
    assert shares(await picked(scores, coupledGamma=4, coupledExplore=7), 3) == alike
    below = {"coupledExplore": -1, "coupledDedupN": 2, "coupledDedupPenalty": -1}
    picks = await picked(scores, coupledGamma=1, **below)
    assert shares(picks, 3) == about(by_formula(scores, 1))


async def test_a_weight_beyond_numbers_counts_for_nothing(picked):
    # 1.000001 to that power is infinite, 1 is not.
    assert set(await picked([1, 0.999999], coupledGamma=1e9)) == {1}
    # Here none is left, and all are alike.
    assert shares(await picked([1, 0.5], coupledGamma=1e9), 2) == about([1 / 2] * 2)


async def test_recent_pairs_lose_the_penalty(picked):
    alike = [0.5, 0.5, 0.5]

    async def pick(dedup_n, penalty):
        address = {"coupledDedupN": dedup_n, "coupledDedupPenalty": penalty}
        return await picked(alike, coupledGamma=1, **address)

    one = await pick(1.9, 5)
    assert repeats(one) == 0
    assert repeats(one, distance=2) == about(1 / 2)
    two = await pick(2, 1)
    assert (repeats(two), repeats(two, distance=2)) == (0, 0)
    assert repeats(two, distance=3) == 1
    # When all three are recent, nothing is left to tell them apart.
    three = await pick(3, 1)
    after_all = [at for at in range(3, NUM_PICKS) if len(set(three[at - 3 : at])) == 3]
    again = sum(three[at] == three[at - 1] for at in after_all) / len(after_all)
    assert again == about(1 / 3)
    half = 0.5 / (0.5 + 1 + 1)
    assert repeats(await pick(1, 0.5)) == about(half)


async def test_random_picks_care_for_no_score(picked):
    picks = await picked([0.01, 0.5, 0.99, None], "random", coupledGamma=9)
    assert shares(picks, 4) == about([1 / 4] * 4)

import itertools
import random
import time

import numpy as np

from aivj.packs.duplicates import MIN_JACCARD, _jaccard, _rare_tokens, near_duplicates
from aivj.packs.scan import PresetFile
from aivj.presets import Milk, parse_milk


def preset(*lines: str) -> Milk:
    return parse_milk("\n".join(lines).encode())


CODE = "per_frame_1=wobble = 0.317*sin(time*1.123); spin = 0.771*wobble; rot = spin;"
OTHER = "per_frame_1=pulse = 0.918*bass; grow = 0.221*pulse + 0.034; zoom = grow;"


def test_a_remix_is_a_near_duplicate() -> None:
    remix = preset(CODE, "per_frame_2=shine = 0.5*wobble;", "zoom=1.0123")
    groups = near_duplicates([preset(CODE), preset(OTHER), remix, preset(OTHER, "fRating=5")])
    assert groups.tolist() == [0, 1, 0, 1]


def test_the_rating_makes_nobody_alike() -> None:
    one, other = ([CODE, OTHER][number] + "\nfRating=4.25" for number in range(2))
    assert near_duplicates([preset(one), preset(other)]).tolist() == [0, 1]


def test_a_batch_of_variants_is_one_group_however_many() -> None:
    chance = random.Random(1)
    batches = [
        preset(code, *(f"{key}={chance.random():.4f}" for key in ("zoom", "rot", "warp")))
        for code in (CODE, OTHER)
        for _ in range(150)
    ]
    assert near_duplicates(batches).tolist() == [0] * 150 + [1] * 150


def test_presets_that_say_little_are_alone() -> None:
    assert near_duplicates([preset("zoom=1.0123")] * 2).tolist() == [0, 1]
    assert near_duplicates([]).tolist() == []


def test_real_groups_are_those_of_all_pairs(corpus: list[PresetFile]) -> None:
    """The index finds what comparing every pair finds."""
    milks = [parse_milk(file.path.read_bytes()) for file in corpus[::9]]
    tokens = _rare_tokens(milks)
    alike = [
        (one, other)
        for one, other in itertools.combinations(range(len(milks)), 2)
        if min(len(tokens[one]), len(tokens[other])) >= 4
        and _jaccard(tokens[one], tokens[other]) >= MIN_JACCARD
    ]
    groups = near_duplicates(milks)
    assert len(alike) > 10
    assert all(groups[one] == groups[other] for one, other in alike)
    joined = {item for pair in alike for item in pair}
    alone = [item for item in range(len(milks)) if item not in joined]
    assert all(np.count_nonzero(groups == groups[item]) == 1 for item in alone)


def test_the_whole_corpus_takes_seconds_and_groups_stay_small(corpus: list[PresetFile]) -> None:
    milks = [parse_milk(file.path.read_bytes()) for file in corpus]
    start_s = time.process_time()
    sizes = np.bincount(near_duplicates(milks))
    assert time.process_time() - start_s < 30
    assert sizes.max() < 0.01 * len(milks)

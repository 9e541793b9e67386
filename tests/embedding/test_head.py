import io

import numpy as np
import pytest
import torch

from aivj.embedding.head import HeadConfig, fit_head
from aivj.embedding.targets import targets_of

CPU = torch.device("cpu")


def blobs(num_each: int, *, rings: bool = False):
    """Three directions, or two clusters of which one lies around the other."""
    chance = np.random.default_rng(2)
    if rings:
        inner = chance.normal(scale=0.2, size=(num_each, 2))
        angle = chance.uniform(0, 2 * np.pi, num_each)
        outer = np.stack([np.cos(angle), np.sin(angle)], axis=1) * 2
        vectors, clusters = [inner, outer], 2
    else:
        vectors = [chance.normal(at, 0.4, size=(num_each, 3)) for at in np.eye(3) * 2]
        clusters = 3
    ids = [f"{cluster} {number}" for cluster in range(clusters) for number in range(num_each)]
    return np.concatenate(vectors).astype(np.float32), ids


def fitted(vectors, ids, **changes):
    assigned = {each: f"c0{each[0]}" for each in ids}
    config = HeadConfig(**{"epochs": 60, "seed": 3} | changes)
    targets = targets_of(ids, assigned, held_out_share=config.held_out_share, seed=config.seed)
    return fit_head(vectors, targets, config, CPU), targets


def test_a_linear_head_names_what_can_be_told_apart():
    head, targets = fitted(*blobs(40))
    figures = head.figures
    assert (figures.num_learned, figures.num_held_out) == (96, 24)
    assert figures.held_out_accuracy > 0.9
    assert figures.nearest_centre_accuracy > 0.9
    assert figures.majority_share == pytest.approx(1 / 3)
    state = torch.load(io.BytesIO(head.to_bytes()), weights_only=True)
    assert {name: tuple(tensor.shape) for name, tensor in state.items()} == {
        "weight": (len(targets.classes), 3),
        "bias": (3,),
    }


def test_two_layers_name_what_one_cannot():
    vectors, ids = blobs(80, rings=True)
    line, _ = fitted(vectors, ids)
    curve, _ = fitted(vectors, ids, kind="mlp", hidden=32)
    assert line.figures.held_out_accuracy < 0.85
    assert curve.figures.held_out_accuracy > 0.95


def test_the_seed_decides_and_shuffled_labels_are_not_learned():
    vectors, ids = blobs(40)
    assert fitted(vectors, ids)[0].to_bytes() == fitted(vectors, ids)[0].to_bytes()
    assert fitted(vectors, ids, seed=4)[0].to_bytes() != fitted(vectors, ids)[0].to_bytes()
    shuffled = np.random.default_rng(1).permutation(vectors)
    assert fitted(shuffled, ids)[0].figures.held_out_accuracy < 0.7


def test_without_held_out_presets_nothing_is_claimed():
    head, _ = fitted(*blobs(4), held_out_share=0.0)
    assert head.figures.num_held_out == 0
    assert (head.figures.held_out_accuracy, head.figures.nearest_centre_accuracy) == (0, None)

"""The devices of torch that a test of what devices must agree on runs on."""

import torch

DEVICES = ("cpu", "cuda") if torch.cuda.is_available() else ("cpu",)
"""CUDA only where there is one: `make gpu-proof` runs those tests on a machine that has."""

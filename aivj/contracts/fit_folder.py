"""What a fit leaves in its folder, by name: for whoever trains, and whoever watches it."""

CHECKPOINT_STEM = "coupling_net_final"
"""The net, below `models`: our own has the suffix `.safetensors`, the older trainer's `.pth`."""

HISTORY_NAME = "training_history.json"
"""What the fit reported of itself after each epoch."""

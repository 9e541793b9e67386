"""Tiny networks with random weights, written as trained ones are: what loads them cannot tell."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

OPENCLIP_CONFIG = {
    "embed_dim": 16,
    "vision_cfg": {"image_size": 32, "layers": 2, "width": 32, "head_width": 16, "patch_size": 16},
    "text_cfg": {"context_length": 8, "vocab_size": 64, "width": 16, "heads": 2, "layers": 1},
}


def openclip_folder(folder: Path, *, seed: int = 0) -> Path:
    """A model as OpenCLIP keeps one in a folder."""
    import open_clip  # Two seconds, which each process of the suite would spend.

    torch.manual_seed(seed)
    model = open_clip.CLIP(**OPENCLIP_CONFIG)
    folder.mkdir(parents=True)
    config = {"model_cfg": OPENCLIP_CONFIG, "preprocess_cfg": {}}
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    save_file(model.state_dict(), folder / "open_clip_model.safetensors")
    return folder


def huggingface_folder(folder: Path, *, seed: int = 0) -> Path:
    """A vision model as transformers keeps one in a folder."""
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    torch.manual_seed(seed)
    config = CLIPVisionConfig(
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=32,
        patch_size=16,
        projection_dim=16,
    )
    CLIPVisionModelWithProjection(config).save_pretrained(folder)
    return folder

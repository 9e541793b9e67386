"""An adapter learned on a real Ray Train worker."""

import pytest
import torch
from embedding.made_clusters import write_pack
from embedding.made_models import huggingface_folder

from aivj.contracts.frames_index import read_frames_index
from aivj.embedding.lora import LoraConfig, LoraTask, fit_lora, readable_pictures
from aivj.embedding.targets import targets_of
from aivj.fleet.lora_training import fit_lora_on_ray

CONFIG = LoraConfig(epochs=2, batch=8, lr=0.01, rank=2)

pytestmark = [
    # Ray Data 2.60, which Ray Train asks for its defaults, warns of options of its own.
    pytest.mark.filterwarnings("ignore:.use_[a-z0-9_]+. is deprecated:DeprecationWarning"),
    pytest.mark.usefixtures("ray_here"),
]


@pytest.fixture
def task(tmp_path):
    assigned = write_pack(tmp_path / "pack")
    rows = read_frames_index(tmp_path / "pack" / "frames-index.jsonl").rows
    pictures = readable_pictures(rows, tmp_path / "pack", 3)
    targets = targets_of(list(pictures), assigned, held_out_share=0.1, seed=1)
    model = huggingface_folder(tmp_path / "tower")
    return LoraTask(str(model), tuple(pictures.values()), targets)


def test_a_worker_learns_what_this_process_learns(task, tmp_path):
    state = fit_lora_on_ray(
        task, CONFIG, num_workers=1, use_gpu=False, storage_path=str(tmp_path / "states")
    )
    here = fit_lora(task, CONFIG, torch.device("cpu"))
    assert state.losses == pytest.approx(here.losses, rel=1e-4)
    for name, tensor in here.state().adapter.items():
        assert torch.allclose(state.adapter[name], tensor, atol=1e-4), name

"""A LoRA adapter of CLIP's vision tower, taught the clusters of presets from their pictures.

The tower's own weights stay as they are; low-rank matrices beside its queries and values are
learned (Hu et al. 2021), with a linear layer that names the cluster and is thrown away afterwards.
"""

import io
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor

from aivj.contracts.frames_index import FramesRow, frame_files
from aivj.embedding.encoder import weights_digest
from aivj.embedding.huggingface import load_vision_model, preparation, quiet_peft, without_extra
from aivj.embedding.targets import Targets
from aivj.errors import InputError
from aivj.stage.thumbnails import open_picture

_NUM_THREADS = 8
_TARGET_MODULES = ("q_proj", "v_proj")
_LOGIT_SCALE = 16.0
_HEAD_LR = 0.01


@dataclass(frozen=True)
class LoraConfig:
    """How an adapter is learned."""

    epochs: Annotated[int, Field(ge=1, le=1000, description="Passes over the pictures.")] = 1
    batch: Annotated[int, Field(ge=1, le=65_536, description="Pictures at a time, of all.")] = 64
    lr: Annotated[
        float,
        Field(ge=1e-8, le=1, allow_inf_nan=False, description="Learning rate of the adapter."),
    ] = 1e-4
    rank: Annotated[int, Field(ge=1, le=256, description="Of the adapter's matrices.")] = 8
    max_frames: Annotated[int, Field(ge=1, le=200, description="Pictures of a preset.")] = 3
    fp16: Annotated[
        bool, Field(description="Compute in half precision (bfloat16) on CUDA that has it.")
    ] = True
    held_out_share: Annotated[
        float, Field(ge=0, le=0.9, allow_inf_nan=False, description="Of each cluster, to judge by.")
    ] = 0.1
    seed: Annotated[int, Field(ge=0, le=2**31, description="What chance begins with.")] = 1


@dataclass(frozen=True)
class LoraTask:
    """What is learned from: pictures on storage that every worker reaches.

    Attributes:
        model: The tower: a name at the hub, or a folder.
        pictures: Files of each preset's pictures, in the order of `targets`.
        targets: Their clusters.
    """

    model: str
    pictures: tuple[tuple[Path, ...], ...]
    targets: Targets


@dataclass(frozen=True)
class LoraState:
    """A fit between two epochs.

    Attributes:
        adapter: The adapter's tensors by name, on the CPU.
        head: Those of the layer that names clusters.
        optimizer: State of the optimizer.
        losses: Mean loss of each epoch that is done.
    """

    adapter: dict[str, Tensor]
    head: dict[str, Tensor]
    optimizer: dict[str, Any]
    losses: tuple[float, ...]

    def to_bytes(self) -> bytes:
        """Serialises the state."""
        written = io.BytesIO()
        torch.save({**vars(self), "losses": list(self.losses)}, written)
        return written.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "LoraState":
        """Reads what `to_bytes` wrote; runs no code."""
        plain = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
        return cls(**{**plain, "losses": tuple(plain["losses"])})


class LoraFit:
    """A fit under way, on one of several workers that share each batch.

    Args:
        task: What to learn.
        config: How.
        device: Where.
        state: Where to go on; None to begin.
        rank: Which worker of `num_workers` this is.
        num_workers: How many share each batch.

    Raises:
        MissingDependencyError: transformers or peft are not installed.
        InputError: There are no such weights of the tower.
    """

    def __init__(
        self,
        task: LoraTask,
        config: LoraConfig,
        *,
        device: torch.device,
        state: LoraState | None = None,
        rank: int = 0,
        num_workers: int = 1,
    ) -> None:
        try:
            import peft
        except ImportError as error:
            raise without_extra(error) from error
        torch.manual_seed(config.seed)
        tower = load_vision_model(task.model)
        self.weights = weights_digest(tower.state_dict())
        self._task, self._config, self._device = task, config, device
        self._rank, self._num_workers = rank, num_workers
        self._prepare = preparation(int(tower.config.image_size))
        adapter = peft.LoraConfig(
            r=config.rank, lora_alpha=2 * config.rank, target_modules=list(_TARGET_MODULES)
        )
        with quiet_peft():
            self._model: Any = peft.get_peft_model(tower, adapter).to(device)
        num_classes = len(task.targets.classes)
        self._head = torch.nn.Linear(int(tower.config.projection_dim), num_classes).to(device)
        learned = [each for each in self._model.parameters() if each.requires_grad]
        self._optimizer = torch.optim.AdamW(
            [
                {"params": learned, "lr": config.lr},
                {"params": self._head.parameters(), "lr": _HEAD_LR},
            ]
        )
        self._learned = [*learned, *self._head.parameters()]
        self.losses: tuple[float, ...] = ()
        if state is not None:
            peft.set_peft_model_state_dict(self._model, state.adapter)
            self._head.load_state_dict(state.head)
            self._optimizer.load_state_dict(state.optimizer)
            self.losses = state.losses

    def run_epoch(self) -> float:
        """Learns from every picture once; returns the mean loss, in nats."""
        self._model.train()
        order = self._order(len(self.losses))
        total = torch.zeros((), device=self._device)
        for start in range(0, len(order), self._config.batch):
            batch = order[start : start + self._config.batch]
            self._optimizer.zero_grad(set_to_none=False)
            own = batch[self._rank :: self._num_workers]
            if len(own):
                presets, numbers = own.T
                files = [self._task.pictures[at][n] for at, n in zip(presets, numbers, strict=True)]
                labels = torch.from_numpy(self._task.targets.labels[presets]).to(self._device)
                logits = self._logits(self._pictures(files))
                loss = torch.nn.functional.cross_entropy(logits, labels, reduction="sum")
                loss.div(len(batch)).backward()  # type: ignore[no-untyped-call]
                total += loss.detach()
            self._share_gradients()
            self._optimizer.step()
        if self._num_workers > 1:
            torch.distributed.all_reduce(total)
        self.losses = (*self.losses, float(total) / max(1, len(order)))
        return self.losses[-1]

    def named(self) -> NDArray[np.int64]:
        """Returns the cluster that each preset is put into, by the mean over its pictures."""
        self._model.eval()
        named: list[int] = []
        with torch.inference_mode():
            for start in range(0, len(self._task.pictures), self._config.batch):
                presets = self._task.pictures[start : start + self._config.batch]
                logits = self._logits(self._pictures([file for files in presets for file in files]))
                of_each = torch.split(logits, [len(files) for files in presets])
                named += [int(each.mean(dim=0).argmax()) for each in of_each]
        return np.array(named, np.int64)

    def state(self) -> LoraState:
        """Returns where to go on."""
        import peft

        adapter = peft.get_peft_model_state_dict(self._model)
        return LoraState(
            adapter={name: tensor.detach().cpu() for name, tensor in adapter.items()},
            head={name: tensor.detach().cpu() for name, tensor in self._head.state_dict().items()},
            optimizer=self._optimizer.state_dict(),
            losses=self.losses,
        )

    def save_adapter(self, folder: Path) -> None:
        """Writes the adapter as peft keeps one: its configuration and its tensors."""
        self._model.save_pretrained(str(folder), safe_serialization=True)

    def _order(self, epoch: int) -> NDArray[np.int64]:
        """Returns the pictures to learn from, as preset and number, shape [num, 2]."""
        learned = np.flatnonzero(~self._task.targets.held_out)
        pairs = [(at, n) for at in learned for n in range(len(self._task.pictures[at]))]
        chance = np.random.default_rng([self._config.seed, epoch])
        return chance.permutation(np.array(pairs, np.int64).reshape(-1, 2))

    def _pictures(self, files: Sequence[Path]) -> Tensor:
        with ThreadPoolExecutor(_NUM_THREADS) as threads:
            prepared = list(threads.map(lambda file: self._prepare(_opened(file)), files))
        return torch.stack(prepared).to(self._device)

    def _logits(self, pictures: Tensor) -> Tensor:
        half = self._config.fp16 and self._device.type == "cuda" and torch.cuda.is_bf16_supported()
        with torch.autocast(self._device.type, torch.bfloat16, enabled=half):
            embeds = self._model(pixel_values=pictures).image_embeds
        units = torch.nn.functional.normalize(embeds.float(), dim=1)
        logits: Tensor = self._head(_LOGIT_SCALE * units)
        return logits

    def _share_gradients(self) -> None:
        """Adds up what all workers found; each found that of its share of the batch."""
        if self._num_workers == 1:
            return
        for parameter in self._learned:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            torch.distributed.all_reduce(parameter.grad)


def fit_lora(
    task: LoraTask,
    config: LoraConfig,
    device: torch.device,
    on_epoch: Callable[[int, float], None] = lambda _epoch, _loss: None,
) -> LoraFit:
    """Learns an adapter in this process.

    Args:
        task: What to learn.
        config: How.
        device: Where.
        on_epoch: Told each epoch, from 1, and its loss.
    """
    fit = LoraFit(task, config, device=device)
    for epoch in range(1, config.epochs + 1):
        on_epoch(epoch, fit.run_epoch())
    return fit


def readable_pictures(
    rows: Sequence[FramesRow], root: Path, max_frames: int
) -> dict[str, tuple[Path, ...]]:
    """Returns the pictures that open, by preset; presets that have none are left out.

    Args:
        rows: Presets with pictures.
        root: Folder of their index.
        max_frames: Pictures of a preset at most.
    """

    def readable(row: FramesRow) -> tuple[Path, ...]:
        return tuple(file for file in frame_files(row, root)[:max_frames] if _opens(file))

    with ThreadPoolExecutor(_NUM_THREADS) as threads:
        found = list(threads.map(readable, rows))
    return {row.preset_id: files for row, files in zip(rows, found, strict=True) if files}


def _opens(file: Path) -> bool:
    try:
        _opened(file)
    except InputError:
        return False
    return True


def _opened(file: Path) -> Any:
    try:
        return open_picture(file.read_bytes())
    except OSError as error:
        raise InputError(
            f"a picture at {file}", error.strerror or str(error), "run `aivj frames` again"
        ) from error

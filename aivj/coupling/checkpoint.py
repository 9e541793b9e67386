"""The net on disk.

`coupling_net_final.safetensors` is the truth: weights, and in its header a card with all that is
needed to use them, so that one atomic write makes the whole. The card lies beside it as JSON for
people, with the run that made it, and everything once more as `.pth` for programs that look for
that name; either weights can be read back, as long as all that lie there are of one fit.
"""

import io
import json
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from pydantic import BaseModel, ConfigDict, ValidationError

from aivj.contracts.fit_folder import CHECKPOINT_STEM
from aivj.contracts.judgement import NetJudgement
from aivj.coupling.config import FitConfig
from aivj.coupling.net import MAX_DEVIATIONS, CouplingNet, NetShape
from aivj.coupling.state import Fitted
from aivj.errors import InputError
from aivj.packs.term_space import TermSpace
from aivj.storage import sha256_hex, write_atomic

_CARD_KEY = "aivj"
_SPACE = "term_space."
_SUFFIX, _CARD_SUFFIX, _LEGACY_SUFFIX = ".safetensors", ".json", ".pth"


class CheckpointCard(BaseModel):
    """What a checkpoint says of itself.

    Beside what is needed to use it: what it learned from, what of that was left out, and how it
    did on families that it was kept from. Cards before v3 have no `num_inputs`: their nets are told
    of presets' texts alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = "v3"
    feature_spec: str
    num_features: int
    num_inputs: int = 0
    takes: list[str] = []
    encoder_width: int
    hidden_width: int
    max_deviations: float
    feature_mean: list[float]
    feature_std: list[float]
    config: FitConfig
    dataset_digest: str
    renderer_class: str | None
    held_out_presets: list[str]
    metrics: dict[str, float | int | None]
    num_rows: dict[str, int] = {}
    left_out: list[str] = []
    judgement: NetJudgement | None = None

    @property
    def shape(self) -> NetShape:
        """How large the net is."""
        return NetShape(self.num_features, self.encoder_width, self.hidden_width, self.num_inputs)

    @property
    def preset_spec(self) -> str:
        """Version of what the net is told of presets."""
        return self.feature_spec.rpartition("+")[0] if self.num_inputs else self.feature_spec

    @property
    def pair_spec(self) -> str | None:
        """Version of what it is told of pairs; None if it is told of presets alone."""
        return self.feature_spec.rpartition("+")[2] if self.num_inputs else None


@dataclass(frozen=True)
class Checkpoint:
    """A net that can score, with its card.

    Attributes:
        net: On the CPU, in evaluation mode.
        card: What it says of itself.
        digest: SHA-256 of the safetensors file.
        run_id: The tracked run that made it; None if nobody says.
        term_space: The space that terms of code were described in; None if the net reads none.
    """

    net: CouplingNet
    card: CheckpointCard
    digest: str
    run_id: str | None = None
    term_space: TermSpace | None = None


def write_checkpoint(
    output_dir: Path,
    fitted: Fitted,
    *,
    num_rows: Mapping[str, int] | None = None,
    left_out: Sequence[str] = (),
    judgement: NetJudgement | None = None,
    run_id: str | None = None,
) -> Path:
    """Writes the three files into `<output_dir>/models` and returns the safetensors file's path.

    The same net, configuration and data give the same safetensors bytes, whichever run made them.

    Args:
        output_dir: The folder.
        fitted: What is written.
        num_rows: How many rows it learned from, by source.
        left_out: Sentences on what was left out of them.
        judgement: How it did on families that it was kept from.
        run_id: The tracked run that made it.

    Raises:
        StorageError: A file could not be written; those not yet reached keep their old content.
    """
    card = _card_of(fitted).model_copy(
        update={
            "num_rows": dict(num_rows or {}),
            "left_out": list(left_out),
            "judgement": judgement,
        }
    )
    tensors = {name: value.contiguous() for name, value in fitted.net.state_dict().items()}
    if fitted.term_space is not None:
        arrays = fitted.term_space.arrays
        tensors |= {f"{_SPACE}{name}": torch.from_numpy(value) for name, value in arrays.items()}
    weights = _safetensors(tensors, card)
    legacy = io.BytesIO()
    torch.save({"state_dict": tensors, "card": card.model_dump(mode="json")}, legacy)

    path = output_dir / "models" / f"{CHECKPOINT_STEM}{_SUFFIX}"
    write_atomic(path, weights)
    readable = {
        **card.model_dump(mode="json"),
        "weights_sha256": sha256_hex(weights),
        "run_id": run_id,
    }
    write_atomic(
        path.with_suffix(_CARD_SUFFIX),
        (json.dumps(readable, indent=2, allow_nan=False) + "\n").encode(),
    )
    write_atomic(path.with_suffix(_LEGACY_SUFFIX), legacy.getvalue())
    return path


def read_checkpoint(path: Path) -> Checkpoint:
    """Reads a checkpoint: the safetensors file, or the `.pth` beside it, which is the same.

    Of a `.pth` only tensors and plain values are read; it runs no code. Whatever else lies beside
    it under its name has to be of the same fit, to the last digit.

    Raises:
        InputError: The file is missing, broken or of another program; or one beside it is of
            another fit.
    """
    checkpoint = _read(path)
    for suffix in {_SUFFIX, _LEGACY_SUFFIX} - {path.suffix}:
        beside = path.with_suffix(suffix)
        if beside.exists() and not _is_same(_read(beside), checkpoint):
            raise _other_fit(path, beside, "other weights, or another card with them")
    if (told := _told_otherwise(path, checkpoint)) is not None:
        raise _other_fit(path, path.with_suffix(_CARD_SUFFIX), told)
    return checkpoint


def _read(path: Path) -> Checkpoint:
    try:
        data = path.read_bytes()
        if path.suffix == _LEGACY_SUFFIX:
            data = _from_legacy(data)
        tensors = safetensors.torch.load(data)
        card = CheckpointCard.model_validate_json(_header(data)[_CARD_KEY])
        space = _space_of(tensors, card)
        net = CouplingNet.from_state(card.shape, tensors)
    except (
        *(OSError, KeyError, RuntimeError, TypeError, ValueError, AttributeError, EOFError),
        *(ValidationError, safetensors.SafetensorError, pickle.UnpicklingError),
    ) as error:
        raise InputError(
            f"a coupling checkpoint at {path}",
            f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no content'}",
            "train again, or point to the coupling_net_final.safetensors (or .pth) of a finished "
            "`aivj train`: nets of other programs read other features",
        ) from error
    digest = sha256_hex(data)
    run_id = _card_beside(path).get("run_id")
    return Checkpoint(net, card, digest, run_id if isinstance(run_id, str) else None, space)


def _is_same(one: Checkpoint, other: Checkpoint) -> bool:
    tensors, others = one.net.state_dict(), other.net.state_dict()
    return one.card == other.card and all(
        torch.equal(value, others[name]) for name, value in tensors.items()
    )


def _told_otherwise(path: Path, checkpoint: Checkpoint) -> str | None:
    """Returns what the JSON beside a checkpoint says otherwise; None if nothing or no such file."""
    beside = _card_beside(path)
    if not beside:
        return None
    known = json.loads(checkpoint.card.model_dump_json())
    others = sorted(name for name in known.keys() & beside.keys() if known[name] != beside[name])
    if others:
        return f"another {', '.join(others)}"
    # A `.pth` of an earlier version gives other bytes today, but not other weights.
    digest = beside.get("weights_sha256")
    if path.suffix == _SUFFIX and digest != checkpoint.digest:
        return f"weights sha256 {digest}, not {checkpoint.digest}"
    return None


def _other_fit(path: Path, beside: Path, found: str) -> InputError:
    return InputError(
        f"files of one fit: {path} and {beside.name} beside it",
        f"in {beside.name} {found}",
        f"train again, which writes them all; or remove {beside.name}, if {path.name} is right",
    )


def _card_beside(path: Path) -> Mapping[str, Any]:
    """Returns the JSON that lies beside a checkpoint; empty if there is none of ours."""
    try:
        beside = json.loads(path.with_suffix(_CARD_SUFFIX).read_bytes())
    except (OSError, ValueError):
        return {}
    return beside if isinstance(beside, dict) and "weights_sha256" in beside else {}


def _safetensors(tensors: Mapping[str, torch.Tensor], card: CheckpointCard) -> bytes:
    metadata = {_CARD_KEY: card.model_dump_json()}
    return safetensors.torch.save(dict(tensors), metadata=metadata)


def _from_legacy(data: bytes) -> bytes:
    """Returns the bytes of the safetensors file that was written beside a `.pth`."""
    plain = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    return _safetensors(plain["state_dict"], CheckpointCard.model_validate(plain["card"]))


def _space_of(tensors: dict[str, torch.Tensor], card: CheckpointCard) -> TermSpace | None:
    """Takes the space of terms out of a checkpoint's tensors; None if it has none.

    Raises:
        ValueError: It is not the one that the card names.
    """
    names = [name for name in tensors if name.startswith(_SPACE)]
    if not names:
        return None
    space = TermSpace.from_arrays(
        {name.removeprefix(_SPACE): tensors.pop(name).numpy() for name in names}
    )
    if space.spec not in card.feature_spec.split("+"):
        raise ValueError(f"terms of {space.spec} for a net of {card.feature_spec}")
    return space


def _header(data: bytes) -> Mapping[str, Any]:
    """Returns the metadata of a safetensors file: eight bytes of length, then JSON."""
    length = int.from_bytes(data[:8], "little")
    metadata: Mapping[str, Any] = json.loads(data[8 : 8 + length])["__metadata__"]
    return metadata


def _card_of(fitted: Fitted) -> CheckpointCard:
    net = fitted.net
    return CheckpointCard(
        feature_spec=fitted.feature_spec,
        num_features=net.shape.num_features,
        num_inputs=net.shape.num_inputs,
        takes=list(fitted.takes),
        encoder_width=net.shape.encoder_width,
        hidden_width=net.shape.hidden_width,
        max_deviations=MAX_DEVIATIONS,
        feature_mean=net.feature_mean.tolist(),
        feature_std=net.feature_std.tolist(),
        config=fitted.config,
        dataset_digest=fitted.dataset_digest,
        renderer_class=fitted.renderer_class,
        held_out_presets=sorted(fitted.held_out_presets),
        metrics=asdict(fitted.history[-1]),
    )

"""Learned styles on disk: a card for people, and arrays of numbers that nothing can run from."""

from dataclasses import dataclass
from pathlib import Path

from aivj.contracts.json_text import document_bytes, read_bytes, read_object, validated
from aivj.contracts.taught_styles import TAUGHT_ARRAYS_NAME, TAUGHT_STYLES_NAME, TaughtStyles
from aivj.errors import InputError
from aivj.storage import sha256_hex, write_atomic
from aivj.styles.taught import MODEL_SPEC, StyleModel

_REMEDY = "teach the styles again with `aivj styles teach FOLDER`"


@dataclass(frozen=True, eq=False)
class TaughtModel:
    """Styles that can be told, and what is known of them."""

    card: TaughtStyles
    model: StyleModel

    @property
    def names(self) -> list[str]:
        """What the styles are called, in the order of the model's numbers."""
        return [style.name for style in self.card.styles]


def model_bytes(model: StyleModel) -> bytes:
    """Returns the file of a model's numbers."""
    from safetensors.numpy import save

    return save(model.arrays)


def write_taught(folder: Path, card: TaughtStyles, arrays: bytes) -> None:
    """Writes numbers, and the card last.

    Raises:
        StorageError: The disk did not take them; an old card may then not fit the numbers, which
            reading finds out.
    """
    write_atomic(folder / TAUGHT_ARRAYS_NAME, arrays)
    write_atomic(folder / TAUGHT_STYLES_NAME, document_bytes(card))


def read_taught(folder: Path) -> TaughtModel:
    """Reads learned styles.

    Args:
        folder: Where `aivj styles teach` wrote them.

    Raises:
        InputError: A file is missing or broken, does not fit the other, or was learned from
            something that presets are not described by any more.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    path = folder / TAUGHT_STYLES_NAME
    card = validated(TaughtStyles, read_object(path), str(path))
    if card.inputs_spec != MODEL_SPEC:
        raise InputError(f"styles learned from {MODEL_SPEC}", card.inputs_spec, _REMEDY)
    arrays_path = folder / TAUGHT_ARRAYS_NAME
    data = read_bytes(arrays_path)
    if sha256_hex(data) != card.arrays:
        raise InputError(f"the numbers that {path} speaks of in {arrays_path}", "others", _REMEDY)
    try:
        model = StyleModel.from_arrays(load(data))
    except (SafetensorError, KeyError, ValueError, IndexError) as error:
        raise InputError(f"numbers of styles in {arrays_path}", str(error), _REMEDY) from error
    card_shape = (len(card.styles), card.pictures.dims if card.pictures else None)
    model_shape = (len(model.text.bias), len(model.seen.mean) if model.seen else None)
    if card_shape != model_shape:
        expected, found = (
            f"{styles} styles, {f'of pictures of {dims} numbers' if dims else 'of text alone'}"
            for styles, dims in (card_shape, model_shape)
        )
        raise InputError(f"numbers of {expected}, in {arrays_path}", found, _REMEDY)
    return TaughtModel(card, model)

import inspect
import pickle

import pytest

from aivj import errors

CLASSES = [
    cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, Exception)
]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_survives_pickling_as_ray_does_it(cls):
    parts = ("a cat", "a dog", "call the vet")
    error = cls("kind", *parts) if issubclass(cls, errors.ItemError) else cls(*parts)

    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes

    assert type(copy) is cls
    assert str(copy) == str(error) == "expected a cat; found a dog; call the vet"
    assert vars(copy) == vars(error)


def test_docstring_draws_every_class_with_its_exit_code():
    for cls in CLASSES:
        assert any(
            cls.__name__ in line and f" {cls.exit_code} " in line
            for line in (errors.__doc__ or "").splitlines()
        ), cls

from dataclasses import fields, replace

import pytest

from aivj.takes.conditions import Conditions, layer_seed
from aivj.takes.settings import RenderSettings

SETTINGS = RenderSettings()


def conditions(settings=SETTINGS, **changes):
    plain = {"renderer_class": "llvmpipe", "stage": "s", "converter": "c", "clip": b"sound"}
    return Conditions.of(settings, **plain | changes)


def test_the_settings_come_back():
    assert conditions().settings == SETTINGS


def test_what_changes_the_picture_changes_the_digest():
    names = [field.name for field in fields(RenderSettings)]
    changed = [
        conditions(replace(SETTINGS, **{name: getattr(SETTINGS, name) + 1})) for name in names
    ]
    changed += [conditions(**{name: "other"}) for name in ("renderer_class", "stage", "converter")]
    changed.append(conditions(clip=b"other sound"))

    assert len({one.digest for one in [conditions(), *changed]}) == len(changed) + 1
    assert conditions().digest == conditions().digest


@pytest.mark.parametrize(("content", "seed"), [("0" * 64, 3694243792), ("ab" * 32, 1115705007)])
def test_seeds_never_change(content, seed):
    assert layer_seed(content) == seed

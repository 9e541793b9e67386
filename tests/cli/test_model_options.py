from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Literal

import pytest
import typer
from pydantic import BaseModel, Field
from typer.testing import CliRunner

from aivj.cli.model_options import From, takes
from aivj.cli.verb import Verb
from aivj.errors import InputError


@dataclass(frozen=True)
class Inner:
    depth: Annotated[int, Field(ge=1, le=9, description="How deep.")] = 3
    quiet: bool = False


@dataclass(frozen=True)
class Outer:
    path: Annotated[Path, Field(description="Where.")]
    packs_root: Path
    names: Annotated[tuple[str, ...], Field(description="Repeatable.")] = ()
    kind: Annotated[Literal["a", "b"], Field(description="Which.")] = "a"
    inner: Inner = field(default_factory=Inner)


class Strict(BaseModel):
    speed: float = Field(1.0, ge=0, le=2, allow_inf_nan=False, description="How fast.")

    @classmethod
    def of(cls, **values: float) -> "Strict":
        if values["speed"] > 2:
            raise InputError("speed", "more", "less")
        return cls(**values)


class Variables(BaseModel):
    host: str = Field("here", alias="SOME_HOST", description="Where it is.")


SETTINGS = SimpleNamespace(packs_root=Path("packs"), quiet=True, home_uri=None)


def called(source, *arguments):
    """Calls a verb that hands on one model; returns what it was given, and how it ended."""
    seen = []
    app = typer.Typer(rich_markup_mode=None)

    @app.callback()
    def shared(context: typer.Context):
        context.obj = SETTINGS

    @takes(made=source)
    def verb(context: typer.Context, made, other: Annotated[str, typer.Option()] = "own"):
        """Do it."""
        assert context.obj is SETTINGS
        seen.append((made, other))

    app.command(cls=Verb)(verb)
    return seen, CliRunner().invoke(app, ["verb", *arguments], env={"COLUMNS": "200"})


def of(model, **options):
    return From(f"{__name__}:{model.__name__}", **options)


def test_fields_with_a_description_are_options_and_others_come_from_the_settings():
    seen, ended = called(of(Outer), "--path", "x", "--names", "n", "--depth", "4", "--other", "o")
    assert ended.exit_code == 0, ended.output
    assert seen == [(Outer(Path("x"), Path("packs"), ["n"], "a", Inner(4, quiet=True)), "o")]


def test_what_is_not_given_is_the_model_s_or_the_verb_s_default():
    source = of(
        Outer, defaults={"path": lambda settings, _: settings.packs_root / "y", "kind": "b"}
    )
    ((made, _),), _ = called(source)
    assert made == Outer(Path("packs/y"), Path("packs"), kind="b", inner=Inner(quiet=True))


def test_the_help_has_bounds_defaults_and_descriptions_and_needs_no_call():
    seen, ended = called(of(Outer, without=("names",), defaults={"kind": "b"}), "--help")
    lines = [" ".join(line.split()) for line in ended.output.splitlines()]
    assert "--path <path> Where. [required]" in lines
    assert "--kind <a|b> Which. [default: b]" in lines
    assert "--depth <int range> How deep. [default: 3; 1<=x<=9]" in lines
    assert "--names" not in ended.output
    assert seen == []


def test_only_some_fields():
    _, ended = called(of(Outer, only=("depth",)), "--help")
    assert "--depth" in ended.output
    assert "--kind" not in ended.output


@pytest.mark.parametrize("value", ["-1", "nan", "inf"])
def test_a_number_that_cannot_be_is_refused(value):
    _, ended = called(of(Strict), "--speed", value)
    assert ended.exit_code == 2
    assert "--speed" in ended.output


def test_a_model_says_itself_what_is_too_much():
    _, ended = called(of(Strict), "--speed", "3")
    assert isinstance(ended.exception, InputError)


def test_an_alias_is_a_variable_that_an_option_overrules():
    source = of(Variables, made_by="builtins:dict")
    assert called(source)[0] == [({}, "own")]
    assert called(source, "--host", "there")[0] == [({"SOME_HOST": "there"}, "own")]
    assert "Where it is. Also: SOME_HOST." in called(source, "--help")[1].output

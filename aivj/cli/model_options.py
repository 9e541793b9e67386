"""Options of a verb that are fields of the models it hands on.

A field with a description is an option: type, default, bounds and help are the model's, and the
option is called as the field is, unless `SPELLED` says otherwise. A field with an alias is also
read from the environment's variable of that name. A field without a description is filled with the
setting of its name. Models inside models are laid flat.

Models stand in rooms that take long to import. So they are looked at when a verb's parameters are
asked for (see `aivj.cli.verb.Verb`), not when the verbs are put together.
"""

import copy
import dataclasses
import inspect
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin, get_type_hints

import typer
from typer.models import OptionInfo

from aivj.cli.options import SPELLED

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from aivj.settings import Settings

WITH_OPTIONS = "with_options"
"""Attribute of a verb that was marked: makes the function whose parameters are all options."""


@dataclasses.dataclass(frozen=True)
class From:
    """Where the options of a parameter come from.

    Attributes:
        model: A pydantic model or a dataclass, as `module:Class`.
        only: Fields that are options of this verb; empty: all.
        without: Fields that are none.
        defaults: Instead of the model's: values, or functions of the settings and of all that was
            given.
        made_by: What makes the model, if it is not called itself, as `module:function`.
    """

    model: str
    only: Sequence[str] = ()
    without: Sequence[str] = ()
    defaults: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    made_by: str | None = None

    def options(self) -> Iterator[inspect.Parameter]:
        """Yields the options as parameters that typer reads."""
        for model, name, field in _flat(_loaded(self.model)):
            is_chosen = name in self.only or not (self.only or name in self.without)
            if is_chosen and field.description is not None:
                yield self._option(model, name, field)

    def made(self, given: Mapping[str, Any], settings: "Settings") -> Any:
        """Makes the model out of what was given.

        Raises:
            InputError: A value is out of its bounds, of a model that says so itself.
            ValidationError: The same, of another model.
        """
        values = self._values(_loaded(self.model), given, settings)
        return _make(_loaded(self.made_by or self.model), values)

    def _option(self, model: Any, name: str, field: "FieldInfo") -> inspect.Parameter:
        default: Any = self.defaults.get(name, ... if field.is_required() else field.default)
        kind: Any = field.annotation
        is_list = get_origin(kind) in {tuple, Sequence}
        if is_list:
            kind = list[get_args(kind)[0]]  # type: ignore[misc]  # known only now
        if callable(default) or (is_list and default == ()) or field.alias is not None:
            kind, default = kind | None, None
        return inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if default is ... else default,
            annotation=Annotated[kind, _spelled(model, name, field)],
        )

    def _values(self, model: Any, given: Mapping[str, Any], settings: "Settings") -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, field in fields_of(model).items():
            key, default = field.alias or name, self.defaults.get(name)
            if _is_model(field.annotation):
                values[key] = _make(
                    field.annotation, self._values(field.annotation, given, settings)
                )
            elif given.get(name) is not None:
                values[key] = given[name]
            elif default is not None:
                values[key] = default(settings, given) if callable(default) else default
            elif field.description is None and hasattr(settings, name):
                values[key] = getattr(settings, name)
        return values


def takes(**models: From) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Marks a verb some of whose parameters are models, made of options before it is called."""

    def mark(verb: Callable[..., None]) -> Callable[..., None]:
        def without_options() -> None:
            """Stands for the verb until its parameters are asked for."""

        def with_options() -> Callable[..., None]:
            return _with_options(verb, models)

        without_options.__name__, without_options.__doc__ = verb.__name__, verb.__doc__
        setattr(without_options, WITH_OPTIONS, with_options)
        return without_options

    return mark


def _with_options(verb: Callable[..., None], models: Mapping[str, From]) -> Callable[..., None]:
    def call(context: typer.Context, **given: Any) -> None:
        made = {name: source.made(given, context.obj) for name, source in models.items()}
        own = {name: value for name, value in given.items() if name in parameters}
        verb(context, **made, **own)

    parameters = inspect.signature(verb).parameters
    options: list[inspect.Parameter] = []
    for name, parameter in parameters.items():
        own = parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        options += models[name].options() if name in models else [own]
    call.__name__ = verb.__name__
    call.__signature__ = inspect.Signature(options)  # type: ignore[attr-defined]
    return call


def _loaded(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


def _make(model: Any, values: Mapping[str, Any]) -> Any:
    return getattr(model, "of", model)(**values)


def bounds(field: "FieldInfo") -> tuple[float | None, float | None]:
    """Returns the smallest and the largest value of a field, None where there is none."""
    found = {
        name: value
        for name in ("ge", "le")
        for rule in field.metadata
        if (value := getattr(rule, name, None)) is not None
    }
    return found.get("ge"), found.get("le")


def _is_model(kind: object) -> bool:
    return isinstance(kind, type) and (
        hasattr(kind, "model_fields") or dataclasses.is_dataclass(kind)
    )


def fields_of(model: Any) -> "dict[str, FieldInfo]":
    """Returns what a pydantic model or a dataclass knows of its fields, by name."""
    if hasattr(model, "model_fields"):
        return dict(model.model_fields)
    from pydantic.fields import FieldInfo

    hints = get_type_hints(model, include_extras=True)
    return {
        field.name: FieldInfo.from_annotated_attribute(
            hints[field.name], ... if field.default is dataclasses.MISSING else field.default
        )
        for field in dataclasses.fields(model)
    }


def _flat(model: Any) -> "Iterator[tuple[Any, str, FieldInfo]]":
    """Yields each field with its name and the model that it stands in."""
    for name, field in fields_of(model).items():
        if _is_model(field.annotation):
            yield from _flat(field.annotation)
        else:
            yield model, name, field


def _spelled(model: Any, name: str, field: "FieldInfo") -> OptionInfo:
    option: OptionInfo = copy.copy(SPELLED.get(name) or typer.Option(f"--{name.replace('_', '-')}"))
    also = "" if field.alias is None else f" Also: {field.alias}."
    option.help = option.help or f"{field.description}{also}"
    low, high = bounds(field)
    option.min = low if option.min is None else option.min
    # A model that says itself what is out of its bounds says so of values that are too large.
    option.max = high if option.max is None and not hasattr(model, "of") else option.max
    if any(getattr(rule, "allow_inf_nan", None) is False for rule in field.metadata):
        option.callback = _finite
    return option


def _finite(value: float | None) -> float | None:
    """Refuses what a range of the command line lets through: a number that is none.

    Raises:
        BadParameter: It is NaN or infinite.
    """
    if value is not None and not math.isfinite(value):
        raise typer.BadParameter(f"{value} is not a finite number.")
    return value

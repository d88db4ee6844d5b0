"""What is wrong with a setting, in one line: where it stands, its value, and what is allowed."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

PREFIX = "FAIRPOINTS_"
TOKENS = ("discord_token", "telegram_token", "gemini_api_key")
SECRETS = (*TOKENS, "database_url")

KINDS: dict[Any, str] = {
    int: "a whole number",
    float: "a number",
    str: "a text",
    Path: "a folder's path",
}


class BadConfig(Exception):
    """A setting that can't be used, in one line: file, key, value and what is allowed."""


def unusable(file: Path, keys: Sequence[str], value: object, allowed: str) -> BadConfig:
    """Return what to raise for a value that is not allowed, wherever it came from."""
    variable = variable_of(keys)
    name = f"environment: {variable}" if variable in environment() else f"{file}: {'.'.join(keys)}"
    shown = "(hidden)" if keys[0] in SECRETS else repr(value)
    return BadConfig(f"{name} = {shown} is not allowed: {allowed}")


def told(file: Path, error: ValidationError, model: type[BaseModel]) -> BadConfig:
    """Return what to raise for the first thing that pydantic found."""
    first = error.errors(include_url=False)[0]
    keys = [part for part in first["loc"] if isinstance(part, str)]
    section = _section(model, keys)
    listed = _listed(file, first["loc"])
    prefix = listed or f"{file}: "
    if first["type"] == "extra_forbidden":
        siblings = ", ".join(one for one in section.model_fields if one not in TOKENS)
        name = keys[-1] if listed else ".".join(keys)
        return BadConfig(f"{prefix}{name} is not a known key; allowed here: {siblings}")
    allowed = _allowed(first, section, keys[-1])
    if first["type"] == "missing":
        return BadConfig(f"{prefix}{keys[-1]} is missing: {allowed}")
    if listed:
        shown = repr(first["input"])
        return BadConfig(f"{listed}{keys[-1]} = {shown} is not allowed: {allowed}")
    return unusable(file, keys, first["input"], allowed)


def _listed(file: Path, loc: Sequence[str | int]) -> str:
    """Say in which of several tables of one name a key stands; "" for one that stands in none."""
    if len(loc) < 3 or not isinstance(loc[1], int):
        return ""
    name, at = str(loc[0]), loc[1] + 1
    variable = variable_of([name])
    if variable in environment():
        return f"environment: {variable}, table {at}: "
    return f"{file}: [[{name}]], table {at}: "


def refuse_unknown_variables(model: type[BaseModel]) -> None:
    """Raise for a variable that has our prefix and sets nothing."""
    known = ["CONFIG", *(variable_of(keys).removeprefix(PREFIX) for keys in leaves(model))]
    for name in sorted(environment()):
        said = name.removeprefix(PREFIX)
        if name.startswith(PREFIX) and said not in known:
            near = get_close_matches(said, known, 1)
            hint = f"did you mean {PREFIX}{near[0]}?" if near else "config.toml lists them all"
            raise BadConfig(f"environment: {name} is not a setting; {hint}")


def refuse_wrong_types(file: Path, values: Mapping[str, Any], model: type[BaseModel]) -> None:
    """Raise for a text where a file has to give a number: only variables are all text."""
    for keys in leaves(model):
        value = _at(values, keys)
        field = _section(model, keys).model_fields[keys[-1]]
        wins = variable_of(keys) in environment()
        if value is not None and not wins and not _fits(value, field.annotation):
            raise unusable(file, keys, value, _kind(field))


def _at(values: Any, keys: Iterable[str]) -> Any:
    for key in keys:
        values = values.get(key) if isinstance(values, dict) else None
    return values


def _fits(value: object, kind: object) -> bool:
    """Tell whether a file's value is of a setting's kind; what is no number is left to others."""
    if isinstance(value, bool):
        return True
    if kind is int:
        return isinstance(value, int)
    if kind is float:
        return isinstance(value, int | float)
    return get_args(kind)[:1] != (int,) or isinstance(value, list)


def environment() -> set[str]:
    """Return the names of all variables, in capitals: case does not tell them apart."""
    return {name.upper() for name in os.environ}


def variable_of(keys: Iterable[str]) -> str:
    """Return the environment variable that wins over a key."""
    return PREFIX + "__".join(keys).upper()


def leaves(model: type[BaseModel], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of every setting that has a value of its own."""
    for name, field in model.model_fields.items():
        inner = _model_of(field)
        if inner is None:
            yield (*above, name)
        else:
            yield from leaves(inner, (*above, name))


def _model_of(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _table_of(field: FieldInfo) -> type[BaseModel] | None:
    """Return the model of each table where a setting is a list of them."""
    kind = next(iter(get_args(field.annotation)), None)
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _section(model: type[BaseModel], keys: Sequence[str]) -> type[BaseModel]:
    """Return the model in which the last of the keys stands."""
    for key in keys[:-1]:
        field = model.model_fields[key]
        model = _model_of(field) or _table_of(field) or model
    return model


def _allowed(error: Any, section: type[BaseModel], key: str) -> str:
    said = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    field = section.model_fields.get(key)
    if field is None or error["type"] in {"value_error", "literal_error"}:
        return said
    if _model_of(field):
        return f"a table, [{key}]"
    if _table_of(field):
        return f"tables, [[{key}]]"
    return _kind(field, said)


def _kind(field: FieldInfo, otherwise: str = "") -> str:
    if get_args(field.annotation)[:1] == (int,):
        return "a list of whole numbers, such as [12, 34]"
    return f"{KINDS.get(field.annotation, otherwise)}{_range(field)}"


def _range(field: FieldInfo) -> str:
    bounds: dict[str, Any] = {}
    for one in field.metadata:
        names = ("ge", "gt", "le", "min_length", "max_length")
        bounds |= {name: getattr(one, name) for name in names if hasattr(one, name)}
    match bounds:
        case {"ge": low, "le": high}:
            return f" from {low:,} to {high:,}"
        case {"gt": low, "le": high}:
            return f" above {low:,}, up to {high:,}"
        case {"ge": low}:
            return f" from {low:,} up"
        case {"min_length": low, "max_length": high}:
            return f" of {low} to {high} characters"
    return ""

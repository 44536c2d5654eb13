"""The base of events and their parts: frozen values that declare their fields, and that refuse what does not fit them.

A field is declared once, by its annotation, and read by two. The readers here accept what is plainly valid. On doubt,
pydantic judges, and says what is wrong; a property holds both to the same values. To import pydantic and to build its
schemas takes 120 ms, as long as everything else that `report` does.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import cache, partial
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Final,
    Literal,
    NamedTuple,
    Self,
    TypeVar,
    Union,
    get_args,
    get_origin,
)
from uuid import UUID

from events.model.constraints import ANY_TEXT, CONSTRAINTS, REQUIRED, FieldInfo, InDoubtError, Reader
from events.model.edtf import format_instant
from events.model.typed_times import TypedTimes
from events.model.values import DateValue, DecimalValue, Range, value_json

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

UUID_CHARS: Final = 36
_Part = TypeVar("_Part", bound="Part")


class Dump(NamedTuple):
    """How fields become JSON: with lists as `sequence`, without defaults, None, or what is unset."""

    sequence: type[list[Any]] | type[tuple[Any, ...]]
    exclude_defaults: bool
    exclude_none: bool
    exclude_unset: bool


class Part:
    """A frozen value that refuses unknown fields. Most methods have the names of those of pydantic's models.

    A subclass declares its fields as annotations. It may override `prepare` and `check`, and has functions in
    `field_checks`, by field, which get the field's value and all fields before it. They raise ValueError.
    """

    # Where pydantic puts what it reads.
    __slots__ = ("__dict__", "__pydantic_extra__", "__pydantic_fields_set__", "__pydantic_private__")

    __pydantic_fields_set__: set[str]
    model_fields: ClassVar[Mapping[str, FieldInfo]] = {}
    field_checks: ClassVar[Mapping[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        declared = {
            name: FieldInfo(annotation, vars(cls).get(name, REQUIRED))
            for name, annotation in cls.__annotations__.items()
            if name not in vars(Part)
        }
        cls.model_fields = {**cls.model_fields, **declared}

    def __init__(self, /, **fields: Any) -> None:
        other = self.model_validate(fields)
        self.__setstate__(other.__getstate__())

    @staticmethod
    def prepare(raw: object) -> object:
        """Return the JSON as it is to be read."""
        return raw

    def check(self) -> None:
        """Check the value as a whole."""

    @property
    def model_fields_set(self) -> set[str]:
        """The names of the fields that were given, rather than left at their defaults."""
        return self.__pydantic_fields_set__

    @classmethod
    def model_validate(cls, raw: object, *, context: TypedTimes | None = None) -> Self:
        """Return the value that `raw` describes, or raise pydantic's ValidationError with every problem in it."""
        try:
            return read_part(cls, raw)
        except (TypeError, ValueError):
            from events.model.schemas import judge  # noqa: PLC0415 - see above

            judged: Self = judge(cls, raw, context)
            return judged

    @classmethod
    def model_construct(cls, _fields_set: set[str] | None = None, **values: Any) -> Self:
        """Return a value of fields that are known to fit."""
        complete = {
            name: values.get(name, field.default)
            for name, field in cls.model_fields.items()
            if name in values or not field.is_required()
        }
        return _filled(cls, complete, set(values) if _fields_set is None else _fields_set)

    def model_copy(self, *, update: Mapping[str, Any]) -> Self:
        """Return a copy with other values, which are known to fit."""
        return _filled(type(self), {**vars(self), **update}, self.model_fields_set | update.keys())

    def model_dump(
        self,
        *,
        mode: Literal["python", "json"] = "python",
        include: Collection[str] | None = None,
        exclude: Collection[str] = (),
        exclude_defaults: bool = False,
        exclude_none: bool = False,
        exclude_unset: bool = False,
    ) -> dict[str, Any]:
        """Return the fields as JSON. Lists are tuples, unless `mode` is json.

        `include` and `exclude` concern these fields alone, and the others those of its parts too.
        """
        how = Dump(list if mode == "json" else tuple, exclude_defaults, exclude_none, exclude_unset)
        return self.dump(how, {name for name in (vars(self) if include is None else include) if name not in exclude})

    def dump(self, how: Dump, names: Collection[str] | None = None) -> dict[str, Any]:
        """Return the fields, or those of `names`, as JSON."""
        defaults, dumped = _plan(type(self)).defaults, {}  # type: ignore[arg-type]  # to mypy, no class is hashable
        for name, value in vars(self).items():
            if (
                (names is None or name in names)
                and not (how.exclude_defaults and value == defaults[name])
                and not (how.exclude_none and value is None)
                and not (how.exclude_unset and name not in self.model_fields_set)
            ):
                dumped[name] = value if value is None or type(value) in _AS_THEY_ARE else _json_of(value, how)
        return dumped

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} is frozen")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} is frozen")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(tuple(vars(self).values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"

    def __getstate__(self) -> tuple[dict[str, Any], set[str]]:
        return vars(self), self.model_fields_set

    def __setstate__(self, state: tuple[dict[str, Any], set[str]]) -> None:
        values, names = state
        _set_fields(self, values)
        _set_names(self, names)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        """Return pydantic's schema of the same."""
        from events.model.schemas import part_schema  # noqa: PLC0415 - see above

        return part_schema(cls, handler)


class Patch(Part):
    """A part in which `null` clears a field, and an absent field stays as it is. Its JSON has both."""

    def dump(self, how: Dump, names: Collection[str] | None = None) -> dict[str, Any]:
        """Return those fields as JSON that were given."""
        dumped = super().dump(how, names)
        return {
            name: dumped.get(name, None if value == () else value)
            for name, value in vars(self).items()
            if name in self.model_fields_set
        }


# What `object.__setattr__` would do in twice the time.
_set_fields, _set_names = (vars(Part)[name].__set__ for name in ("__dict__", "__pydantic_fields_set__"))


def _filled(kind: type[_Part], values: dict[str, Any], names: set[str]) -> _Part:
    """Return a part of fields that fit. `names` are those of the fields that were given."""
    part = kind.__new__(kind)
    _set_fields(part, values)
    _set_names(part, names)
    return part


class _Plan(NamedTuple):
    """How a class of parts is read, and the defaults of its fields."""

    prepare: Reader
    readers: Mapping[str, Reader]
    field_checks: Mapping[str, Any]
    check: Callable[[Any], None] | None
    required: frozenset[str]
    defaults: dict[str, Any]
    maps: tuple[str, ...]
    """The fields whose default is an empty map, which no two parts share."""


@cache
def _plan(kind: type[Part]) -> _Plan:
    return _Plan(
        kind.prepare,
        {name: reader_of(field.annotation) for name, field in kind.model_fields.items()},
        kind.field_checks,
        None if kind.check is Part.check else kind.check,
        frozenset(name for name, field in kind.model_fields.items() if field.is_required()),
        {name: field.default for name, field in kind.model_fields.items()},
        tuple(name for name, field in kind.model_fields.items() if field.default == {}),
    )


def read_part(kind: type[_Part], raw: object) -> _Part:
    """Return the part that `raw` describes if it is plainly valid; TypeError or ValueError on any doubt."""
    if type(raw) is kind:
        return raw
    plan = _plan(kind)  # type: ignore[arg-type]  # to mypy, no class is hashable
    raw = plan.prepare(raw)
    if type(raw) is not dict or not plan.required <= raw.keys() <= plan.defaults.keys():
        raise InDoubtError
    values, readers = plan.defaults.copy(), plan.readers
    for name in plan.maps:
        values[name] = {}
    for name, value in raw.items():
        values[name] = readers[name](value)
    for name, check in plan.field_checks.items():
        values[name] = check(values[name], values)
    part = _filled(kind, values, set(raw))
    if plan.check is not None:
        plan.check(part)
    return part


@cache
def reader_of(annotation: Any) -> Reader:
    """Return the reader of a field that is annotated so."""
    arguments = get_args(annotation)
    origin = get_origin(annotation)
    if origin is Annotated:
        reader = reader_of(arguments[0])
        for constraint in arguments[1:]:
            reader = constraint.reader(reader) if isinstance(constraint, CONSTRAINTS) else reader
        return reader
    if origin in {Union, UnionType} and NoneType in arguments:
        [inner] = (reader_of(argument) for argument in arguments if argument is not NoneType)
        return lambda raw: None if raw is None else inner(raw)
    if origin is Literal:
        return partial(_read_choice, arguments)
    if origin is tuple:
        return partial(_read_list, reader_of(arguments[0]))
    if origin is dict:
        return partial(_read_object, *map(reader_of, arguments))
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return partial(read_part, annotation)
    return {str: ANY_TEXT.reader(_doubt), UUID: _read_uuid}.get(annotation, _doubt)


def _doubt(raw: object) -> Any:  # noqa: ARG001 - a Reader
    raise InDoubtError


def _read_choice(choices: tuple[str, ...], raw: object) -> str:
    if type(raw) is str and raw in choices:
        return raw
    raise InDoubtError


def _read_list(read: Reader, raw: object) -> tuple[Any, ...]:
    if isinstance(raw, list | tuple):
        return tuple(map(read, raw))
    raise InDoubtError


def _read_object(read_name: Reader, read: Reader, raw: object) -> dict[Any, Any]:
    if type(raw) is dict:
        return {read_name(name): read(value) for name, value in raw.items()}
    raise InDoubtError


def _read_uuid(raw: object) -> UUID:
    if isinstance(raw, str) and len(raw) == UUID_CHARS:
        return UUID(raw)
    raise InDoubtError


_AS_THEY_ARE: Final = frozenset({str, int, bool})


def _json_of(value: Any, how: Dump) -> Any:
    """Return the JSON of a field's value."""
    if value is None or type(value) in _AS_THEY_ARE:
        return value
    if type(value) is tuple:
        return how.sequence([_json_of(item, how) for item in value])
    if isinstance(value, Part):
        return value.dump(how)
    if type(value) is dict:
        return {name: _json_of(item, how) for name, item in value.items()}
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, DecimalValue | Range | DateValue):
        return value_json(value)
    return str(value) if isinstance(value, UUID) else value.as_json()

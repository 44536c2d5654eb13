"""What a field of an event may hold: each constraint reads what is plainly valid, and describes itself to pydantic.

A constraint stands in the `Annotated` of a field. Its reader raises ValueError on any doubt, and pydantic then judges
by the schema of the same constraint (`events.model.part`). Schemas are described in
https://docs.pydantic.dev/latest/concepts/types/#custom-types.
"""

import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple, TypeAlias, get_args, get_origin

from events.model.typed_times import TypedTimes

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema
    from pydantic_core.core_schema import ValidationInfo

Reader: TypeAlias = Callable[[Any], Any]
_CODE_POINT = re.compile(r"\\x\{([0-9A-Fa-f]+)\}")


REQUIRED: Final = object()
"""The default of a field that has none."""


class FieldInfo(NamedTuple):
    """A field as it is declared."""

    annotation: Any
    default: Any = REQUIRED

    def is_required(self) -> bool:
        """Return True if the field has no default."""
        return self.default is REQUIRED

    @property
    def metadata(self) -> list[Any]:
        """What the annotation says besides the type."""
        return [*get_args(self.annotation)[1:]] if get_origin(self.annotation) is Annotated else []


class InDoubtError(ValueError):
    """A value is not plainly valid: pydantic has to judge it."""


def python_pattern(pattern: str) -> str:
    """Return Python's spelling of a pattern that is written for pydantic's engine."""
    return _CODE_POINT.sub(lambda match: f"\\U{int(match[1], 16):08x}", pattern)


class Text(NamedTuple):
    """A text with limits. The whole of it must match `pattern`, which is written for pydantic's engine.

    `is_plain` is a test that takes less time: what passes it matches, has no lone surrogate, and no space but " ". By
    default it is the pattern itself, which then must allow ASCII alone.
    """

    chars_max: int
    pattern: str | None = None
    is_plain: Callable[[str], object] | None = None
    chars_min: int = 0
    strip: bool = False

    def reader(self, inner: Reader) -> Reader:  # noqa: ARG002 - it reads the text itself
        """Return a reader of such texts."""
        low, high, strip = self.chars_min, self.chars_max, self.strip
        pattern = python_pattern(self.pattern or r"[\s\S]*")
        is_plain = self.is_plain or re.compile(pattern, re.ASCII).fullmatch

        def read(raw: object) -> str:
            if type(raw) is not str:
                raise InDoubtError
            text = raw.strip(" ") if strip else raw
            if not low <= len(text) <= high:
                raise InDoubtError
            if not is_plain(text):
                # Python and pydantic differ in what else is a space.
                if not re.fullmatch(pattern, text) or (strip and (text[:1].isspace() or text[-1:].isspace())):
                    raise InDoubtError
                text.encode()  # a lone surrogate raises UnicodeEncodeError
            return text

        return read

    def __get_pydantic_core_schema__(self, source: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        """Return the schema of such texts."""
        from pydantic_core import core_schema  # noqa: PLC0415 - as all of pydantic

        return core_schema.str_schema(
            min_length=self.chars_min, max_length=self.chars_max, strip_whitespace=self.strip, pattern=self.pattern
        )


ANY_TEXT: Final = Text(sys.maxsize, is_plain=str.isprintable)


class Whole(NamedTuple):
    """A whole number between `low` and `high`, both inclusive."""

    low: int
    high: int

    def reader(self, inner: Reader) -> Reader:  # noqa: ARG002 - it reads the number itself
        """Return a reader of such numbers."""

        def read(raw: object) -> int:
            if type(raw) is not int or not self.low <= raw <= self.high:
                raise InDoubtError
            return raw

        return read

    def __get_pydantic_core_schema__(self, source: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        """Return the schema of such numbers."""
        from pydantic_core import core_schema  # noqa: PLC0415 - as all of pydantic

        return core_schema.int_schema(strict=True, ge=self.low, le=self.high)


class YesOrNo(NamedTuple):
    """True or false, and nothing that stands for them."""

    def reader(self, inner: Reader) -> Reader:  # noqa: ARG002 - it reads the value itself
        """Return a reader of both."""

        def read(raw: object) -> bool:
            if type(raw) is not bool:
                raise InDoubtError
            return raw

        return read

    def __get_pydantic_core_schema__(self, source: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        """Return the schema of both."""
        from pydantic_core import core_schema  # noqa: PLC0415 - as all of pydantic

        return core_schema.bool_schema(strict=True)


class Parsed(NamedTuple):
    """Whatever `parse` takes: the JSON, and how times are read. It raises ValueError."""

    parse: Callable[[Any, TypedTimes | None], Any]

    def reader(self, inner: Reader) -> Reader:  # noqa: ARG002 - it reads the value itself
        """Return a reader of strict times. What it reads, typed times read alike."""
        return lambda raw: self.parse(raw, None)

    def __get_pydantic_core_schema__(self, source: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        """Return the schema of such values."""
        from pydantic_core import core_schema  # noqa: PLC0415 - as all of pydantic

        def validate(raw: Any, info: "ValidationInfo") -> Any:
            return self.parse(raw, info.context)

        return core_schema.with_info_plain_validator_function(validate)


class AtMost(NamedTuple):
    """A list or an object with a limit."""

    items: int

    def reader(self, inner: Reader) -> Reader:
        """Return a reader of what `inner` reads, within the limit."""

        def read(raw: Any) -> Any:
            value = inner(raw)
            if len(value) > self.items:
                raise InDoubtError
            return value

        return read

    def __get_pydantic_core_schema__(self, source: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        """Return the schema of `source`, within the limit."""
        return {**handler(source), "max_length": self.items}


class Before(NamedTuple):
    """What is done with the JSON before it is read."""

    function: Reader

    def reader(self, inner: Reader) -> Reader:
        """Return a reader that calls the function first."""
        return lambda raw: inner(self.function(raw))

    def __get_pydantic_core_schema__(self, source: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        """Return the schema of `source`, before which the function is called."""
        from pydantic_core import core_schema  # noqa: PLC0415 - as all of pydantic

        return core_schema.no_info_before_validator_function(self.function, handler(source))


class After(NamedTuple):
    """What is done with the value that was read: returns the value, or raises ValueError."""

    function: Reader

    def reader(self, inner: Reader) -> Reader:
        """Return a reader that calls the function last."""
        return lambda raw: self.function(inner(raw))

    def __get_pydantic_core_schema__(self, source: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        """Return the schema of `source`, after which the function is called."""
        from pydantic_core import core_schema  # noqa: PLC0415 - as all of pydantic

        return core_schema.no_info_after_validator_function(self.function, handler(source))


CONSTRAINTS = Text | Whole | YesOrNo | Parsed | AtMost | Before | After

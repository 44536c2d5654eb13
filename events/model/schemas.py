"""The shapes of events for pydantic, which judges what is not plainly valid: see `events.model.part`."""

from functools import cache
from typing import Any

from pydantic import GetCoreSchemaHandler, TypeAdapter
from pydantic_core import CoreSchema, core_schema

from events.model.constraints import REQUIRED, FieldInfo
from events.model.typed_times import TypedTimes


def judge(annotation: Any, raw: object, times: TypedTimes | None) -> Any:
    """Return the value that `raw` describes, or raise ValidationError with every problem in it."""
    return _adapter(annotation).validate_python(raw, context=times)


@cache
def _adapter(annotation: Any) -> TypeAdapter[Any]:
    return TypeAdapter(annotation)


def part_schema(kind: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
    """Return the schema of a class of parts."""
    fields = {name: _field_schema(kind, name, field, handler) for name, field in kind.model_fields.items()}
    schema: CoreSchema = core_schema.model_fields_schema(fields, model_name=kind.__name__, extra_behavior="forbid")
    schema = core_schema.no_info_before_validator_function(kind.prepare, schema)
    config = core_schema.CoreConfig(title=kind.__name__)
    model = core_schema.model_schema(kind, schema, config=config)
    return core_schema.no_info_after_validator_function(_finish, model)


def _field_schema(kind: Any, name: str, field: FieldInfo, handler: GetCoreSchemaHandler) -> core_schema.ModelField:
    schema = handler.generate_schema(field.annotation)
    if (check := kind.field_checks.get(name)) is not None:
        schema = core_schema.with_info_after_validator_function(lambda value, info: check(value, info.data), schema)
    if type(field.default) is dict:
        schema = core_schema.with_default_schema(schema, default_factory=field.default.copy)
    elif field.default is not REQUIRED:
        schema = core_schema.with_default_schema(schema, default=field.default)
    return core_schema.model_field(schema)


def _finish(part: Any) -> Any:
    part.check()
    return part

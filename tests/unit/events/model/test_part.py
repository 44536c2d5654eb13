"""Parts: frozen values that pydantic judges only on doubt, and the constraints of their fields."""

import copy
import pickle
from uuid import UUID

import pytest
from pydantic import ValidationError

from events.model import schemas
from events.model.events import Erased
from events.model.part import Part
from events.model.parts import Claim, Expectation, Speaker

ANA = Speaker(name="Ana", org="Port")


def test_part_can_neither_lose_nor_get_a_field() -> None:
    with pytest.raises(AttributeError, match=r"Speaker\.name is frozen"):
        del ANA.name
    with pytest.raises(AttributeError, match=r"Speaker\.age is frozen"):
        ANA.age = 9


def test_parts_are_equal_if_kind_and_fields_are() -> None:
    assert Speaker(name="Ana", org="Port") == ANA
    assert hash(Speaker(org="Port", name="Ana")) == hash(ANA)
    assert Speaker(name="Ana") != ANA
    assert ANA != "Ana (Port)"


def test_part_is_taken_as_it_is() -> None:
    assert Speaker.model_validate(ANA) is ANA


def test_copy_and_pickle_keep_which_fields_are_set() -> None:
    cleared = Expectation.model_validate({"id": "e1", "due": None})
    for again in (copy.deepcopy(cleared), pickle.loads(pickle.dumps(cleared)), cleared.model_copy(update={})):
        assert again == cleared
        assert again.model_fields_set == {"id", "due"}


def test_constructed_part_has_defaults_and_no_field_that_misses() -> None:
    claim = Claim.model_construct(value=2)
    assert claim.stance == "asserts"
    assert not hasattr(claim, "key")


def test_pydantic_judges_only_what_is_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[object] = []
    monkeypatch.setattr(schemas, "judge", lambda *case: judged.append(case[1]))
    Claim.model_validate({"key": "hurt", "value": 2})
    assert judged == []
    Claim.model_validate({"key": "Hurt", "value": 2})
    assert judged == [{"key": "Hurt", "value": 2}]


@pytest.mark.parametrize("raw", [{"box": "x"}, {"names": "a"}, {"names": {"a": 1}}, {"id": "1"}, {"other": 1}, [], "x"])
def test_other_shapes_are_refused(raw: object) -> None:
    with pytest.raises(ValidationError):
        _Box.model_validate(raw)


class _Box(Part):
    id: UUID | None = None
    box: int | None = None
    names: tuple[str, ...] = ()


def test_types_without_a_reader_are_left_to_pydantic() -> None:
    assert _Box.model_validate({"box": 3}).box == 3
    erased = {"story": "s", "was": "development_reported", "development": "d1", "fields": ["Größe\u00a0"]}
    assert Erased.model_validate(erased).fields == ("Größe\u00a0",)

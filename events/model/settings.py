"""How the desk wants facts shown and folded: `facts` of story_opened and story_revised (events/README.md#settings)."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Final, NamedTuple, Self, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, PlainValidator, model_validator

from events.model.parts import Patch
from events.model.text import INTEGER_MAX, PARTS_MAX, Flag, Key, Name, Slug
from events.model.values import DECIMAL_CHARS_MAX

_THRESHOLD: Final = r"((?:0|[1-9][0-9]*)(?:\.[0-9]+)?)\s?(%?)"
_REORDERING: Final = "[\x7f-\x9f\u202a-\u202e\u2066-\u2069]"


class Threshold(NamedTuple):
    """How far a number must move before followers are told: an amount, or a percentage of what they were last told.

    `number` is a decimal as it was written.
    """

    number: str
    is_percentage: bool = False

    def allowance(self, size: Decimal) -> Decimal:
        """Return how far a number of that `size` may move before it exceeds the threshold."""
        number = Decimal(self.number)
        return number * size / 100 if self.is_percentage else number

    def __str__(self) -> str:
        """Return `10%`, or `5`."""
        return f"{self.number}%" if self.is_percentage else self.number


def parse_threshold(raw: object) -> Threshold:
    """Return the threshold that JSON states: `"10%"`, `5` or `{"decimal": "0.5"}`; ValueError if it states none."""
    if isinstance(raw, Threshold):
        return raw
    text = raw["decimal"] if isinstance(raw, dict) and raw.keys() == {"decimal"} else raw
    text = str(text) if isinstance(text, int) and not isinstance(text, bool) else text
    match = re.fullmatch(_THRESHOLD, text) if isinstance(text, str) and len(text) <= DECIMAL_CHARS_MAX else None
    if match is None or not Decimal(match[1]) or (match[2] and text is not raw):
        raise ValueError('must be a percentage, "10%", or a number above zero, 5 or {"decimal": "0.5"}')
    return Threshold(match[1], is_percentage=bool(match[2]))


def _threshold_json(threshold: Threshold) -> str | int | dict[str, str]:
    number = threshold.number
    if threshold.is_percentage:
        return str(threshold)
    return int(number) if number.isdecimal() and int(number) <= INTEGER_MAX else {"decimal": number}


def _in_reading_order(label: str) -> str:
    character = re.search(_REORDERING, label)
    if character is not None:
        raise ValueError(f"contains U+{ord(character[0]):04X}, which readers cannot see and which may reorder the text")
    return label


def _off_if_none(raw: object) -> object:
    return False if raw is None else raw


SettingValue: TypeAlias = str | int | bool | Threshold
Label = Annotated[Name, AfterValidator(_in_reading_order)]
SortKey = Annotated[int, Field(strict=True, ge=-INTEGER_MAX, le=INTEGER_MAX)]
Switch = Annotated[Flag, BeforeValidator(_off_if_none)]
ThresholdField = Annotated[Threshold, PlainValidator(parse_threshold), PlainSerializer(_threshold_json)]


class FactSettings(Patch):
    """How the desk wants one fact shown and folded. `null` takes a setting back, as `false` does a switch.

    label: what readers see instead of the key
    order: facts with a lower one come first
    lead: whether it is among the key facts of the page
    hidden: whether the page leaves it out. State, feeds and history still have it
    evolving: whether a newer account replaces the older ones of other speakers
    settled: the development whose account counts where accounts differ
    follow: whether it has a feed of its own
    threshold: how far it must move before those who follow it are told
    """

    label: Label | None = None
    order: SortKey | None = None
    lead: Switch = False
    hidden: Switch = False
    evolving: Switch = False
    settled: Slug | None = None
    follow: Switch = False
    threshold: ThresholdField | None = None

    @model_validator(mode="after")
    def _sets_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(f"names no setting; the settings are {', '.join(type(self).model_fields)}")
        return self

    @property
    def in_force(self) -> dict[str, SettingValue]:
        """The settings that are made, by name: neither absent nor taken back."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: value for name, value in values.items() if value is not None and value is not False}


NO_SETTINGS: Final = FactSettings.model_construct()
SettingsOfFacts = Annotated[dict[Key, FactSettings], Field(max_length=PARTS_MAX)]


def merge_settings(
    settings: Mapping[str, FactSettings], changes: Mapping[str, FactSettings]
) -> dict[str, FactSettings]:
    """Return `settings` after `changes`, key by key and setting by setting, without what is taken back."""
    merged = dict(settings)
    for key, change in changes.items():
        changes_of_key = {name: getattr(change, name) for name in change.model_fields_set}
        settings_of_key = merged.pop(key, NO_SETTINGS).model_copy(update=changes_of_key).in_force
        if settings_of_key:
            merged[key] = NO_SETTINGS.model_copy(update=settings_of_key)
    return merged


def without_settlements(settings: Mapping[str, FactSettings]) -> dict[str, FactSettings]:
    """Return `settings` without those that settle accounts."""
    others = {key: (change, change.model_fields_set - {"settled"}) for key, change in settings.items()}
    return {
        key: FactSettings.model_construct(_fields_set=set(names), **{name: getattr(change, name) for name in names})
        for key, (change, names) in others.items()
        if names
    }


def setting_differences(
    before: Mapping[str, FactSettings], after: Mapping[str, FactSettings]
) -> Iterator[tuple[str, str, SettingValue | None, SettingValue | None]]:
    """Yield each setting that is another in `after`: its key, its name, and its values, None if it is not made."""
    for key in sorted({*before, *after}):
        was, now = before.get(key, NO_SETTINGS).in_force, after.get(key, NO_SETTINGS).in_force
        for name in FactSettings.model_fields:
            if was.get(name) != now.get(name):
                yield key, name, was.get(name), now.get(name)

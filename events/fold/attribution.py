"""Whose voice a claim is: stated origins, which can corroborate, and unstated ones, which cannot (1.5.3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from events.model.parts import Source, Speaker
from events.model.text import folded


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Where a claim comes from. Origins are one when both are stated, or both not, and their names fold alike."""

    stated: bool
    folded_name: str
    name: str = field(compare=False)


def stated_names(origins: Iterable[Origin]) -> tuple[str, ...]:
    """Return the names of the stated origins, each once and sorted, in a spelling that no order can change."""
    spellings: dict[str, str] = {}
    for origin in origins:
        if origin.stated:
            spelt = spellings.get(origin.folded_name, origin.name)
            spellings[origin.folded_name] = min(spelt, origin.name)
    return tuple(spellings[name] for name in sorted(spellings))


class OriginMap:
    """The story's map of origins: {"US government": ["State Department", …]}, asked by name."""

    def __init__(self, origins: Mapping[str, Iterable[str]]) -> None:
        self._origin_of: dict[str, str] = {}
        for origin in sorted(origins):  # not in the order given: canonical JSON forgets that
            for member in (origin, *origins[origin]):
                self._origin_of.setdefault(folded(member), origin)

    def of(self, *names: str | None) -> str | None:
        """Return the origin of the first of `names` that the map knows."""
        known = (self._origin_of.get(folded(name)) for name in names if name is not None)
        return next((origin for origin in known if origin is not None), None)


def origins_of(
    speakers: Iterable[Speaker], sources: tuple[Source, ...], mapping: OriginMap, *, explicit: bool = False
) -> frozenset[Origin]:
    """Return the origins of what `speakers` say, or, without speakers, of what `sources` report: one voice.

    `explicit`: an editor has said that this source counts for itself (a `corroborates` without speaker), so a
    source that credits no `via` states its own name.
    """
    speaking = frozenset(_speaker_origin(speaker, sources, mapping) for speaker in speakers)
    if speaking:
        return speaking
    stated = _one_stated(sources)
    if stated is not None:
        return frozenset({stated})
    own = next((source.name for source in sources if not source.via), None)
    if explicit and own is not None:
        return frozenset({_stated(own)})
    return frozenset({_unstated(sources[0].name if sources else "")})


def _speaker_origin(speaker: Speaker, sources: tuple[Source, ...], mapping: OriginMap) -> Origin:
    name = speaker.origin or mapping.of(speaker.org, speaker.name) or speaker.org
    if name is not None:
        return _stated(name)
    stated = _one_stated(sources)
    if stated is not None:
        return stated
    if speaker.name is not None:
        return _unstated(speaker.name)
    return _unstated(sources[0].name if sources else speaker.role or "")


def _one_stated(sources: tuple[Source, ...]) -> Origin | None:
    """Return the one origin that `sources` state, or None where they state none or several."""
    stated = {_stated(source.origin) for source in sources if source.origin is not None}
    return stated.pop() if len(stated) == 1 else None


def _stated(name: str) -> Origin:
    return Origin(stated=True, folded_name=folded(name), name=name)


def _unstated(name: str) -> Origin:
    return Origin(stated=False, folded_name=folded(name), name=name)

"""Where a claim comes from: stated origins, which can corroborate, and unstated ones, which cannot.

The rules: events/README.md#origins.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from events.model.parts import Source, Speaker
from events.model.text import folded

_ORIGINS_CACHE_MAX: Final = 4096


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Where a claim comes from. Origins are equal if both are stated, or both not, and their folded names are equal."""

    stated: bool
    folded_name: str
    name: str = field(compare=False)

    def __hash__(self) -> int:
        """Hash the name alone: few are both stated and not, and origins are looked up several times a claim."""
        return hash(self.folded_name)


def stated_names(origins: Iterable[Origin]) -> tuple[str, ...]:
    """Return the names of the stated origins, each once, sorted. The spelling does not depend on the order given."""
    spellings: dict[str, str] = {}
    for origin in origins:
        if origin.stated:
            other = spellings.get(origin.folded_name, origin.name)
            spellings[origin.folded_name] = min(other, origin.name)
    return tuple(spellings[name] for name in sorted(spellings))


class OriginMap:
    """The story's map of origins, {"US government": ["State Department", …]}, with names looked up folded."""

    def __init__(self, origins: Mapping[str, Iterable[str]]) -> None:
        self.by_name: dict[str, str] = {}
        for origin in sorted(origins):  # not in the order given: canonical JSON forgets that
            for member in (origin, *origins[origin]):
                self.by_name.setdefault(folded(member), origin)

    def of(self, *names: str | None) -> str | None:
        """Return the origin of the first of `names` that the map has."""
        for name in names:
            if name is not None and folded(name) in self.by_name:
                return self.by_name[folded(name)]
        return None

    def differing(self, other: "OriginMap") -> set[str]:
        """Return the names, folded, of which the two maps have other origins."""
        names = self.by_name.keys() | other.by_name.keys()
        return {name for name in names if self.by_name.get(name) != other.by_name.get(name)}


NO_ORIGINS: Final = OriginMap({})


def origins_of(
    speakers: tuple[Speaker, ...], sources: tuple[Source, ...], mapping: OriginMap, *, explicit: bool = False
) -> frozenset[Origin]:
    """Return the origins of what `speakers` say, or of what `sources` report if there are no speakers.

    `explicit` if an editor says that the source counts for itself, by a `corroborates` without a speaker: then a source
    that credits no `via` states its own name.
    """
    if speakers:
        return frozenset({_speaker_origin(speaker, sources, mapping) for speaker in speakers})
    origin = _one_stated(sources)
    if origin is not None:
        return frozenset({origin})
    own = next((source.name for source in sources if not source.via), None)
    if explicit and own is not None:
        return frozenset({_stated(own)})
    return frozenset({_unstated(sources[0].name if sources else "")})


def _speaker_origin(speaker: Speaker, sources: tuple[Source, ...], mapping: OriginMap) -> Origin:
    name = speaker.origin or mapping.of(speaker.org, speaker.name) or speaker.org
    if name is not None:
        return _stated(name)
    origin = _one_stated(sources)
    if origin is not None:
        return origin
    if speaker.name is not None:
        return _unstated(speaker.name)
    return _unstated(sources[0].name if sources else speaker.role or "")


def _one_stated(sources: tuple[Source, ...]) -> Origin | None:
    """Return the one origin that `sources` state, or None if they state none or several."""
    origins = {_stated(source.origin) for source in sources if source.origin is not None}
    return origins.pop() if len(origins) == 1 else None


@lru_cache(maxsize=_ORIGINS_CACHE_MAX)
def _stated(name: str) -> Origin:
    return Origin(stated=True, folded_name=folded(name), name=name)


@lru_cache(maxsize=_ORIGINS_CACHE_MAX)
def _unstated(name: str) -> Origin:
    return Origin(stated=False, folded_name=folded(name), name=name)

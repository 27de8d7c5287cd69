"""A small table of facts: countries and regions with their other names, demonyms and capitals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from search.text import fold


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Folded name → the place's usual name; demonyms apart, since "Syrian" is no name of Syria."""

    places: dict[str, str]
    demonyms: dict[str, str]
    longest: int

    def find(self, name: str) -> str | None:
        """The usual name of the place that goes by this name or demonym."""
        return self.find_place(name) or self.find_demonym(name)

    def find_demonym(self, name: str) -> str | None:
        """The usual name of the place whose people or language goes by this name."""
        return self.demonyms.get(fold(name))

    def find_place(self, name: str) -> str | None:
        """The usual name of the place that goes by this name; an acronym must stand in capitals."""
        if len(name) <= 3 and not name.isupper():
            return None
        return self.places.get(_build_key(name))


def _build_key(name: str) -> str:
    """ "U. S." and "U.S" are "U.S."."""
    return fold(name).replace(". ", ".").removesuffix(".")


@cache
def read_gazetteer() -> Gazetteer:
    """The table in places.tsv: name, other names, demonyms (a hyphen stands for a space), capital."""
    places: dict[str, str] = {}
    demonyms: dict[str, str] = {}
    for line in files("search.cast").joinpath("places.tsv").read_text("utf-8").splitlines():
        name, others, people, capital = line.split("\t")
        for place in (name, *filter(None, others.split("|"))):
            places[_build_key(place)] = name
        if capital:
            places.setdefault(_build_key(capital), capital)
        for demonym in people.split():
            demonyms[fold(demonym.replace("-", " "))] = name
    return Gazetteer(places, demonyms, max(len(place.split()) for place in (*places, *demonyms)))

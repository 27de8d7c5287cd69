"""Reads places.tsv, a table of countries and regions with their other names, demonyms and capitals.

The table is our own: no published gazetteer is its source.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from search.text import fold


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Maps names of places, and demonyms, to the usual name of the place.

    The keys of `places` and `demonyms` are folded. `longest` is the number of words in the longest of them.
    """

    places: dict[str, str]
    demonyms: dict[str, str]
    longest: int

    def find(self, name: str) -> str | None:
        """Return the usual name of the place with this name or demonym; None if there is none."""
        return self.find_place(name) or self.find_demonym(name)

    def find_demonym(self, name: str) -> str | None:
        """Return the usual name of the place whose people or language has this name; None if there is none."""
        return self.demonyms.get(fold(name))

    def find_place(self, name: str) -> str | None:
        """Return the usual name of the place with this name; None if there is none.

        An acronym counts only in capitals: "us" is not the US.
        """
        if len(name) <= 3 and not name.isupper():
            return None
        return self.places.get(_build_key(name))


def _build_key(name: str) -> str:
    """Build the key that "U. S.", "U.S" and "U.S." share."""
    return fold(name).replace(". ", ".").removesuffix(".")


@cache
def read_gazetteer() -> Gazetteer:
    """Read places.tsv, once.

    A line has four columns with tabs between: name; other names, with "|" between; demonyms, with spaces between and a
    hyphen for a space; capital.
    """
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

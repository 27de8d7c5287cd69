"""Facets as rows, each with the term that narrows the query to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.widgets import ListRow

if TYPE_CHECKING:
    from search import FacetCount, Facets

_fields = {"persons": "person", "organisations": "org", "places": "place"}


def build_facet_rows(facets: Facets) -> list[ListRow]:
    """Build a heading for each kind of facet, and below it a row for each term."""
    rows: list[ListRow] = []
    for kind, field in _fields.items():
        rows += _build_part(kind, [(f"{field}:#{each.key}", each) for each in getattr(facets, kind)])
    rows += _build_part("sources", [(f'source:"{each.key}"', each) for each in facets.sources if '"' not in each.key])
    newest_first = reversed(facets.months)
    return rows + _build_part("months", [(f"date:{each.key}", each) for each in newest_first])


def _build_part(kind: str, terms: list[tuple[str, FacetCount]]) -> list[ListRow]:
    if not terms:
        return []
    heading = ListRow("", kind, "", is_bold=True)
    return [heading, *(ListRow(term, f"{each.count:6,}  {each.label}", "") for term, each in terms)]

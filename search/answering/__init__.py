"""Query in, Results out: the tree of a query over the index and the store, ranked, with snippets and facets."""

from search.answering.answerer import Answerer

__all__ = ["Answerer"]

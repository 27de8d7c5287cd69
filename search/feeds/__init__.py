"""Feeds: subscriptions, refreshed politely, whose entries become articles of the Library."""

from search.feeds.access import Access
from search.feeds.feeds import Feeds, Subscription

__all__ = ["Access", "Feeds", "Subscription"]

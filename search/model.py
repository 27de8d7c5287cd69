"""The frozen data that goes into a Library and comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date

ActorType = Literal["person", "organisation", "place", "event", "work", "other"]
MentionKind = Literal["name", "nominal", "pronoun"]
Why = Literal["name", "alias", "surname", "acronym", "title", "demonym", "nominal", "pronoun", "manual"]
Sort = Literal["date", "old", "relevance"]
Outcome = Literal["added", "changed", "skipped", "refused"]
FullTextChoice = Literal["auto", "always", "never"]
FeedErrorKind = Literal["network", "server", "format"]
FeedOutcome = Literal["fetched", "unchanged", "failed", "stopped"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a Document: its index, counted from 0, and its text, which has no newlines.

    All offsets in this module are in characters, from the start of a paragraph; an end is exclusive.
    """

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """One article. `id` is "" until a Library gives it one; `language` is what its source states, such as "en"."""

    id: str
    title: str | None
    source: str | None
    url: str | None
    published: date | None
    language: str | None
    paragraphs: tuple[Paragraph, ...]


_certain = 0.75


@dataclass(frozen=True, slots=True)
class Link:
    """The Actor that a Mention means: its id, the reason, and the confidence, from 0 to 1."""

    actor: str
    why: Why
    confidence: float

    @property
    def is_uncertain(self) -> bool:
        """Is the confidence so low that the reader marks the mention?"""
        return self.confidence < _certain


@dataclass(frozen=True, slots=True)
class Mention:
    """A span of a Paragraph that names or refers to an Actor.

    `paragraph` is the paragraph's index, `start` and `end` are offsets into its text. `link` is None if the mention
    means no known actor.
    """

    paragraph: int
    start: int
    end: int
    text: str
    kind: MentionKind
    type: ActorType
    link: Link | None = None

    @property
    def position(self) -> tuple[int, int]:
        """The paragraph's index and the start, by which mentions are sorted."""
        return self.paragraph, self.start


@dataclass(frozen=True, slots=True)
class Actor:
    """Who or what is mentioned: its longest name, all its names, and in how many mentions and documents.

    An actor without `aliases` has no proper name and belongs to one Document. Its `name` is then a description ("the
    rebels"), or "" if only pronouns refer to it.
    """

    id: str
    name: str
    type: ActorType
    aliases: tuple[str, ...]
    mentions: int
    documents: int


@dataclass(frozen=True, slots=True)
class Cast:
    """The mentions of one Document in reading order, and its actors by id."""

    mentions: tuple[Mention, ...]
    actors: dict[str, Actor]

    def only_names(self) -> Cast:
        """Return the cast without nominals and pronouns, and without actors that have no name."""
        mentions = tuple(mention for mention in self.mentions if mention.kind == "name")
        return Cast(mentions, {key: actor for key, actor in self.actors.items() if actor.aliases})

    def of_paragraph(self, index: int) -> tuple[Mention, ...]:
        """Return the mentions in one paragraph, in reading order."""
        return tuple(mention for mention in self.mentions if mention.paragraph == index)

    def of_actor(self, actor: str) -> tuple[Mention, ...]:
        """Return the mentions of the actor with this id, in reading order."""
        return tuple(mention for mention in self.mentions if mention.link and mention.link.actor == actor)


@dataclass(frozen=True, slots=True)
class Summary:
    """A Document as a line of a list. `title` is the document's id if it has no title."""

    id: str
    title: str
    source: str | None
    published: date | None


@dataclass(frozen=True, slots=True)
class Query:
    """A search, in the language that docs/queries.md describes.

    With `as_you_type` the last word is a prefix, because you are still typing it. `sort` overrides `sort:` in `text`.
    With `folds` a near-duplicate is folded below the article that it is a copy of, if both are found.
    """

    text: str
    as_you_type: bool = False
    sort: Sort | None = None
    folds: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A word of a Query in a Document: the paragraph's index, and the start and end in its text."""

    paragraph: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Snippet:
    """The words around a match, from one paragraph. `matches` are pairs of start and end in `text`."""

    paragraph: int
    text: str
    matches: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A Document that a search found.

    `score` is its BM25 score; 0 in results that are ordered by date. `snippet` is None if the query is empty.
    `title_matches` are pairs of start and end in the title. `copies` are the ids of the hits that are folded below it.
    """

    summary: Summary
    score: float
    snippet: Snippet | None
    title_matches: tuple[tuple[int, int], ...] = ()
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits, starting with row `offset` (from 0), of `total` hits in all.

    `note` says in half a line how newscast read an odd query, or what it left out; None if there is nothing to say.
    `folded` of all hits are folded below others: `offset` and pages count the `rows` that are left.
    """

    query: Query
    total: int
    offset: int
    hits: tuple[Hit, ...]
    note: str | None = None
    folded: int = 0

    @property
    def rows(self) -> int:
        """How many rows all pages have together."""
        return self.total - self.folded


@dataclass(frozen=True, slots=True)
class FacetCount:
    """The number of hits that have an actor, a source or a month.

    `key` is the actor's id, the source's name or the month as YYYY-MM; `label` is how to show it.
    """

    key: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """The most frequent persons, organisations, places and sources of all hits, and every month in order."""

    persons: tuple[FacetCount, ...]
    organisations: tuple[FacetCount, ...]
    places: tuple[FacetCount, ...]
    sources: tuple[FacetCount, ...]
    months: tuple[FacetCount, ...]


@dataclass(frozen=True, slots=True)
class MentionInContext:
    """A Mention with its document and its sentence; `start` and `end` are offsets into the sentence."""

    document: Summary
    mention: Mention
    sentence: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Addition:
    """The outcome of adding one file or page.

    `origin` is its path or address, `document` the id of its document, `reason` why it was refused or changed.
    """

    origin: str
    outcome: Outcome
    document: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that the library is subscribed to. Times are seconds since 1970; 0 stands for never.

    `title` is the feed's own, `name` the reader's. `full_text` and `interval` (seconds) are None where the settings, or
    how often the feed changes, decide. `pace` is the interval that newscast found. A server that asked for patience is
    left alone until `not_before`; a feed that `is_stopped` is fetched only by name.
    """

    number: int
    url: str
    title: str | None = None
    name: str | None = None
    folder: tuple[str, ...] = ()
    site: str | None = None
    full_text: FullTextChoice | None = None
    interval: int | None = None
    pace: int = 3_600
    due: float = 0
    fetched: float = 0
    not_before: float = 0
    etag: str | None = None
    modified: str | None = None
    body_hash: str | None = None
    error: str | None = None
    error_kind: FeedErrorKind | None = None
    failures: int = 0
    is_stopped: bool = False


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """What holds for all feeds: `full_text` for those that have no choice of their own.

    `private_addresses` lets feeds be fetched from this machine and its private network. `pause` is in seconds, between
    two requests to one host.
    """

    full_text: FullTextChoice = "auto"
    private_addresses: bool = False
    pause: float = 1.0
    threads: int = 16


@dataclass(frozen=True, slots=True)
class FeedResult:
    """What became of one feed in a refresh; `url` has no password in it."""

    feed: int
    url: str
    outcome: FeedOutcome
    added: int = 0
    changed: int = 0
    error: str | None = None
    error_kind: FeedErrorKind | None = None


@dataclass(frozen=True, slots=True)
class FeedOrigin:
    """The feed that an article came from, when, and what its text is: the feed's own, its page's, or a teaser."""

    feed: int
    name: str
    added: float
    text: Literal["feed", "page", "teaser"]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of long work: `done` of `total` (0 if unknown), and `what` is being done.

    `additions` are the files of this step, and `feeds` what became of its feeds; both are safe on disk.
    """

    done: int
    total: int
    what: str
    additions: tuple[Addition, ...] = ()
    feeds: tuple[FeedResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """The result of checking a Library: counts, and one line for each problem.

    `indexed` is the number of documents in the full-text index.
    """

    documents: int
    mentions: int
    actors: int
    indexed: int
    problems: tuple[str, ...]

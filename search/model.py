"""newscast's words as frozen data: what goes into a Library and what comes out."""

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
    """The unit of reading and of offsets: `index` in its Document, `text` without newlines."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """One article; `id` is empty until a Library has given it one."""

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
    """Which Actor a Mention means, for what reason, and how sure that is (0 to 1)."""

    actor: str
    why: Why
    confidence: float

    @property
    def is_uncertain(self) -> bool:
        """Is it so unsure that a reader should see it?"""
        return self.confidence < _certain


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of a Paragraph that names or refers to an Actor; `start` and `end` count its characters."""

    paragraph: int
    start: int
    end: int
    text: str
    kind: MentionKind
    type: ActorType
    link: Link | None = None

    @property
    def position(self) -> tuple[int, int]:
        """Where it stands in reading order."""
        return self.paragraph, self.start


@dataclass(frozen=True, slots=True)
class Actor:
    """Who or what is mentioned: its longest name, all names with it, and how often it appears where.

    Without `aliases` it has no name, only what it is called ("the rebels", nothing if all is "they"), and is of one
    Document.
    """

    id: str
    name: str
    type: ActorType
    aliases: tuple[str, ...]
    mentions: int
    documents: int


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is in one Document: its mentions in reading order, and their actors by id."""

    mentions: tuple[Mention, ...]
    actors: dict[str, Actor]

    def only_names(self) -> Cast:
        """The same without nominals and pronouns, and without whoever has no name."""
        mentions = tuple(mention for mention in self.mentions if mention.kind == "name")
        return Cast(mentions, {key: actor for key, actor in self.actors.items() if actor.aliases})

    def of_paragraph(self, index: int) -> tuple[Mention, ...]:
        """The mentions in one paragraph, in reading order."""
        return tuple(mention for mention in self.mentions if mention.paragraph == index)

    def of_actor(self, actor: str) -> tuple[Mention, ...]:
        """The mentions of one actor, in reading order."""
        return tuple(mention for mention in self.mentions if mention.link and mention.link.actor == actor)


@dataclass(frozen=True, slots=True)
class Summary:
    """A Document as a line of a list: what a reader needs to choose it."""

    id: str
    title: str
    source: str | None
    published: date | None


@dataclass(frozen=True, slots=True)
class Query:
    """What a reader asks; `as_you_type` takes the last word as a prefix, `sort` wins over what the text says."""

    text: str
    as_you_type: bool = False
    sort: Sort | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """Where a Query's word stands in a Document: `start` and `end` count the paragraph's characters."""

    paragraph: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Snippet:
    """The words around a match: a stretch of one paragraph, with `matches` as offsets into `text`."""

    paragraph: int
    text: str
    matches: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A Document that answers a Query; where nothing was asked for, `score` is 0 and `snippet` None.

    `title_matches` are the start and end of each of the query's words in the title.
    """

    summary: Summary
    score: float
    snippet: Snippet | None
    title_matches: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """One page of answers, from `offset` on, of `total` in all; `note` says what was made of an odd query."""

    query: Query
    total: int
    offset: int
    hits: tuple[Hit, ...]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class FacetCount:
    """In how many of the answers an actor, a source or a month stands; `key` is its id, `label` what it is called."""

    key: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """The most frequent persons, organisations, places and sources of all answers, and every month in order."""

    persons: tuple[FacetCount, ...]
    organisations: tuple[FacetCount, ...]
    places: tuple[FacetCount, ...]
    sources: tuple[FacetCount, ...]
    months: tuple[FacetCount, ...]


@dataclass(frozen=True, slots=True)
class MentionInContext:
    """A Mention where it stands: its document and the sentence around it, `start` and `end` within that."""

    document: Summary
    mention: Mention
    sentence: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Addition:
    """What became of one file or page that was to be added."""

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
    """A step of long work: `done` of `total` (0 where unknown), doing `what`; `additions` and `feeds` are on disk."""

    done: int
    total: int
    what: str
    additions: tuple[Addition, ...] = ()
    feeds: tuple[FeedResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """What a look at the Library found: its counts and, in plain words, what is wrong with it."""

    documents: int
    mentions: int
    actors: int
    indexed: int
    problems: tuple[str, ...]

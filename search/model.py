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
    """What a reader asks; `as_you_type` takes the last word as a prefix, `sort` wins over what the text says.

    With `folds`, a near-duplicate is folded below the article that it is a copy of, where that answers, too.
    """

    text: str
    as_you_type: bool = False
    sort: Sort | None = None
    folds: bool = False


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

    `title_matches` are the start and end of each of the query's words in the title, `copies` the ids of the answers
    that are folded below this one.
    """

    summary: Summary
    score: float
    snippet: Snippet | None
    title_matches: tuple[tuple[int, int], ...] = ()
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """One page of answers, of `total` in all; `note` says what was made of an odd query.

    `folded` of all answers are folded below others: `offset` and the pages count the `rows` that are left.
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
class Progress:
    """A step of long work: `done` of `total` (0 where unknown), doing `what`; `additions` are safe on disk."""

    done: int
    total: int
    what: str
    additions: tuple[Addition, ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """What a look at the Library found: its counts and, in plain words, what is wrong with it."""

    documents: int
    mentions: int
    actors: int
    indexed: int
    problems: tuple[str, ...]

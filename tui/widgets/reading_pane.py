"""ReadingPane: shows an article with the cast of its current paragraph, and walks from mention to mention in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.containers import Container
from textual.message import Message

from tui.render import build_cast_rows, describe_link
from tui.walk import count_before, find_next
from tui.widgets.article import Article
from tui.widgets.cast_panel import CastPanel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from search import Actor, Cast, Document, Match, Mention


class ReadingPane(Container):
    """The document that is read, its selected actor, and the mention or match that the reader is at."""

    class Changed(Message):
        """The current paragraph, the selected actor or the position in the article has changed."""

    def __init__(self, text_width: int, *, id: str) -> None:
        super().__init__(id=id)
        self.article, self.panel = Article(text_width, id="article"), CastPanel(id="cast")
        self.document: Document | None = None
        self._cast: Cast | None = None
        self._whole_cast: Cast | None = None
        self.names_only = False
        self._matches: tuple[Match, ...] = ()
        self._match: Match | None = None
        self._last_named = "", ""

    def compose(self) -> ComposeResult:
        """The article and its cast."""
        yield self.article
        yield self.panel

    def fit(self, text: int, cast: int, strip: int | None) -> None:
        """Set the columns of the text and of the cast; with `strip`, the cast gets that many lines below the text."""
        self.article.set_text_width(text)
        self.panel.set_strip(strip is not None)
        self.panel.styles.width = "1fr" if strip is not None else cast
        self.panel.styles.height = strip or "1fr"

    @property
    def selected(self) -> str | None:
        """The id of the actor whose mentions are highlighted."""
        return self.article.selected

    @property
    def selected_name(self) -> str:
        """The selected actor's name, from this document or from the last one shown that names it."""
        actor = self._cast.actors.get(self.selected or "") if self._cast else None
        if actor is not None:
            self._last_named = actor.id, actor.name or "somebody"
        named, name = self._last_named
        return name if named == self.selected else self.selected or ""

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """The selected actor's mentions in this document."""
        return self._cast.of_actor(self.selected) if self._cast and self.selected else ()

    @property
    def mention_number(self) -> int:
        """How many of these mentions are at or before the reader's position."""
        return count_before(self.mentions, self._position)

    @property
    def _position(self) -> tuple[int, int]:
        """The paragraph and character of the mention or match that the reader is at; else the paragraph and -1."""
        cursor, paragraph = self.article.cursor, self.article.paragraph
        if cursor is not None and cursor.paragraph == paragraph:
            return cursor.paragraph, cursor.start
        if self._match is not None and self._match.paragraph == paragraph:
            return self._match.paragraph, self._match.start
        return paragraph, -1

    def describe_position(self, article: int, articles: int) -> str:
        """Return the position in words; `article` says which of the selected actor's `articles` articles this is."""
        if self.document is None:
            return ""
        parts = [f"¶ {self.article.paragraph + 1} of {len(self.document.paragraphs)}"]
        if self.selected is not None:
            parts.append(self._describe_walk(article, articles))
            cursor = self.article.cursor
            if cursor is not None and cursor.link and cursor.link.actor == self.selected and cursor.link.why != "name":
                parts.append(describe_link(cursor))
        return " · ".join(parts)

    def _describe_walk(self, article: int, articles: int) -> str:
        total = f"{articles:,} {'article' if articles == 1 else 'articles'}"
        if not self.mentions:
            return f"{self.selected_name} is not in this article, but in {total}"
        return f"{self.selected_name} {self.mention_number} of {len(self.mentions)} here, {article} of {total}"

    def show(self, document: Document, cast: Cast, matches: Sequence[Match], selected: str | None) -> None:
        """Show a document from its beginning; `selected` is the id of the selected actor."""
        self.document, self._matches, self._match = document, tuple(matches), None
        self._keep_cast(cast)
        self.article.show(document, self._cast or cast, matches, selected)
        self._show_cast()

    def set_cast(self, cast: Cast) -> None:
        """Show another cast of the same document."""
        self._keep_cast(cast)
        self.article.set_cast(self._cast or cast)
        self._show_cast()

    def toggle_names_only(self) -> None:
        """Show and walk names only, or names, nominals and pronouns."""
        self.names_only = not self.names_only
        if self._whole_cast is not None:
            self.set_cast(self._whole_cast)

    def _keep_cast(self, cast: Cast) -> None:
        self._whole_cast = cast
        self._cast = cast.only_names() if self.names_only else cast

    def set_matches(self, matches: Sequence[Match]) -> None:
        """Mark the matches of another search."""
        if tuple(matches) != self._matches:
            self._matches, self._match = tuple(matches), None
            self.article.set_matches(matches)

    def select(self, actor: str | None) -> None:
        """Highlight an actor's mentions and go to the first one in the current paragraph."""
        self.article.select(actor)
        here = (mention for mention in self.mentions if mention.paragraph == self.article.paragraph)
        self.article.put_cursor(next(here, None))
        self._show_cast()
        self.post_message(self.Changed())

    def release(self) -> None:
        """Select no actor, without a message: the library has lost the selected one."""
        self.article.select(None)
        self.article.put_cursor(None)
        self._show_cast()

    def find_actor(self, number: int) -> str | None:
        """Return the id of the actor in this row of the panel, counted from 0; None if there are fewer."""
        rows = self._find_rows()
        return rows[number][0].id if number < len(rows) else None

    def find_following_actor(self, step: int) -> str | None:
        """Return the id of the actor after (1) or before (-1) the selected one; after the last comes the first."""
        actors = [actor.id for actor, _ in self._find_rows()]
        if not actors:
            return None
        if self.selected in actors:
            return actors[(actors.index(self.selected) + step) % len(actors)]
        return actors[0 if step > 0 else -1]

    def find_actor_at_cursor(self) -> str | None:
        """Return the id of the actor at or after the position in this paragraph, else of the paragraph's first one."""
        if not self._cast:
            return None
        here = self._cast.of_paragraph(self.article.paragraph)
        spot = next((mention for mention in here if mention.position >= self._position and mention.link), None)
        found = spot or next((mention for mention in here if mention.link), None)
        return found.link.actor if found and found.link else None

    def walk(self, direction: int) -> bool:
        """Go to the next (1) or previous (-1) mention of the selected actor; return False if there is none."""
        found = find_next(self.mentions, self._position, direction)
        if found is not None:
            self._match = None
            self.article.put_cursor(found)
        return found is not None

    def walk_from_end(self, direction: int) -> None:
        """Go to the selected actor's first mention (1) or its last one (-1)."""
        if self.mentions:
            self.article.put_cursor(self.mentions[0 if direction > 0 else -1])

    def return_to(self, paragraph: int, top: int | None, mention: Mention | None) -> None:
        """Go back to a position: line `top` if given, the mention if the cast still has it, the paragraph."""
        spans = {(each.paragraph, each.start, each.end): each for each in (self._cast.mentions if self._cast else ())}
        found = spans.get((mention.paragraph, mention.start, mention.end)) if mention else None
        last = len(self.document.paragraphs) - 1 if self.document else 0
        if top is not None:
            self.article.return_to(min(paragraph, last), top, found)
        elif found is not None:
            self.article.put_cursor(found)
        else:
            self.article.go_to(min(paragraph, last))

    def step_match(self, direction: int) -> bool:
        """Go to the next (1) or previous (-1) match of the search; return False if there is none."""
        found = find_next(self._matches, self._position, direction)
        if found is not None:
            self.go_to_match(found)
        return found is not None

    def step_match_from_end(self, direction: int) -> bool:
        """Go to the first match (1) or the last one (-1); return False if there is none."""
        if self._matches:
            self.go_to_match(self._matches[0 if direction > 0 else -1])
        return bool(self._matches)

    def go_to_match(self, match: Match) -> None:
        """Go to a match of the search."""
        self.article.put_cursor(None)
        self._match = match
        self.article.go_to(match.paragraph, match.start)

    def _find_rows(self) -> list[tuple[Actor, tuple[Mention, ...]]]:
        if not self._cast:
            return []
        return build_cast_rows(self._cast.of_paragraph(self.article.paragraph), self._cast.actors)

    def _show_cast(self) -> None:
        self.panel.show(self._find_rows(), self.selected)

    @on(Article.Moved)
    def _follow_paragraph(self, message: Article.Moved) -> None:
        message.stop()
        self._show_cast()
        self.post_message(self.Changed())

"""ReadingPane: the article and, beside or below it, the cast of its current paragraph; walks within the article."""

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
    """One document being read: which paragraph, which actor, which mention or match one is at."""

    class Changed(Message):
        """The paragraph, the selected actor or the position in the article is another one."""

    def __init__(self, text_width: int, *, id: str) -> None:
        super().__init__(id=id)
        self._text_width = text_width
        self.document: Document | None = None
        self._cast: Cast | None = None
        self._whole_cast: Cast | None = None
        self.names_only = False
        self._matches: tuple[Match, ...] = ()
        self._match: Match | None = None
        self._last_named = "", ""

    def compose(self) -> ComposeResult:
        """The article and its cast."""
        yield Article(self._text_width, id="article")
        yield CastPanel(id="cast")

    def fit(self, text: int, cast: int, strip: int | None) -> None:
        """Give the text and the cast so many columns; or lay the cast below the text, in `strip` lines."""
        self.article.set_text_width(text)
        self.panel.set_strip(strip is not None)
        self.panel.styles.width = "1fr" if strip is not None else cast
        self.panel.styles.height = strip or "1fr"

    @property
    def article(self) -> Article:
        """The text."""
        return self.query_one(Article)

    @property
    def panel(self) -> CastPanel:
        """The actors of the current paragraph."""
        return self.query_one(CastPanel)

    @property
    def selected(self) -> str | None:
        """The actor whose mentions are lit."""
        return self.article.selected

    @property
    def selected_name(self) -> str:
        """Its name, from this document or the last one that it appears in."""
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
        """How many of these mentions one has come to."""
        return count_before(self.mentions, self._position)

    @property
    def _position(self) -> tuple[int, int]:
        """Where one is: at a mention, at a match, or before the first character of the current paragraph."""
        cursor, paragraph = self.article.cursor, self.article.paragraph
        if cursor is not None and cursor.paragraph == paragraph:
            return cursor.paragraph, cursor.start
        if self._match is not None and self._match.paragraph == paragraph:
            return self._match.paragraph, self._match.start
        return paragraph, -1

    def describe_position(self, article: int, articles: int) -> str:
        """Where one is: the paragraph, the mention of the selected actor, which of its articles this is."""
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
        """Show a document from its beginning, with an actor selected."""
        self.document, self._matches, self._match = document, tuple(matches), None
        self._keep_cast(cast)
        self.article.show(document, self._cast or cast, matches, selected)
        self._show_cast()

    def set_cast(self, cast: Cast) -> None:
        """Another cast of the document that is shown."""
        self._keep_cast(cast)
        self.article.set_cast(self._cast or cast)
        self._show_cast()

    def toggle_names_only(self) -> None:
        """Walk and list names alone, or nominals and pronouns, too."""
        self.names_only = not self.names_only
        if self._whole_cast is not None:
            self.set_cast(self._whole_cast)

    def _keep_cast(self, cast: Cast) -> None:
        self._whole_cast = cast
        self._cast = cast.only_names() if self.names_only else cast

    def set_matches(self, matches: Sequence[Match]) -> None:
        """Another search: other words are marked."""
        if tuple(matches) != self._matches:
            self._matches, self._match = tuple(matches), None
            self.article.set_matches(matches)

    def select(self, actor: str | None) -> None:
        """Light an actor's mentions, and be at the first one in this paragraph."""
        self.article.select(actor)
        here = (mention for mention in self.mentions if mention.paragraph == self.article.paragraph)
        self.article.put_cursor(next(here, None))
        self._show_cast()
        self.post_message(self.Changed())

    def release(self) -> None:
        """Light nobody's mentions: the selected actor is gone."""
        self.article.select(None)
        self.article.put_cursor(None)
        self._show_cast()

    def find_actor(self, number: int) -> str | None:
        """The actor with this number, from 0 on, in the panel."""
        rows = self._find_rows()
        return rows[number][0].id if number < len(rows) else None

    def find_following_actor(self, step: int) -> str | None:
        """The actor behind or before the selected one in the panel; from the last on to the first."""
        actors = [actor.id for actor, _ in self._find_rows()]
        if not actors:
            return None
        if self.selected in actors:
            return actors[(actors.index(self.selected) + step) % len(actors)]
        return actors[0 if step > 0 else -1]

    def find_actor_at_cursor(self) -> str | None:
        """The actor of the mention that one is at, else of the first one in the paragraph."""
        if not self._cast:
            return None
        here = self._cast.of_paragraph(self.article.paragraph)
        spot = next((mention for mention in here if mention.position >= self._position and mention.link), None)
        found = spot or next((mention for mention in here if mention.link), None)
        return found.link.actor if found and found.link else None

    def walk(self, direction: int) -> bool:
        """To the next or previous mention of the selected actor; False where there is none."""
        found = find_next(self.mentions, self._position, direction)
        if found is not None:
            self._match = None
            self.article.put_cursor(found)
        return found is not None

    def walk_from_end(self, direction: int) -> None:
        """To the first mention (`direction` 1) or the last (-1)."""
        if self.mentions:
            self.article.put_cursor(self.mentions[0 if direction > 0 else -1])

    def return_to(self, paragraph: int, top: int | None, mention: Mention | None) -> None:
        """To a position as it was, or to what is left of it in a text and a cast that have changed since."""
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
        """To the next or previous match of the search; False where there is none."""
        found = find_next(self._matches, self._position, direction)
        if found is not None:
            self.go_to_match(found)
        return found is not None

    def step_match_from_end(self, direction: int) -> bool:
        """To the first match (`direction` 1) or the last (-1); False where there is none."""
        if self._matches:
            self.go_to_match(self._matches[0 if direction > 0 else -1])
        return bool(self._matches)

    def go_to_match(self, match: Match) -> None:
        """To this match."""
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

"""The keys of the reader: which controller gets which, and which of them are named in the bottom line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Protocol

from textual.actions import parse
from textual.binding import Binding, BindingType

from tui.controllers import (
    ArticleController,
    LastVisitController,
    LiveUpdatesController,
    ReadingController,
    RemovingController,
    SearchController,
    SelectionController,
)
from tui.screens.dialog_keys import DialogsController
from tui.screens.dialogs import ActorsScreen, CopiesScreen, MentionsScreen
from tui.screens.help import HelpScreen
from tui.screens.layout import PaneLayout
from tui.screens.refusals import RefusalsScreen
from tui.screens.saved import SavedScreen
from tui.widgets import Article, CastPanel, FacetList, RowList, SearchBar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


class Controller(Protocol):
    """Something with keys."""

    BINDINGS: ClassVar[list[Binding]]


_controllers: dict[str, type[Controller]] = {
    "search": SearchController, "live_updates": LiveUpdatesController, "removing": RemovingController,
    "articles": ArticleController, "panes": PaneLayout, "selection": SelectionController,
    "last_visit": LastVisitController, "reading": ReadingController, "dialogs": DialogsController,
}  # fmt: skip
"""The controllers that have keys, by the attribute of the screen that holds each."""

_keys_in_line = (
    (("help",), "help"), (("leave",), "back, quit"), (("search",), "search"), (("open",), "open"),
    (("next", "previous"), "move"), (("select_1", "select_9"), "select"),
    (("next_mention", "previous_mention"), "walk"),
    (("next_anywhere", "previous_anywhere"), "other articles"), (("back",), "where you were"), (("facets",), "facets"),
    (("next_match", "previous_match"), "matches"), (("mentions",), "mentions"), (("actors",), "actors"),
    (("wider", "narrower"), "width"), (("saved",), "saved"), (("star",), "star"),
)  # fmt: skip
"""The bindings in the line at the bottom, by id, and what it says of them: those that matter most come first."""


def bind_controllers() -> list[Binding]:
    """The keys of all controllers; each calls the screen's action `control` with a controller and its action."""
    bound = []
    for name, controller in _controllers.items():
        for binding in controller.BINDINGS:
            _, action, arguments = parse(binding.action)
            bound.append(replace(binding, action=f"control{(name, action, *arguments)!r}"))
    return bound


def list_bindings(own: Iterable[BindingType]) -> list[tuple[str, list[Binding]]]:
    """Every key of the reader, by what it is for; `own` are those of the screen itself."""
    parts: list[tuple[str, Iterable[BindingType]]] = [
        ("The reader", [*own, *DialogsController.BINDINGS]),
        ("Search", SearchController.BINDINGS), ("Articles", ArticleController.BINDINGS),
        ("What comes and goes", [*LiveUpdatesController.BINDINGS, *RemovingController.BINDINGS]),
        ("Actors", SelectionController.BINDINGS),
        ("Back and forward", [*LastVisitController.BINDINGS, *ReadingController.BINDINGS]),
        ("Panes", PaneLayout.BINDINGS),
        ("In the article", Article.BINDINGS), ("In the list", RowList.BINDINGS), ("In the facets", FacetList.BINDINGS),
        ("In the cast panel", CastPanel.BINDINGS), ("In the search bar", SearchBar.BINDINGS),
        ("In the list of actors", ActorsScreen.BINDINGS), ("In the list of mentions", MentionsScreen.BINDINGS),
        ("In the list of copies", CopiesScreen.BINDINGS),
        ("In the saved searches", SavedScreen.BINDINGS), ("In the list of refusals", RefusalsScreen.BINDINGS),
        ("Here", HelpScreen.BINDINGS),
    ]  # fmt: skip
    return [(name, [each for each in bindings if isinstance(each, Binding)]) for name, bindings in parts]


class ReaderKeys:
    """The keys of the reader as this person has them: what the settings bind, else the defaults.

    `groups` are the bindings by what they are for, `settings` maps ids of bindings to keys, and `display` returns a
    binding's key as a person knows it ("⏎" for "enter").
    """

    def __init__(
        self,
        groups: Sequence[tuple[str, Sequence[Binding]]],
        settings: Mapping[str, str],
        display: Callable[[Binding], str],
    ) -> None:
        self._bindings: dict[str | None, Binding] = {}
        for _, group in groups:
            for binding in group:
                self._bindings.setdefault(binding.id, binding)
        self._settings, self._display = settings, display

    def find(self, name: str) -> str:
        """Return the first key of a binding."""
        return self._display(Binding(self._settings.get(name, self._bindings[name].key).split(",")[0], ""))

    def list_in_line(self) -> list[tuple[str, str]]:
        """List the keys in the line at the bottom, each with what it does."""
        return [(("–" if what == "select" else " ").join(map(self.find, names)), what) for names, what in _keys_in_line]

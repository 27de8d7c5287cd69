"""NewscastApp: the reader's theme, keys, signals and errors; its screens do the rest."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import App, SystemCommand
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.worker import WorkerFailed

from search import Library, LibraryUnreadableError, Marks, NewscastError, Searches
from tui.crash_log import CrashLog
from tui.render import describe_duration
from tui.screens.palette import Palette
from tui.screens.reader import ReaderScreen
from tui.settings import Settings, SettingsError
from tui.terminal import DrawingFailed, TerminalClosed, TerminalDriver
from tui.themes import build_variables, list_themes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.console import RenderableType
    from textual.actions import ActionParseResult
    from textual.binding import BindingType
    from textual.dom import DOMNode
    from textual.screen import Screen

    from tui.setup import Setup


class NewscastApp(App[None]):
    """The reader as a Textual app."""

    CSS_PATH = "newscast.tcss"
    TITLE = "newscast"
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z", "suspend_process", "put newscast into the background", id="suspend", show=False),
        Binding("ctrl+c", "interrupt", "leave newscast at once", id="interrupt", show=False, priority=True),
        Binding("ctrl+l", "redraw", "draw the screen again", id="redraw", show=False),
    ]

    def __init__(  # noqa: PLR0913 - the parts of a reader
        self,
        library: Library,
        marks: Marks,
        searches: Searches,
        settings: Settings,
        paths: Sequence[str] = (),
        *,
        idle_timeout: int = 0,
        log: CrashLog | None = None,
    ) -> None:
        """Build the reader. Without a log, an internal error in a worker or an action ends it. Raises SettingsError."""
        # Textual can omit all colours only if it uses the terminal's own.
        super().__init__(driver_class=TerminalDriver, ansi_color=True if os.environ.get("NO_COLOR") else None)
        self.failure: BaseException | None = None
        self.animation_level = "none"
        for name in [*self.available_themes]:
            self.unregister_theme(name)
        for theme in list_themes():
            self.register_theme(theme)
        if settings.theme not in self.available_themes:
            raise SettingsError(f'no theme "{settings.theme}"; there are {", ".join(sorted(self.available_themes))}')
        self.theme = "terminal" if self.no_color else settings.theme
        self._library, self._marks, self._searches = library, marks, searches
        self._settings, self._paths, self._crash_log = settings, paths, log
        self._is_leaving = False
        self._idle_timeout, self._pressed_at = idle_timeout, time.monotonic()
        if settings.keys:
            self._check_keys(settings.keys)
            self.set_keymap(dict(settings.keys))

    def _check_keys(self, keys: Mapping[str, str]) -> None:
        bindings = [*self.BINDINGS, *(binding for _, part in ReaderScreen.key_groups for binding in part)]
        known = {binding.id for binding in bindings if isinstance(binding, Binding)}
        for name in keys:
            if name not in known:
                raise SettingsError(f'no key binding "{name}"; press ? in the reader for their names')

    def get_css_variables(self) -> dict[str, str]:
        """Return the theme's variables, with colours that are readable."""
        self.theme_variables = build_variables(self.current_theme, super().get_css_variables())
        return self.theme_variables

    def on_mount(self) -> None:
        """Handle signals, repaint after a return from the background, and open the reader's screen."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            asyncio.get_running_loop().add_signal_handler(number, self._leave, number)
        self.app_resume_signal.subscribe(self, lambda _: self.screen.refresh(layout=True))
        self.push_screen(ReaderScreen(self._library, self._marks, self._searches, self._settings, self._paths))
        if self._idle_timeout:
            self.set_interval(min(10.0, self._idle_timeout / 4), self._check_idle)

    async def on_event(self, event: events.Event) -> None:
        """Note when you last pressed a key or used the mouse."""
        if isinstance(event, events.InputEvent):
            self._pressed_at = time.monotonic()
        await super().on_event(event)

    def _check_idle(self) -> None:
        """Warn you shortly before the idle time-out, and then leave, because others may wait for the session."""
        left = self._pressed_at + self._idle_timeout - time.monotonic()
        if left <= 0:
            self.exit(message="newscast: you pressed no key for too long; your place is kept")
        elif left <= min(60.0, self._idle_timeout / 2):
            warning = f"Still there? This session ends in {describe_duration(left)}. Press any key to stay."
            self.notify(warning, severity="warning", timeout=min(10.0, self._idle_timeout / 4), markup=False)

    def action_redraw(self) -> None:
        """Draw the whole screen again, because another program may have written to it."""
        driver = getattr(self, "_driver", None)  # docs/decisions/private-names.md
        if isinstance(driver, TerminalDriver):
            driver.repaint()

    @on(DrawingFailed)
    def _give_up(self, message: DrawingFailed) -> None:
        self.failure = message.error
        self.exit()

    @on(TerminalClosed)
    def _leave_for_good(self) -> None:
        self._leave(signal.SIGHUP)

    def action_interrupt(self) -> None:
        """Leave with the exit status of SIGINT."""
        self._leave(signal.SIGINT)

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Leave; later calls do nothing."""
        if not self._is_leaving:
            self._is_leaving = True
            super().exit(result, return_code, message)

    def pop_screen(self) -> AwaitComplete:
        """Close the dialog on top; a second request to close it does not close the reader below."""
        return AwaitComplete() if isinstance(self.screen, ReaderScreen) else super().pop_screen()

    def _leave(self, number: int) -> None:
        self.exit(return_code=128 + number)

    def action_command_palette(self) -> None:
        """Show the command palette, unless it is open."""
        if not any(isinstance(screen, Palette) for screen in self.screen_stack):
            self.push_screen(Palette(id="--command-palette"))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Yield the commands of the palette: those of the keys, the choice of a theme, and quitting."""
        for binding in screen.BINDINGS if isinstance(screen, ReaderScreen) else ():
            if isinstance(binding, Binding) and binding.id != "palette" and binding.show:
                run = partial(screen.call_later, screen.run_action, binding.action)
                yield SystemCommand(binding.description, f"key {binding.key}", run)
        yield SystemCommand("theme", "choose another theme", self.action_change_theme)
        yield SystemCommand("quit", "leave newscast", self.action_quit)

    # Errors

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run an action; an error in it does not end the reader."""
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except Exception as error:
            if not self._contain(error):
                raise
            return True

    def _handle_exception(self, error: Exception) -> None:
        """Handle an error that Textual reports; an error of a worker does not end the reader."""
        cause = error.error if isinstance(error, WorkerFailed) else error
        if self._is_leaving and self._crash_log is not None:
            self._crash_log.keep(cause)  # widgets close one by one, and code that still runs may miss one
        elif cause is error or not self._contain(cause):
            self.failure = cause
            super()._handle_exception(error)

    def _contain(self, error: BaseException) -> bool:
        """Show an error in the status line, log an internal one, and return whether the reader can go on."""
        if isinstance(error, NewscastError):
            expected = error
        elif self._crash_log is not None and not _is_out_of_memory(error):
            where = self._crash_log.keep(error)
            expected = NewscastError(f"an internal error, {type(error).__name__}, ended this step; {where}")
        else:
            return False
        for screen in self.screen_stack:
            if isinstance(screen, ReaderScreen) and screen.is_running:
                screen.meet(expected)
        return True

    def _fatal_error(self) -> None:
        # Textual would print a traceback; run_reader prints one line instead.
        super().exit(return_code=1)


def run_reader(setup: Setup, paths: Sequence[str]) -> int:
    """Open the reader and return the exit status. Raises NewscastError, also for an internal error, and MemoryError."""
    with _open_library(setup) as library:
        marks, searches = Marks(setup.reader_database), Searches(setup.reader_database)
        log = CrashLog(setup.reader_database.with_name("crash.log"))
        app = NewscastApp(library, marks, searches, setup.settings, paths, idle_timeout=setup.idle_timeout, log=log)
        try:
            app.run()
        except Exception as error:  # noqa: BLE001 - after any error the terminal is restored, and one line reports it
            app.failure = error
        finally:
            marks.close()
            searches.close()
    if app.failure is not None and _is_out_of_memory(app.failure):
        raise MemoryError from app.failure
    if app.failure is not None:
        where = log.keep(app.failure)
        raise NewscastError(f"stopped by an internal error, {type(app.failure).__name__}; {where}")
    return app.return_code or 0


def _is_out_of_memory(error: BaseException) -> bool:
    return isinstance(error, MemoryError) or "can't start new thread" in str(error)


def _open_library(setup: Setup) -> Library:
    """Open the library; create it if it is missing, and open it read-only if it cannot be written to."""
    recogniser = setup.settings.recogniser
    try:
        return Library(setup.folder, read_only=setup.read_only, recogniser=recogniser)
    except LibraryUnreadableError:
        if setup.read_only or not (setup.folder / "library.db").exists():
            raise
        return Library(setup.folder, read_only=True, recogniser=recogniser)

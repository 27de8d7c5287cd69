"""The fork server: a process that imports what a reader needs, and forks a session for each request.

Sessions share the memory of what it has imported. It starts before any thread or event loop exists, and makes none. It
exchanges JSON messages with the server; the message that starts a session carries that session's descriptors.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import io
import json
import os
import select
import signal
import socket
import sys
import termios
import traceback
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from search import NewscastError, Query
from tui.cli import main, out_of_memory
from tui.serving.environment import is_allowed
from tui.serving.memory_limit import limit_memory
from tui.settings import check_user, find_reader_database
from tui.setup import open_as_it_is

if TYPE_CHECKING:
    from tui.setup import Setup

longest_message = 65_536  # bytes
_used_by_sessions = (
    "tui.app", "tui.commands", "tui.help_command", "tui.search_command", "tui.watch_command",
    "concurrent.futures.thread", "textual.layouts.factory", "textual.layouts.horizontal", "textual.layouts.stream",
    "textual.pilot", "textual.scrollbar",
)  # fmt: skip
"""newscast's own modules, and those that Textual and asyncio import only when an app runs."""
_grace = 4.0  # seconds to end in, once the server is gone


class ForkServer:
    """Forks the processes that the server asks for, signals them, and reports how they end."""

    def __init__(self, channel: socket.socket, setup: Setup) -> None:
        self._channel, self._setup = channel, setup
        self._requests: dict[int, int] = {}
        self._awake, self._waker = socket.socketpair()
        self._inherited = {name: value for name, value in os.environ.items() if not is_allowed(name)}

    def run(self) -> NoReturn:
        """Serve requests until the server closes the channel, then end all children and exit."""
        os.set_blocking(self._waker.fileno(), False)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # The server says when to end; Ctrl+C at the server's terminal reaches this process, too.
            signal.signal(number, _ignore)
        # A page that a session writes to is copied. As Python's documentation advises before a fork, no collection
        # leaves holes between the shared objects, and after gc.freeze no collection in a session writes to them.
        gc.disable()
        error = import_for_sessions(self._setup)
        gc.freeze()
        self._say({"ready": error})
        while self._step():
            pass
        self._end_all()
        os._exit(0)

    def _step(self) -> bool:
        """Wait for a message or a child's end and handle it; return False when the server is gone."""
        ready, _, _ = select.select([self._channel, self._awake], [], [])
        if self._awake in ready:
            self._awake.recv(4_096)
            self._reap()
        if self._channel not in ready:
            return True
        try:
            message, descriptors, _, _ = socket.recv_fds(self._channel, longest_message, 3)
        except ConnectionResetError:  # the server ended before it had read everything
            return False
        if not message:
            return False
        asked = json.loads(message)
        if "signal" in asked:
            self._signal(asked["request"], asked["signal"])
        else:
            self._start(asked, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        return True

    def _start(self, asked: dict[str, Any], descriptors: list[int]) -> None:
        """Fork for a request, or tell the server why the system refuses to."""
        try:
            process = os.fork()
        except OSError as error:
            self._say({"request": asked["request"], "failed": error.strerror})
            return
        if not process:
            self._become(asked, descriptors)
        self._requests[asked["request"]] = process
        self._say({"request": asked["request"], "process": process})

    def _become(self, asked: dict[str, Any], descriptors: list[int]) -> NoReturn:
        """In the child: run newscast with the request's arguments, on its terminal or pipes, and exit."""
        status = 1
        gc.enable()
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            os.setsid()
            for ours in (self._channel, self._awake, self._waker):
                ours.close()
            _take_descriptors(descriptors)
            os.environ.clear()
            os.environ.update(self._inherited | asked["environment"])
            setup = self._find_setup(asked["user"])
            if setup is not None:
                limit_memory(self._setup.settings.serve.session_memory)
            status = _run(asked["arguments"], setup)
        except MemoryError:
            status = out_of_memory
        except BaseException as error:  # noqa: BLE001 - this child must not continue as a second fork server
            _tell(error, asked["user"])
        os._exit(status)

    def _find_setup(self, user: str | None) -> Setup | None:
        """Return the setup of a reader's session, read-only; None without a user: the arguments decide."""
        if user is None:
            return None
        database = find_reader_database(check_user(user))
        idle_timeout = self._setup.settings.serve.idle_timeout
        return replace(self._setup, read_only=True, reader_database=database, idle_timeout=idle_timeout)

    def _signal(self, request: int, number: int) -> None:
        for process in [self._requests[request]] if request in self._requests else []:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)

    def _reap(self) -> None:
        while True:
            try:
                process, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not process:
                return
            request = next(request for request, known in self._requests.items() if known == process)
            del self._requests[request]
            self._say({"request": request, "status": os.waitstatus_to_exitcode(status)})

    def _say(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):  # the server is gone, and the next step notices
            self._channel.send(json.dumps(message).encode())

    def _end_all(self) -> None:
        """Ask every child to end, wait, and kill those that are left."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            for request in list(self._requests):
                self._signal(request, number)
            while self._requests and select.select([self._awake], [], [], _grace)[0]:
                self._awake.recv(4_096)
                self._reap()


def import_for_sessions(setup: Setup) -> str | None:
    """Import what a session uses. Return why the library could not be searched, or None.

    The first search loads the rest of the engine.
    """
    error = None
    try:
        with open_as_it_is(setup) as library:
            library.search(Query("news"), limit=1)
    except NewscastError as failure:
        error = str(failure)
    for module in _used_by_sessions:
        import_module(module)
    return error


def _take_descriptors(descriptors: list[int]) -> None:
    """Make one descriptor, a terminal, all three standard streams; make two standard output and error."""
    if len(descriptors) == 1:
        fcntl.ioctl(descriptors[0], termios.TIOCSCTTY, 0)
        sources = descriptors * 3
    else:
        sources = [os.open(os.devnull, os.O_RDONLY), *descriptors]
    for target, source in enumerate(sources):
        os.dup2(source, target)
    os.closerange(3, max(sources) + 1)
    # Python opened its streams when these descriptors were the server's.
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", errors="replace", closefd=False)  # type: ignore[misc]  # noqa: SIM115 - by number, for life
    for name, number in (("stdout", 1), ("stderr", 2)):
        stream = io.TextIOWrapper(open(number, "wb", closefd=False), encoding="utf-8", write_through=number == 2)  # noqa: SIM115 - as above
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _run(arguments: list[str], setup: Setup | None) -> int:
    try:
        main(arguments, setup)
    except SystemExit as end:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):
                stream.flush()
        return end.code if isinstance(end.code, int) else 1
    return 0


def _tell(error: BaseException, user: str | None) -> None:
    """Write one line for the reader, and the traceback beside the reader's marks; without a user, into the log."""
    if user is None:
        traceback.print_exception(error, file=sys.__stderr__)
        return
    log = find_reader_database(user).with_name("crash.log")
    with contextlib.suppress(OSError):
        log.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    os.write(2, f"newscast: stopped by an error of its own, {type(error).__name__}\n".encode())


def _ignore(*_: object) -> None:
    """Do nothing: the wakeup descriptor reports the signal. SIG_IGN would be inherited and hide children's ends."""

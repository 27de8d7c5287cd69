"""Reads the settings from a TOML file. Missing settings have defaults; unknown ones are errors."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from search import NewscastError, make_safe_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_largest = 1_000_000  # bytes
_USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


class SettingsError(NewscastError):
    """The settings file cannot be read, or a setting or name in it is invalid."""


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """The table [serve]: settings of `newscast serve`. Times are in seconds."""

    address: str = ""
    """Address to listen on; "" is every address of the machine."""
    port: int = field(default=2222, metadata={"range": (0, 65_535)})
    """Port to listen on; 0 chooses a free one."""
    authorized_keys: str | None = None
    """File of the readers' public keys, one a line."""
    host_key: str | None = None
    """Host key file; created if missing."""
    sessions: int = field(default=40, metadata={"range": (1, 1_000)})
    """Most open sessions of all readers."""
    sessions_per_key: int = field(default=4, metadata={"range": (1, 1_000)})
    """Most open sessions of one key."""
    login_grace: int = field(default=20, metadata={"range": (1, 600)})
    """Time that a client has to log in, and then again to request a session."""
    idle_timeout: int = field(default=7_200, metadata={"range": (0, 1_000_000)})
    """Time without a key press after which a session ends; 0 turns this off."""
    keep_alive: int = field(default=30, metadata={"range": (0, 3_600)})
    """Time between two keep-alive messages, of which a client may leave six unanswered; 0 turns them off."""
    tries_per_minute: int = field(default=10, metadata={"range": (1, 10_000)})
    """Most wrong keys a minute from one address from which nobody has logged in within a day."""
    startups: str = field(default="30:30:100", metadata={"pattern": r"[1-9]\d{0,3}:(?:\d\d?|100):[1-9]\d{0,3}"})
    """Connections that have not logged in, as "start:rate:full" like sshd's MaxStartups: from `start` on the server
    refuses `rate` percent of further ones at random, and from `full` on all."""
    startups_per_address: int = field(default=15, metadata={"range": (1, 10_000)})
    """Most connections from one address that have not logged in."""
    session_memory: int = field(default=512, metadata={"range": (16, 1_000_000)})
    """Most memory of one session in MB, without what sessions share."""
    json_log: bool = False
    """Whether log lines are JSON."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; each field is a key of the settings file."""

    library: str | None = None
    """The library's folder."""
    theme: str = "terminal"
    """"terminal" uses the terminal's own colours; docs/settings.md lists the others."""
    text_width: int = field(default=84, metadata={"range": (20, 400)})
    """Columns of the longest line of text."""
    recogniser: str = "trained"
    """The recogniser of the cast: "trained", "rules", or "spacy:" and the name of a spaCy pipeline."""
    full_text: str = field(default="auto", metadata={"choices": ("auto", "always", "never")})
    """Whether newscast fetches the pages of a feed's entries; "auto" is for entries that hold only a teaser."""
    private_addresses: bool = False
    """Whether newscast may fetch feeds from this machine and its private network."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Name of a binding → its keys, separated by commas."""
    serve: ServeSettings = ServeSettings()
    """The table [serve]."""


def find_settings_file() -> Path:
    """Return the settings file: NEWSCAST_SETTINGS, else settings.toml in the user's configuration folder."""
    named = os.environ.get("NEWSCAST_SETTINGS")
    return Path(named) if named else _find_folder(platformdirs.user_config_dir) / "settings.toml"


def read_settings(path: Path) -> Settings:
    """Read the settings in a file; return the defaults if the file is missing. Raises SettingsError."""
    try:
        data = tomllib.loads(_read_text(path))
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        what = "too many nested brackets" if isinstance(error, RecursionError) else error
        raise SettingsError(f"{path}: {what}") from error
    if "keys" in data:
        _check_keys(path, data["keys"])
    served = data.pop("serve", {})
    if not isinstance(served, dict):
        raise SettingsError(f'{path}: "serve" must be a table')
    _check(path, Settings, data)
    _check(path, ServeSettings, served)
    return Settings(**data, serve=ServeSettings(**served))


def _read_text(path: Path) -> str:
    """Return the text of a settings file. Raises OSError; ValueError if it is not a text file of normal size."""
    # A FIFO must not block the open.
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:  # noqa: PTH123 - takes a descriptor
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode) and str(path) != os.devnull:
            raise ValueError("not a regular file")
        data = file.read(_largest + 1)
    if len(data) > _largest:
        raise ValueError(f"larger than {_largest // 1_000:,} kB")
    return data.decode("utf-8")


def _check_keys(path: Path, value: Any) -> None:  # noqa: ANN401 - a file may hold anything
    if not isinstance(value, dict) or not all(isinstance(keys, str) and keys for keys in value.values()):
        raise SettingsError(f'{path}: "keys" must be a table of strings')


def _check(path: Path, table: type[Settings | ServeSettings], data: Mapping[str, Any]) -> None:
    known = {setting.name: setting for setting in fields(table)}
    for key, value in data.items():
        if key not in known:
            raise SettingsError(f'{path}: no setting "{key}"; there are {", ".join(sorted(known))}')
        if key == "keys":
            continue
        kind = str(known[key].type)
        if kind == "int":
            low, high = known[key].metadata["range"]
            good = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
            expected = f"a number from {low} to {high}"
        elif kind == "bool":
            good, expected = isinstance(value, bool), "true or false"
        elif choices := known[key].metadata.get("choices"):
            good, expected = value in choices, f"one of {', '.join(choices)}"
        elif pattern := known[key].metadata.get("pattern"):
            good = isinstance(value, str) and re.fullmatch(pattern, value) is not None
            expected = f'like "{known[key].default}"'
        else:
            good, expected = isinstance(value, str), "a string"
        if not good:
            raise SettingsError(f'{path}: "{key}" must be {expected}')


def find_library_folder(settings: Settings, given: str | None) -> Path:
    """Return the library's folder: the given one, else the setting, else one in the user's data folder.

    Raises SettingsError.
    """
    chosen = given or settings.library
    if not chosen:
        return _find_folder(platformdirs.user_data_dir) / "library"
    try:
        return Path(chosen).expanduser()
    except RuntimeError as error:  # what pathlib raises for an unknown user
        raise SettingsError(f"the library {chosen}: that user has no home folder") from error


def _find_folder(find: Callable[[str], str]) -> Path:
    """Return newscast's folder of one kind, by the system's conventions. Raises SettingsError if there is no home."""
    try:
        folder = Path(find("newscast"))
    except RuntimeError:  # platformdirs found no home; older versions return a relative path
        folder = Path()
    if not folder.is_absolute():
        raise SettingsError("there is no home folder: set HOME, or XDG_CONFIG_HOME, XDG_DATA_HOME and XDG_STATE_HOME")
    return folder


def find_state_folder() -> Path:
    """Return the folder of marks, positions, logs and host key. Raises SettingsError."""
    return _find_folder(platformdirs.user_state_dir)


def find_reader_database(user: str | None = None) -> Path:
    """Return the file of marks, positions and searches; a named reader has a folder of their own."""
    folder = find_state_folder()
    return (folder / "users" / user if user is not None else folder) / "reader.db"


def check_user(name: str) -> str:
    """Return the name if it is one word that is safe as a folder's name. Raises SettingsError."""
    if not _USER.fullmatch(name):
        raise SettingsError(
            f"“{make_safe_line(name)[:60]}” cannot be a reader's name; use one word of at most 32 letters, digits, "
            "“.”, “-” and “_” that begins with a letter or digit"
        )
    return name

"""Settings: reads a TOML file. Missing settings have defaults; unknown ones are errors."""

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
    """The settings file says something that newscast does not understand."""


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """The table [serve]: settings of `newscast serve`. Times are in seconds."""

    address: str = ""
    """Address to listen on; "" is every address of the machine."""
    port: int = field(default=2222, metadata={"range": (0, 65_535)})
    """Port; 0 is any free one."""
    authorized_keys: str | None = None
    """File of the public keys of readers, one a line."""
    host_key: str | None = None
    """Host key file; created if missing."""
    sessions: int = field(default=40, metadata={"range": (1, 1_000)})
    """Sessions at once, of all readers."""
    sessions_per_key: int = field(default=4, metadata={"range": (1, 1_000)})
    """Sessions at once, of one reader's key."""
    login_grace: int = field(default=20, metadata={"range": (1, 600)})
    """Time to log in, and then to request a session."""
    idle_timeout: int = field(default=7_200, metadata={"range": (0, 1_000_000)})
    """Time without a key after which a session ends; 0 is never."""
    keep_alive: int = field(default=30, metadata={"range": (0, 3_600)})
    """Between two questions whether the client is still there, of which it may miss six; 0 asks none."""
    tries_per_minute: int = field(default=10, metadata={"range": (1, 10_000)})
    """Of unknown keys from one address from which nobody has logged in."""
    startups: str = field(default="30:30:100", metadata={"pattern": r"[1-9]\d{0,3}:(?:\d\d?|100):[1-9]\d{0,3}"})
    """Connections that have not logged in, as sshd's MaxStartups: from the first number on some are refused at random,
    the second is how many in a hundred, and from the third on all are."""
    startups_per_address: int = field(default=15, metadata={"range": (1, 10_000)})
    """Connections from one address that have not logged in."""
    session_memory: int = field(default=512, metadata={"range": (16, 1_000_000)})
    """For each session, in MB, beside what it shares with the others."""
    json_log: bool = False
    """Log lines as JSON."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; each field is a key of the file."""

    library: str | None = None
    """The library's folder."""
    theme: str = "terminal"
    """"terminal" has the terminal's own colours; any theme of Textual's may be named."""
    text_width: int = field(default=84, metadata={"range": (20, 400)})
    """The longest line of text, in columns."""
    recogniser: str = "trained"
    """The recogniser of the cast: "trained", "rules", or "spacy:" and the name of a spaCy pipeline."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Binding id → keys, with a comma between them."""
    serve: ServeSettings = ServeSettings()
    """Settings of the server."""


def find_settings_file() -> Path:
    """Where the settings are: NEWSCAST_SETTINGS, else settings.toml in the user's configuration folder."""
    named = os.environ.get("NEWSCAST_SETTINGS")
    return Path(named) if named else _find_folder(platformdirs.user_config_dir) / "settings.toml"


def read_settings(path: Path) -> Settings:
    """The settings in a file, or the defaults where there is none. Raises SettingsError."""
    try:
        data = tomllib.loads(_read_text(path))
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        what = "too many brackets within each other" if isinstance(error, RecursionError) else error
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
    """What is in a settings file. Raises OSError, ValueError for what cannot be one."""
    # A FIFO must not block the open.
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:  # noqa: PTH123 - takes a descriptor
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode) and str(path) != os.devnull:
            raise ValueError("not a regular file")
        data = file.read(_largest + 1)
    if len(data) > _largest:
        raise ValueError(f"larger than {_largest // 1_000:,} kB")
    return data.decode("utf-8")


def _check_keys(path: Path, value: Any) -> None:  # noqa: ANN401 - anything may stand in a file
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
        elif pattern := known[key].metadata.get("pattern"):
            good = isinstance(value, str) and re.fullmatch(pattern, value) is not None
            expected = f'like "{known[key].default}"'
        else:
            good, expected = isinstance(value, str), "a string"
        if not good:
            raise SettingsError(f'{path}: "{key}" must be {expected}')


def find_library_folder(settings: Settings, given: str | None) -> Path:
    """Where the library is: as given, else as set, else in the user's data folder."""
    chosen = given or settings.library
    if not chosen:
        return _find_folder(platformdirs.user_data_dir) / "library"
    try:
        return Path(chosen).expanduser()
    except RuntimeError as error:  # what pathlib raises for an unknown user
        raise SettingsError(f"the library {chosen}: there is no such user's folder") from error


def _find_folder(find: Callable[[str], str]) -> Path:
    """A folder of the user's for newscast, as the system's conventions say. Raises SettingsError."""
    try:
        folder = Path(find("newscast"))
    except RuntimeError:  # so says platformdirs; older ones give a folder beneath the present one
        folder = Path()
    if not folder.is_absolute():
        raise SettingsError("there is no home folder: set HOME, or XDG_CONFIG_HOME, XDG_DATA_HOME and XDG_STATE_HOME")
    return folder


def find_state_folder() -> Path:
    """Where what people did is kept."""
    return _find_folder(platformdirs.user_state_dir)


def find_reader_database(user: str | None = None) -> Path:
    """Return the file of a person's marks, positions and searches; each reader of a server has a folder."""
    folder = find_state_folder()
    return (folder / "users" / user if user is not None else folder) / "reader.db"


def check_user(name: str) -> str:
    """The same name, if it is one safe word that can be a folder's. Raises SettingsError."""
    if not _USER.fullmatch(name):
        raise SettingsError(
            f"“{make_safe_line(name)[:60]}” cannot be a reader's name: one word of at most 32 letters, digits, “.”, "
            "“-” and “_”, beginning with a letter or digit"
        )
    return name

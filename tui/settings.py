"""Settings: one TOML file → a frozen dataclass. What is not given has a default, what is not known is an error."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from search import NewscastError

if TYPE_CHECKING:
    from collections.abc import Mapping


class SettingsError(NewscastError):
    """The settings file says something that newscast does not understand."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person may choose; each field is a key of the file."""

    library: str | None = None
    """The library's folder."""
    theme: str = "terminal"
    """"terminal" has the terminal's own colours; any theme of Textual's may be named."""
    text_width: int = 84
    """The longest line of text, in columns."""
    recogniser: str = "trained"
    """What finds the cast: "trained", "rules", or "spacy:" and the name of a spaCy pipeline."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Binding id → keys, with a comma between them."""


def find_settings_file() -> Path:
    """Where the settings are: NEWSCAST_SETTINGS, else settings.toml in the user's configuration folder."""
    named = os.environ.get("NEWSCAST_SETTINGS")
    return Path(named) if named else Path(platformdirs.user_config_dir("newscast")) / "settings.toml"


def read_settings(path: Path) -> Settings:
    """The settings in a file, or the defaults where there is none. Raises SettingsError."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    known = {setting.name for setting in fields(Settings)}
    for key, value in data.items():
        if key not in known:
            raise SettingsError(f'{path}: no setting "{key}"; there are {", ".join(sorted(known))}')
        _check(path, key, value)
    return Settings(**data)


def _check(path: Path, key: str, value: Any) -> None:  # noqa: ANN401 - anything may stand in a file
    if key == "keys":
        good = isinstance(value, dict) and all(isinstance(keys, str) and keys for keys in value.values())
        expected = "a table of strings"
    elif key == "text_width":
        good = isinstance(value, int) and not isinstance(value, bool) and 20 <= value <= 400
        expected = "a number from 20 to 400"
    else:
        good, expected = isinstance(value, str), "a string"
    if not good:
        raise SettingsError(f'{path}: "{key}" must be {expected}')


def find_library_folder(settings: Settings, given: str | None) -> Path:
    """Where the library is: as given, else as set, else in the user's data folder."""
    chosen = given or settings.library
    return Path(chosen).expanduser() if chosen else Path(platformdirs.user_data_dir("newscast")) / "library"


def find_reader_database() -> Path:
    """Where a person's own marks are kept."""
    return Path(platformdirs.user_state_dir("newscast")) / "reader.db"

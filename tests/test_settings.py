"""Settings: a missing one has a default; an unknown one is an error that says what to do."""

from __future__ import annotations

import pytest

from tui.settings import Settings, SettingsError, find_library_folder, find_reader_database, read_settings


def test_without_a_file_there_are_defaults(tmp_path):
    assert read_settings(tmp_path / "none.toml") == Settings()


def test_a_file_may_say_everything(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text('theme = "nord"\ntext_width = 60\nlibrary = "~/news"\nrecogniser = "rules"\n[keys]\nnext = "j,n"\n')
    settings = read_settings(path)
    assert (settings.theme, settings.text_width, settings.keys) == ("nord", 60, {"next": "j,n"})
    assert "~" not in str(find_library_folder(settings, None))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("colour = 'red'", 'no setting "colour"; there are full_text, keys, library'),
        ("text_width = 'wide'", '"text_width" must be a number from 20 to 400'),
        ("text_width = true", '"text_width" must be a number'),
        ("theme = 1", '"theme" must be a string'),
        ("keys = 1", '"keys" must be a table of strings'),
        ("[keys]\nnext = 1", '"keys" must be a table of strings'),
        ("theme = ", "Invalid value"),
    ],
)
def test_what_is_not_understood_is_an_error_with_the_file_in_it(tmp_path, text, message):
    path = tmp_path / "settings.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=r"settings\.toml") as error:
        read_settings(path)
    assert message in str(error.value)


def test_a_person_s_marks_are_in_that_person_s_state_folder(own_home):
    assert find_reader_database().is_relative_to(own_home)

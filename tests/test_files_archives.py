"""The articles in an archive are added one by one; bombs and damage cost themselves alone."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import shutil
import subprocess
import sys
import tarfile
import zipfile

import pytest

from search import Library, SourceRefusedError, find_outermost
from search.sources import Reader
from search.sources.budget import Caps
from search.sources.tasks import Limits
from tests.conftest import root
from tui.links import find_link

files = root / "tests" / "files"
megabyte = 1024**2


def build_zip(members, compression=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def build_tar(members):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            if data is None:
                info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
                archive.addfile(info)
            else:
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


@pytest.fixture
def library(tmp_path):
    with Library(tmp_path / "library", recogniser="rules") as opened:
        yield opened


def add(library, *paths):
    return [addition for step in library.add([str(path) for path in paths]) for addition in step.additions]


def outcomes(library, path):
    return {addition.origin.removeprefix(f"{path}!/"): addition.outcome for addition in add(library, path)}


def unpack(path, data, **caps):
    """The bytes of each member of a file, or why there are none."""
    path.write_bytes(data)
    with Reader(caps=Caps(**caps)) as reader:
        return {
            raw.origin.removeprefix(f"{path}!/"): raw.reason if isinstance(raw, SourceRefusedError) else raw.data
            for raw in reader.read(str(path))
        }


def test_an_archive_is_added_searched_and_shown_with_its_origin(tmp_path):
    def run(*arguments):
        command = [sys.executable, "-P", "-m", "tui.cli", "--library", str(tmp_path / "library"), *arguments]
        return subprocess.run(command, cwd=root, capture_output=True, text=True, check=True, timeout=100)

    archive = files / "zip.zip"
    run("add", str(archive))
    (hit,) = map(json.loads, run("search", "--json", "ferry").stdout.splitlines())
    assert hit["title"] == "The ferry returns to Lindholm"
    assert f"from {archive}!/folder/a.txt" in run("show", hit["id"]).stdout.splitlines()
    assert json.loads(run("show", "--json", hit["id"]).stdout)["origin"] == f"{archive}!/folder/a.txt"


@pytest.mark.parametrize("name", ["zip.zip", "bsdtar.zip", "bsdtar.tar.gz"])
def test_archives_of_other_programs_are_read(library, name):
    assert outcomes(library, files / name) == {"folder/a.txt": "added", "folder/b.md": "added"}


def test_members_that_have_not_changed_are_skipped_and_a_changed_one_replaces_its_article(library, tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(build_zip({"a.txt": "The ferry sails.", "b.txt": "Tarn votes."}))
    first = add(library, path)
    path.write_bytes(build_zip({"a.txt": "The ferry sails.", "b.txt": "Tarn votes again.", "c.txt": "A third text."}))
    assert outcomes(library, path) == {"a.txt": "skipped", "b.txt": "changed", "c.txt": "added"}
    assert library.document(first[1].document).paragraphs[0].text == "Tarn votes again."


def test_members_that_were_swapped_keep_both_texts(library, tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(build_zip({"a.txt": "The ferry sails.", "b.txt": "Tarn votes."}))
    first = add(library, path)
    path.write_bytes(build_zip({"a.txt": "Tarn votes.", "b.txt": "The ferry sails."}))
    add(library, path)
    assert [library.document(each.document).paragraphs[0].text for each in first] == ["Tarn votes.", "The ferry sails."]


def test_a_removed_member_stays_away_until_the_removal_is_undone(library, tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(build_zip({"a.txt": "The ferry sails.", "b.txt": "Tarn votes."}))
    first, _ = add(library, path)
    library.remove([first.document])
    assert outcomes(library, path) == {"a.txt": "skipped", "b.txt": "skipped"}
    library.undo_remove()
    assert library.origin(first.document) == f"{path}!/a.txt"


def test_what_is_damaged_is_brought_back_by_adding_the_archive(library, tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(build_zip({"a.txt": "The ferry sails."}))
    (addition,) = add(library, path)
    library._connection.execute("UPDATE documents SET text = 'Rubbish.'")
    assert any(f"newscast add {path}" in problem and "!/" not in problem for problem in library.health().problems)
    add(library, path)
    assert library.document(addition.document).paragraphs[0].text == "The ferry sails."


def test_the_link_of_an_article_in_an_archive_is_the_archive(library, tmp_path):
    path = tmp_path / "strange!" / "a.zip"
    path.parent.mkdir()
    path.write_bytes(build_zip({"a.txt": "The ferry sails."}))
    (addition,) = add(library, path)
    link = find_link(library.document(addition.document), library.origin(addition.document))
    assert link is not None
    assert link.target == str(path)


def test_an_address_with_the_separator_behind_a_hash_is_no_archive():
    assert find_outermost("https://isle.example/#!/a") == "https://isle.example/#!/a"
    assert find_outermost("https://isle.example/a.zip!/b.txt") == "https://isle.example/a.zip"


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_compressed_files_and_archives_are_read_by_their_content(tmp_path, compress):
    assert unpack(tmp_path / "news.bin", compress(b"The ferry sails.")) == {"news": b"The ferry sails."}
    tar = build_tar({"a.txt": b"Tarn votes."})
    assert unpack(tmp_path / "other.bin", compress(tar)) == {"a.txt": b"Tarn votes."}


def test_archives_in_archives_are_read_three_deep(tmp_path):
    data = build_zip({"a.txt": "The ferry sails."})
    for name in ("4.zip", "3.zip", "2.zip"):
        data = build_zip({name: data, f"{name}.txt": f"beside {name}"})
    assert unpack(tmp_path / "1.zip", data) == {
        "2.zip!/3.zip!/4.zip": "in more than 3 archives, one within the other",
        "2.zip!/3.zip!/4.zip.txt": b"beside 4.zip",
        "2.zip!/3.zip.txt": b"beside 3.zip",
        "2.zip.txt": b"beside 2.zip",
    }


def test_a_zip_bomb_is_refused_and_the_rest_of_the_archive_is_read(tmp_path):
    data = build_zip({"bomb.txt": bytes(20 * megabyte), "a.txt": "The ferry sails."})
    assert len(data) < 100_000
    assert unpack(tmp_path / "a.zip", data) == {
        "bomb.txt": "larger than 16 MB (a text) or 64 MB (other formats)",
        "a.txt": b"The ferry sails.",
    }


def test_a_member_that_lies_about_its_size_is_not_read_beyond_it(tmp_path):
    data = bytearray(build_zip({"bomb.txt": b"a" * 20 * megabyte}))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    (why,) = unpack(tmp_path / "a.zip", bytes(data)).values()
    assert str(why).startswith("damaged in the archive: Bad CRC-32")


def test_bytes_in_all_are_counted_and_what_came_before_is_kept(tmp_path):
    found = unpack(tmp_path / "a.zip", build_zip({f"{n}.txt": b"a" * megabyte for n in range(9)}), total=3 * megabyte)
    assert list(found) == ["0.txt", "1.txt", "2.txt", str(tmp_path / "a.zip")]
    assert found[str(tmp_path / "a.zip")] == "more than 3 MB are in it; the rest was left out"


@pytest.mark.parametrize("build", [build_zip, build_tar])
def test_members_are_counted(tmp_path, build):
    found = unpack(tmp_path / "a.zip", build({f"{n}.txt": b"words" for n in range(9)}), members=4)
    assert len(found) == 5
    assert found[str(tmp_path / "a.zip")] == "more than 4 files are in it; the rest was left out"


def test_a_list_of_members_that_fills_the_memory_is_refused(tmp_path):
    entry = b"PK\x01\x02" + bytes(24) + (20).to_bytes(2, "little") + bytes(16) + b"a" * 20
    count = 400_000
    end = b"PK\x05\x06" + bytes(4) + b"\xff\xff\xff\xff" + len(entry * count).to_bytes(4, "little") + bytes(6)
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x03\x04" + bytes(26) + entry * count + end)
    with Reader(Limits(seconds=60, memory=200 * megabyte)) as reader:
        (refusal,) = reader.read(str(path))
    assert isinstance(refusal, SourceRefusedError)
    assert refusal.reason == "takes too much memory to parse: more than 200 MB"


def test_an_archive_that_takes_too_long_is_refused_and_the_next_file_is_read(tmp_path):
    slow = tmp_path / "slow.tar.gz"
    slow.write_bytes(gzip.compress(tarfile.TarInfo(".hidden").tobuf() * 150_000, compresslevel=1))
    (tmp_path / "b.zip").write_bytes(build_zip({"a.txt": "The ferry sails."}))
    with Reader(Limits(seconds=1)) as reader:
        (refusal,) = reader.read(str(slow))
        assert isinstance(refusal, SourceRefusedError)
        assert refusal.reason == "takes too long to parse: more than 1 seconds"
        (raw,) = reader.read(str(tmp_path / "b.zip"))
    assert raw.origin == f"{tmp_path}/b.zip!/a.txt"


def test_links_and_names_that_lead_out_of_an_archive_lead_nowhere(tmp_path):
    data = build_tar({"../../evil.txt": b"Evil words.", "/etc/a.txt": b"More words.", "link": None})
    assert unpack(tmp_path / "a.tar", data) == {
        "evil.txt": b"Evil words.",
        "etc/a.txt": b"More words.",
        "link": "a link or a device",
    }
    assert [path.name for path in tmp_path.iterdir()] == ["a.tar"]


def test_members_of_one_name_are_kept_apart(tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "One.")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.txt", "Two.")
    assert unpack(tmp_path / "a.zip", file.getvalue()) == {"a.txt": b"One.", "a.txt (2)": b"Two."}


def test_hidden_files_and_folders_in_an_archive_are_left_out(tmp_path):
    data = build_zip({".git/config": "x", "__MACOSX/._a.txt": "x", "a.txt": "The ferry sails."})
    assert list(unpack(tmp_path / "a.zip", data)) == ["a.txt"]


def test_an_archive_that_was_cut_off_gives_what_can_be_read(tmp_path):
    found = unpack(tmp_path / "a.tar", build_tar({"a.txt": b"Tarn votes.", "b.txt": b"b" * 5000})[:3000])
    assert found["a.txt"] == b"Tarn votes."
    assert "damaged or cut off" in str(found[str(tmp_path / "a.tar")])


def test_an_empty_archive_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    assert unpack(path, build_zip({})) == {str(path): "an archive without articles"}


def test_a_locked_member_is_refused(tmp_path):
    data = bytearray(build_zip({"a.txt": "The ferry sails."}))
    data[6] |= 1
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    assert unpack(tmp_path / "a.zip", bytes(data)) == {"a.txt": "locked with a password"}


def test_a_mail_that_was_read_in_a_mailbox_has_not_changed(library, tmp_path):
    path = tmp_path / "inbox"
    mails = (files / "formail.mbox").read_bytes()
    path.write_bytes(mails)
    add(library, path)
    path.write_bytes(mails.replace(b"MIME-Version", b"Status: RO\nX-Status: F\nMIME-Version"))
    assert set(outcomes(library, path).values()) == {"skipped"}


# moved files


def test_the_articles_of_a_moved_folder_are_not_added_twice_and_follow_it(library, tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    (old / "a.txt").write_text("The ferry sails.")
    (old / "b.zip").write_bytes(build_zip({"c.txt": "Tarn votes."}))
    before = [addition.document for addition in add(library, old)]
    old.rename(new)
    moved = add(library, new)
    assert [(addition.outcome, addition.document) for addition in moved] == [
        ("skipped", before[0]),
        ("skipped", before[1]),
    ]
    assert [library.origin(each) for each in before] == [str(new / "a.txt"), f"{new}/b.zip!/c.txt"]
    assert not library.health().problems


def test_a_moved_file_that_changes_later_replaces_its_article(library, tmp_path):
    (tmp_path / "a.txt").write_text("The ferry sails.")
    (before,) = add(library, tmp_path / "a.txt")
    (tmp_path / "a.txt").rename(tmp_path / "b.txt")
    add(library, tmp_path / "b.txt")
    (tmp_path / "b.txt").write_text("The ferry sails again.")
    (after,) = add(library, tmp_path / "b.txt")
    assert (after.outcome, after.document) == ("changed", before.document)


def test_a_new_file_in_the_place_of_a_moved_one_is_an_article_of_its_own(library, tmp_path):
    (tmp_path / "a.txt").write_text("The ferry sails.")
    (first,) = add(library, tmp_path / "a.txt")
    (tmp_path / "a.txt").rename(tmp_path / "b.txt")
    add(library, tmp_path / "b.txt")
    (tmp_path / "a.txt").write_text("Tarn votes.")
    (second,) = add(library, tmp_path / "a.txt")
    assert second.outcome == "added"
    assert second.document != first.document


def test_a_copy_whose_original_is_still_there_does_not_move_the_article(library, tmp_path):
    (tmp_path / "a.txt").write_text("The ferry sails.")
    (first,) = add(library, tmp_path / "a.txt")
    shutil.copy(tmp_path / "a.txt", tmp_path / "b.txt")
    (second,) = add(library, tmp_path / "b.txt")
    assert second.outcome == "skipped"
    assert library.origin(first.document) == str(tmp_path / "a.txt")

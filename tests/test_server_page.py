"""The promises of docs/server.md to an administrator: the unit for systemd, the filter for fail2ban, the settings."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from dataclasses import fields

import asyncssh
import pytest

from tests.conftest import root
from tests.serving import make_key
from tui.settings import ServeSettings, find_settings_file, read_settings

docs = root / "docs"
page = (docs / "server.md").read_text()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze, which is not here")
def test_the_unit_is_confined():
    said = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", docs / "newscast.service"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    found = re.search(r"Overall exposure level for newscast.service: ([\d.]+)", said)
    assert found
    assert float(found[1]) < 3
    assert f"gives it {found[1]})" in page


async def test_the_filter_for_fail2ban_finds_the_address_in_refused_logins_and_nowhere_else(server, tmp_path):
    trick = 'x address=192.0.2.9 why="no known key"'
    stranger = make_key(tmp_path, "mallory")
    assert server.run("search", "x").returncode == 0
    for name in ("root", "a b", trick, f"2026-01-01T00:00:00.000Z refused {trick}"):
        with pytest.raises(asyncssh.PermissionDenied):
            await asyncssh.connect(
                "127.0.0.1", server.port, username=name, client_keys=[str(stranger)], known_hosts=None, config=None,
                agent_path=None,
            )  # fmt: skip
    assert server.run("search", "x", options=["-o", "PubkeyAuthentication=no"]).returncode == 255
    server.wait_for_log('why="no key"')
    log = server.log.splitlines()
    assert sum(" refused " in line for line in log) == 5
    assert find_banned(log) == ["127.0.0.1"] * 5
    assert find_banned([f"news newscast[4711]: {line}" for line in log]) == ["127.0.0.1"] * 5


def find_banned(lines: list[str]) -> list[str]:
    """Find the addresses that the filter matches as <ADDR>."""
    found = re.search(r"^failregex = (.*)$", (docs / "fail2ban-newscast.conf").read_text(), re.MULTILINE)
    assert found
    pattern = re.compile(found[1].replace("<ADDR>", r"(?P<address>[0-9a-fA-F.:]+)"))
    return [match["address"] for match in map(pattern.search, lines) if match]


@pytest.mark.skipif(shutil.which("fail2ban-regex") is None, reason="needs fail2ban, which is not here")
def test_fail2ban_itself_takes_the_filter(tmp_path):
    log = tmp_path / "log"
    log.write_text(
        '2026-01-02T03:04:05.678Z refused address=192.0.2.7 login=root keys=SHA256:abc why="no known key"\n'
        "2026-01-02T03:04:06.678Z in user=alice address=192.0.2.8 what=reader pid=4711\n"
        '2026-01-02T03:04:07.678Z refused address=2001:db8::1 login="a b" why="no key"\n'
    )
    said = subprocess.run(
        ["fail2ban-regex", log, docs / "fail2ban-newscast.conf"], capture_output=True, text=True, check=True
    ).stdout
    assert "Lines: 3 lines, 0 ignored, 2 matched, 1 missed" in said, said


def test_the_page_names_every_setting_with_its_default():
    table = re.search(r"\n    \[serve\]\n((?:    .*\n)+)", page)
    assert table
    shown = tomllib.loads("[serve]\n" + table[1])["serve"]
    assert list(shown) != []
    assert set(shown) == {setting.name for setting in fields(ServeSettings)}
    for setting in fields(ServeSettings):
        assert setting.default in {shown[setting.name], None}


@pytest.mark.parametrize("startups", ["10", "10:30", "10:101:60", "0:30:60", "a:b:c", "10:30:60:90"])
def test_startups_that_sshd_would_not_understand_are_refused(startups):
    path = find_settings_file()
    path.write_text(f'[serve]\nstartups = "{startups}"\n')
    with pytest.raises(Exception, match='"startups" must be like "30:30:100"'):
        read_settings(path)


def test_the_unit_starts_what_the_page_installs():
    unit = (docs / "newscast.service").read_text()
    for setting in (
        "MemoryMax", "TasksMax", "LimitNOFILE", "UMask", "CapabilityBoundingSet", "SystemCallFilter",
        "RestrictAddressFamilies", "ProtectSystem", "ProtectHome", "ProtectProc",
    ):  # fmt: skip
        assert f"\n{setting}=" in unit
    assert "User=newscast" in unit
    assert 'adduser --disabled-password --gecos "" newscast' in page

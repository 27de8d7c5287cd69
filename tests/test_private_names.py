"""newscast uses the private names of dependencies that docs/decisions/private-names.md lists, and no others."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import textwrap

import asyncssh
import pytest
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

import search
import tui
from tests.conftest import root

advice = "docs/decisions/private-names.md says what to do"
overridden = {
    ("NewscastApp", "_handle_exception"),
    ("NewscastApp", "_fatal_error"),
    ("TerminalDriver", "_get_terminal_size"),
}
named_as_text = {"_driver", "_process_env_request"}
modules = [*root.glob("search/**/*.py"), *root.glob("tui/**/*.py")]
documented = {"_replace", "_asdict", "_exit"}
"""Of named tuples and of os."""


def list_classes() -> list[type]:
    names = [
        each.name for part in (search, tui) for each in pkgutil.walk_packages(part.__path__, f"{part.__name__}.")
        if not each.name.endswith("__main__")
    ]  # fmt: skip
    found = (each for name in names for each in vars(importlib.import_module(name)).values())
    return sorted({each for each in found if isinstance(each, type) and is_ours(each)}, key=str)


def is_ours(one: type) -> bool:
    return one.__module__.split(".")[0] in {"search", "tui"}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def parse(one: type) -> ast.AST:
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(one)))
    except (OSError, TypeError):
        return ast.Module(body=[], type_ignores=[])


def find_defined(one: type) -> set[str]:
    """What a class's own source calls its methods and attributes."""
    tree = parse(one)
    found = {
        node.attr for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "self"
    }  # fmt: skip
    for each in (statement for top in ast.iter_child_nodes(tree) for statement in getattr(top, "body", [])):
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(each.name)
        elif isinstance(each, ast.Assign | ast.AnnAssign):
            targets = each.targets if isinstance(each, ast.Assign) else [each.target]
            found |= {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
    return {name for name in found if is_private(name)}


def find_inherited(one: type) -> set[str]:
    """The private names of the classes of others that a class is built on."""
    others = [base for base in one.__mro__ if not is_ours(base) and base is not object]
    return {name for base in others for name in (*find_defined(base), *vars(base)) if is_private(name)}


def test_no_class_overwrites_a_private_name_of_a_class_that_it_is_built_on():
    found = {(one.__name__, name) for one in list_classes() for name in find_defined(one) & find_inherited(one)}
    assert found == overridden, advice


def test_no_class_uses_a_private_attribute_that_only_a_dependency_defines():
    found = set()
    for one in list_classes():
        ours = {name for base in one.__mro__ if is_ours(base) for name in find_defined(base)}
        foreign = find_inherited(one) - ours
        found |= {
            (one.__name__, node.attr) for node in ast.walk(parse(one))
            if isinstance(node, ast.Attribute) and node.attr in foreign and ast.unparse(node.value) in {"self", "cls"}
        }  # fmt: skip
    assert found == set(), advice


@pytest.mark.parametrize("path", modules, ids=lambda path: str(path.relative_to(root)))
def test_no_module_reaches_for_what_another_object_or_package_keeps_to_itself(path):
    tree = ast.parse(path.read_text())
    ours = {
        node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr) and node.attr not in ours | documented:
            owner = ast.unparse(node.value)
            is_override = owner == "super()" and node.attr in {name for _, name in overridden}
            assert owner in {"self", "cls"} or is_override, f"{ast.unparse(node)}: {advice}"
        if isinstance(node, ast.ImportFrom) and node.module not in {"__future__", "_typeshed"}:
            names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            private = [name for name in names if is_private(name)]
            assert private in ([], ["_xterm_parser"]), f"{ast.unparse(node)}: {advice}"


def test_private_names_given_as_text_are_the_known_ones():
    found = set()
    for path in modules:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"getattr", "setattr", "hasattr"}:
                found |= {
                    each.value for each in node.args if isinstance(each, ast.Constant) and is_private(str(each.value))
                }
    assert found <= named_as_text, advice


@pytest.mark.parametrize(
    ("owner", "name"),
    [(App, "_handle_exception"), (App, "_fatal_error"), (App(), "_driver"), (LinuxDriver, "_get_terminal_size"),
     (importlib.import_module("textual._xterm_parser"), "XTermParser"),
     (asyncssh.SSHServerChannel, "_process_env_request"), (asyncssh.SSHServerConnection, "pause_writing"),
     (asyncssh.SSHServerConnection, "resume_writing"), (asyncssh.SSHServerConnection, "data_received")],
)  # fmt: skip
def test_what_newscast_relies_on_is_there(owner, name):
    assert hasattr(owner, name), advice

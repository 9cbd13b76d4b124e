"""What the addon brings onto a server: its own code, and nothing that a stock Odoo lacks."""

import ast
import sys
from functools import cache

import pytest

from devenv import odoo_source
from devenv.paths import ADDON, REPO

MODULES = sorted(set(ADDON.rglob("*.py")) - set((ADDON / "tests").rglob("*.py")))
# They find code by a name that no check of the imports can see.
BY_NAME = {"importlib", "pkgutil", "runpy", "imp"}


def imported(path, everywhere=True):
    """:return: the top-level packages that a file imports, or those that it cannot do without."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = set()
    for node in ast.walk(tree) if everywhere else tree.body:
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module.partition(".")[0])
    return names


@cache
def imported_by_odoo():
    """Packages without which Odoo itself, or an addon that ours depends on, does not start."""
    source = odoo_source.ensure()
    core = source.python_path / "odoo"
    places = [path for path in core.iterdir() if path.name != "addons"]
    places += [folder for name in dependencies(ADDON) for folder in addon_folders(name, source)]
    files = {file for place in places for file in [place, *place.rglob("*.py")] if file.is_file()}
    needed = [file for file in files if file.suffix == ".py" and not is_test(file, core.parent)]
    return set().union(*(imported(file, everywhere=False) for file in needed))


def is_test(file, root):
    return "tests" in file.relative_to(root).parts


def dependencies(folder):
    """:return: the names of all addons that the one in `folder` depends on."""
    found, waiting = set(), [folder]
    while waiting:
        text = (waiting.pop() / "__manifest__.py").read_text(encoding="utf-8")
        for name in {"base", *ast.literal_eval(text).get("depends", [])} - found:
            found.add(name)
            waiting += addon_folders(name, odoo_source.ensure())
    return found


def addon_folders(name, source):
    places = {source.addons_path / name, source.python_path / "odoo" / "addons" / name}
    return [place for place in sorted(places) if place.is_dir()]


def test_odoo_was_read():
    """Else nothing below could be told from what Odoo lacks."""
    assert {"psycopg2", "requests", "werkzeug", "lxml"} <= imported_by_odoo()
    assert "pytest" not in imported_by_odoo()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ADDON)))
def test_a_module_imports_only_what_a_stock_odoo_has(path):
    allowed = {"odoo"} | sys.stdlib_module_names | imported_by_odoo()
    assert imported(path) - allowed == set()
    assert imported(path) & BY_NAME == set()


def test_the_manifest_asks_for_no_package():
    manifest = ast.literal_eval((ADDON / "__manifest__.py").read_text(encoding="utf-8"))
    assert "external_dependencies" not in manifest


@pytest.mark.parametrize("folder", [ADDON, REPO / "devenv"], ids=lambda path: path.name)
def test_the_simulator_is_imported_by_tests_alone(folder):
    """By its bare name; by that of its package, lint forbids it."""
    simulator = {path.stem for path in (ADDON / "tests").glob("ups_simulator*.py")}
    assert simulator
    for path in folder.rglob("*.py"):
        if not is_test(path, folder):
            assert imported(path) & simulator == set(), path

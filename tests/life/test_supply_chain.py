"""What the addons bring onto a server: their own code, and nothing that a stock Odoo lacks."""

import ast
import sys
from functools import cache

import pytest

from devenv import addons, odoo_source
from devenv.paths import ADDON, REPO

MODULES = [
    path
    for folder in addons.folders()
    for path in sorted(folder.rglob("*.py"))
    if "tests" not in path.relative_to(REPO).parts
]
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
    """Packages without which Odoo itself, or its `mail`, on which ours depend, does not start; and
    those by which it reads spreadsheets.
    """
    source = odoo_source.ensure()
    core = source.python_path / "odoo"
    files = [path for path in core.rglob("*.py") if "addons" not in path.relative_to(core).parts]
    files += (source.addons_path / "mail").rglob("*.py")
    needed = [imported(path, everywhere=False) for path in files if "tests" not in path.parts]
    needed.append(imported(source.addons_path / "base_import" / "models" / "base_import.py"))
    return set().union(*needed)


def test_odoo_was_read():
    """Else nothing below could be told from what Odoo lacks."""
    assert {"psycopg2", "requests", "werkzeug", "lxml"} <= imported_by_odoo()
    assert "pytest" not in imported_by_odoo()
    assert "mail" in addons.needed_modules([ADDON.name]).split(",")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(REPO)))
def test_a_module_imports_only_what_a_stock_odoo_has(path):
    allowed = {"odoo"} | sys.stdlib_module_names | imported_by_odoo()
    assert imported(path) - allowed == set()
    assert imported(path) & BY_NAME == set()


def test_no_manifest_asks_for_a_package():
    assert not [
        path for path in addons.folders() if "external_dependencies" in addons.manifest(path)
    ]


def test_the_simulator_is_imported_by_tests_alone():
    """By its bare name; by that of its package, lint forbids it."""
    simulator = {path.stem for path in REPO.glob("ups_pickup*/tests/ups_*simulator*.py")}
    assert simulator
    for path in (*MODULES, *REPO.glob("devenv/*.py")):
        assert imported(path) & simulator == set(), path

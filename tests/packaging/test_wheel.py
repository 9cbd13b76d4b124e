"""What is in the wheel: all that a running Odoo reads, and nothing that git does not know."""

import ast
import email
import zipfile

import pytest

from devenv.paths import ADDON


def test_a_file_that_git_ignores_stays_out(wheel_files):
    assert "left-over.pyc" not in wheel_files


def test_all_else_comes_along(clone, wheel_files):
    """Tests and simulator too, as in OCA's own wheels: nothing outside tests imports them."""
    left_out = {"pyproject.toml", "left-over.pyc"}
    files = {
        str(path.relative_to(clone / ADDON.name))
        for path in (clone / ADDON.name).rglob("*")
        if path.is_file()
    }
    assert wheel_files == files - left_out


@pytest.mark.parametrize(
    "pattern",
    [
        "views/*.xml",
        "security/*.csv",
        "security/*.xml",
        "data/*.xml",
        "data/neutralize.sql",  # Odoo finds it by its path, so no manifest would miss it
        "static/description/icon.png",
        "static/description/index.html",
    ],
)
def test_what_odoo_reads_is_there(pattern, wheel_files):
    folder, _, name = pattern.rpartition("/")
    suffix = name.removeprefix("*")
    found = [file for file in wheel_files if file.startswith(folder) and file.endswith(suffix)]
    assert found


def test_each_file_that_the_manifest_names_is_there(wheel_files):
    manifest = ast.literal_eval((ADDON / "__manifest__.py").read_text())
    assert set(manifest["data"]) <= wheel_files


def test_pip_reads_the_manifest(wheel):
    """Name and version as OCA's build backend gives them, so `pip list` tells what is installed."""
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith("METADATA"))
        headers = email.message_from_bytes(archive.read(metadata))
    manifest = ast.literal_eval((ADDON / "__manifest__.py").read_text())
    assert headers["Name"] == f"odoo-addon-{ADDON.name}"
    assert headers["Version"].startswith(manifest["version"])
    assert [need for need in headers.get_all("Requires-Dist") if "odoo" not in need.lower()] == []

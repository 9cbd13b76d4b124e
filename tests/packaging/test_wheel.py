"""What is in the wheels: all that a running Odoo reads, and nothing that git does not know."""

import email
import zipfile

import pytest

from devenv import addons
from devenv.paths import REPO

pytestmark = pytest.mark.parametrize("addon", addons.names())


def test_all_comes_along_but_what_git_ignores(addon, clone, wheels):
    """Tests and simulator too, as in OCA's own wheels: nothing outside tests imports them."""
    left_out = {"pyproject.toml", "left-over.pyc"}
    folder, inside = clone / addon, f"odoo/addons/{addon}/"
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert left_out <= files
    names = zipfile.ZipFile(wheels[addon]).namelist()
    found = {name.removeprefix(inside) for name in names if name.startswith(inside)}
    assert found == files - left_out


def test_pip_reads_the_manifest(addon, wheels):
    """Name and version as OCA's build backend gives them, so `pip list` tells what is installed."""
    with zipfile.ZipFile(wheels[addon]) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith("METADATA"))
        headers = email.message_from_bytes(archive.read(metadata))
    manifest = addons.manifest(REPO / addon)
    assert headers["Name"] == f"odoo-addon-{addon}"
    assert headers["Version"].startswith(manifest["version"])
    # Nothing but Odoo, and our own addons that it depends on.
    assert [need for need in headers.get_all("Requires-Dist") if "odoo" not in need.lower()] == []

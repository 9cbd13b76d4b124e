"""Debian's odoo-19 package, downloaded and unpacked without touching the machine's own apt."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from devenv.console import Problem, run_logged, step
from devenv.paths import CACHE, LOGS

# With Odoo come those into which the package has replaced web assets by links. Its stylesheets name
# the files of Font Awesome 4.7; unstable's is newer and has others.
_PACKAGES = (
    "odoo-19/unstable",
    "libjs-jquery/unstable",
    "libjs-jquery-form/unstable",
    "libjs-underscore/unstable",
    "fonts-roboto-unhinted/unstable",
    "fonts-montserrat/unstable",
    "fonts-inconsolata/unstable",
    "fonts-font-awesome/stable",
)
_APT = CACHE / "apt"
_KEYRING = "debian-archive-keyring.*"
_OWN_APT = {
    "Dir::Etc::SourceList": _APT / "sources.list",
    "Dir::Etc::SourceParts": "/dev/null",
    "Dir::Etc::Preferences": "/dev/null",
    "Dir::Etc::PreferencesParts": "/dev/null",
    "Dir::State": _APT,
    "Dir::State::Lists": _APT / "lists",
    "Dir::State::status": "/dev/null",
    "Dir::Cache": _APT / "cache",
    "Acquire::Languages": "none",
    "APT::Get::List-Cleanup": "0",
    # apt's sandbox user cannot enter a closed folder such as root's home.
    "APT::Sandbox::User": "root",
}


class NotPackaged(Exception):
    """This machine's apt cannot bring odoo-19; its text says why."""


def unpack_debian_odoo(folder: Path) -> str:
    """Fill `folder`, and return the package's version. apt checks each file's signature."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise NotPackaged("No apt here")
    own = [part for key, value in _OWN_APT.items() for part in ("-o", f"{key}={value}")]
    with step("reading Debian's package lists"):
        _write_sources()
        _run("apt-get", *own, "update", "--error-on=any")
    found = _run("apt-cache", *own, "show", "odoo-19", check=False)
    version = re.search(r"^Version: (\S+)", found, re.MULTILINE)
    if not version:
        raise NotPackaged("This mirror has no odoo-19")
    with step(f"downloading Odoo {version[1]} from the machine's Debian mirror (about 130 MB)"):
        debs = _APT / "debs"
        shutil.rmtree(debs, ignore_errors=True)
        debs.mkdir()
        _run("apt-get", *own, "download", *_PACKAGES, cwd=debs)
    with step("unpacking it"):
        for deb in debs.glob("*.deb"):
            run_logged(["dpkg-deb", "--extract", deb, folder], LOGS / "dpkg.log")
    return version[1]


def _write_sources() -> None:
    """Unstable and stable of the machine's own mirror, by Debian's keys."""
    addresses = _run("apt-get", "indextargets", "--format", "$(REPO_URI)").splitlines()
    mirror = next((each for each in addresses if re.search(r"/debian/?$", each)), None)
    if not mirror:
        raise NotPackaged("apt knows no Debian mirror here")
    # Its suffix depends on the release; without one, apt's own keys count.
    keys = [f"[signed-by={path}] " for path in Path("/usr/share/keyrings").glob(_KEYRING)][:1]
    for folder in (_APT / "lists" / "partial", _APT / "cache" / "archives" / "partial"):
        folder.mkdir(parents=True, exist_ok=True)
    lines = [f"deb {''.join(keys)}{mirror} {suite} main\n" for suite in ("unstable", "stable")]
    (_APT / "sources.list").write_text("".join(lines))


def _run(*command: str, check: bool = True, cwd: Path | None = None) -> str:
    environment = os.environ | {"LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    if check and done.returncode:
        raise Problem(f"{done.stderr.strip()}\n{command[0]} failed; please try again.")
    return done.stdout

"""Debian's odoo-19 package, downloaded and unpacked without touching the machine's own apt."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from devenv.console import Problem, run_logged, step
from devenv.paths import CACHE, LOGS

# The package replaces web assets by links into these.
_UNSTABLE = (
    "odoo-19",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
)
# Odoo's stylesheets name the files of Font Awesome 4.7; unstable's is newer and has others.
_STABLE = ("fonts-font-awesome",)
_APT = CACHE / "apt"


class NotPackaged(Exception):
    """This machine's apt cannot bring odoo-19; its text says why."""


def unpack_debian_odoo(folder: Path) -> str:
    """Fill `folder`, and return the package's version."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise NotPackaged("No apt here")
    with step("reading Debian's package lists"):
        _update(*_mirror_and_keyring())
    version = _candidate_version()
    with step(f"downloading Odoo {version} from the machine's Debian mirror (about 130 MB)"):
        debs = _download()
    with step("unpacking it"):
        for deb in debs:
            run_logged(["dpkg-deb", "--extract", deb, folder], LOGS / "dpkg.log")
        _check_links(folder)
    return version


def _mirror_and_keyring() -> tuple[str, str | None]:
    """The machine's Debian mirror, and the keyring that its own entry is signed by."""
    targets = _apt(["indextargets", "--format", "$(REPO_URI)|$(SOURCESENTRY)"], own_lists=False)
    for line in targets.splitlines():
        address, _, entry = line.partition("|")
        if re.search(r"/debian/?$", address):
            return address, _signed_by(Path(entry.rpartition(":")[0]))
    raise NotPackaged("apt knows no Debian mirror here")


def _signed_by(source: Path) -> str | None:
    """`apt-get indextargets` leaves this one out, so it is read from the entry's file.

    None means the keys that apt trusts for everything.
    """
    text = source.read_text(errors="replace") if source.is_file() else ""
    match = re.search(r"signed-by\s*[:=]\s*(/[^\s\]]+)", text, re.IGNORECASE)
    return match.group(1) if match else None


def _update(mirror: str, keyring: str | None) -> None:
    option = f"[signed-by={keyring}] " if keyring else ""
    for folder in (_APT / "lists" / "partial", _APT / "cache" / "archives" / "partial"):
        folder.mkdir(parents=True, exist_ok=True)
    suites = ("unstable", "stable")
    lines = [f"deb {option}{mirror} {suite} main\n" for suite in suites]
    (_APT / "sources.list").write_text("".join(lines))
    _apt(["update", "--error-on=any"])


def _candidate_version() -> str:
    found = _apt(["show", "odoo-19"], tool="apt-cache", check=False)
    match = re.search(r"^Version: (\S+)", found, re.MULTILINE)
    if not match:
        raise NotPackaged("This mirror has no odoo-19")
    return match.group(1)


def _download() -> list[Path]:
    """apt checks each file against the signed package lists."""
    debs = _APT / "debs"
    shutil.rmtree(debs, ignore_errors=True)
    debs.mkdir()
    names = [f"{name}/unstable" for name in _UNSTABLE] + [f"{name}/stable" for name in _STABLE]
    _apt(["download", *names], cwd=debs)
    return sorted(debs.glob("*.deb"))


def _apt(
    args: list[str],
    *,
    tool: str = "apt-get",
    own_lists: bool = True,
    check: bool = True,
    cwd: Path | None = None,
) -> str:
    options = _own_options() if own_lists else []
    done = subprocess.run(
        [tool, "--quiet", *options, *args],
        cwd=cwd,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    LOGS.mkdir(parents=True, exist_ok=True)
    with (LOGS / "apt-odoo.log").open("a") as log:
        log.write(f"{tool} {' '.join(args)}\n{done.stderr}\n")
    if check and done.returncode:
        raise Problem(f"{done.stderr.strip()}\n`{tool} {args[0]}` failed; please try again.")
    return done.stdout


def _own_options() -> list[str]:
    settings = {
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
    return [part for key, value in settings.items() for part in ("-o", f"{key}={value}")]


def _check_links(folder: Path) -> None:
    """Two links to fonts dangle and do no harm; without jquery the login page answers 500."""
    dangling = [path for path in folder.rglob("*") if path.is_symlink() and not path.exists()]
    missing = [path.name for path in dangling if path.suffix in {".js", ".css"}]
    if missing:
        raise Problem(f"Debian's Odoo lacks {', '.join(sorted(missing))}; see {__file__}.")

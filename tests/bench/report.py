"""docs/benchmarks.md: the table and the machine's size are written anew; its prose stands there."""

import os
import platform
import runpy

import psutil

from devenv import database, odoo_source
from devenv.console import say
from devenv.paths import REPO
from tests.bench.results import Line

DOCUMENT = REPO / "docs" / "benchmarks.md"
BEGIN, END = "## The last run\n", "## Row by row\n"
"""What is written anew stands between them."""

_HEAD = "| Work | Ours | Beside | | Ratio | Floor | Goal | |\n|---|---|---|---|---|---|---|---|\n"


def as_text(line: Line) -> str:
    """One line for the terminal."""
    beside = f"; {line.beside}: {line.theirs}; ratio {line.ratio}" if line.beside else ""
    return f"  {line.work}: {line.ours}{beside}; goal {line.goal}: {line.verdict}"


def write(lines: list[Line], load: float) -> None:
    """:param load: how many processes had wanted a core in the minute before."""
    before, rest = DOCUMENT.read_text().split(BEGIN)
    rows = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    table = f"\n{_machine()} Its load in the minute before was {load:.1f}.\n\n{_HEAD}{rows}\n"
    DOCUMENT.write_text(f"{before}{BEGIN}{table}{END}{rest.split(END)[1]}")
    say(f"\n  written: {DOCUMENT.relative_to(REPO)}")


def _machine() -> str:
    [(postgresql,)] = database.run("postgres", "SHOW server_version")
    memory = psutil.virtual_memory().total / 2**30
    release = odoo_source.ensure().python_path / "odoo" / "release.py"
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()},"
        f" Python {platform.python_version()}, PostgreSQL {postgresql.split()[0]},"
        f" Odoo {runpy.run_path(str(release))['version']}."
    )

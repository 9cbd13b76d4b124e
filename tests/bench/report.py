"""docs/benchmarks.md: the table, the machine's size, and what stands behind each row."""

import os
import platform
import runpy

import psutil

from devenv import database, odoo_source
from devenv.console import say
from devenv.paths import REPO
from tests.bench.results import Line

DOCUMENT = REPO / "docs" / "benchmarks.md"

_HEAD = """# Measured

Written by `make bench`, which anybody can run from a clone; `make bench ROW=storm` measures one row
and only prints it. A real PostgreSQL, real Odoo processes, UPS's simulator as a process of its own,
everything on one machine, over loopback.

{machine} Its load in the minute before was {load:.1f}.

- **Beside** stands what a user would have instead, on the same work in the same run. Odoo's
  connectors run from the installed Odoo, unchanged. Their remotes are a stand-in on loopback: for
  `payment_mercado_pago` a module loaded at the start of the process sets its constant `PROXY_URL`,
  for `google_gmail` the system parameter `mail.server.gmail.iap.endpoint` does it.
- The contestants take turns, several rounds each. Figures are medians over the rounds, the
  **ratio** (ours by theirs) is the median of each round's ratio.
- The **floor** is what no program could go below: the remote's latency.
- Answered, and measured no more: a session makes 2.97 times the calls a second of a bare
  `requests.get` to a UPS that is 20 ms away; fifty administrators who opt in at once get their own
  tokens; a server starts 0.11 s later with the addon, whose installation takes 1.7 s
  (payment_mercado_pago's: 5.5 s).

"""


def as_text(line: Line) -> str:
    """One line for the terminal."""
    beside = f"; {line.beside}: {line.theirs}" if line.beside else ""
    ratio = f"; ratio {line.ratio:.2f}" if line.ratio is not None else ""
    return f"  {line.work}: {line.ours}{beside}{ratio}; goal {line.goal}{_verdict(line)}"


def write(found: list[tuple], load: float) -> None:
    """Write the document.

    :param found: each row's module with its lines.
    :param load: how many processes had wanted a core in the minute before.
    """
    text = _HEAD.format(machine=_machine(), load=load) + _table(found) + "\n## Row by row\n\n"
    text += "\n".join(f"**{_title(row)}** {' '.join(row.NOTE.split())}\n" for row, _lines in found)
    DOCUMENT.write_text(text)
    say(f"\n  written: {DOCUMENT.relative_to(REPO)}")


def _title(row) -> str:
    return row.__doc__.splitlines()[0]


def _table(found: list[tuple]) -> str:
    rows = [
        "| Work | Ours | Beside | | Ratio | Floor | Goal | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for _row, lines in found:
        for line in lines:
            ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
            cells = (line.work, line.ours, line.beside, line.theirs, ratio, line.floor, line.goal)
            rows.append(f"| {' | '.join(cells)} | {_verdict(line).strip(': ')} |")
    return "\n".join(rows) + "\n"


def _verdict(line: Line) -> str:
    return {None: "", True: ": reached", False: ": **missed**, the reason is below"}[line.reached]


def _machine() -> str:
    with database.connect("postgres") as cursor:
        cursor.execute("SHOW server_version")
        postgresql = cursor.fetchone()[0].split()[0]
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()},"
        f" Python {platform.python_version()}, PostgreSQL {postgresql},"
        f" Odoo {_odoo_version()}."
    )


def _odoo_version() -> str:
    release = odoo_source.ensure().python_path / "odoo" / "release.py"
    return runpy.run_path(str(release))["version"]

"""What may others read of a run? The table, with nothing in it that belongs to somebody."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ups_client.redaction import redactor

from tests.contact.steps import NOT_ASKED, STEPS
from tests.contact.ups import Finding

NOT_CLEAR = "not clear"
_HEAD = """# First contact with UPS's test system

Made by `make contact`, {when}. {counts}. No secret, no address and no account number is in it.
CONTRIBUTING.md says how a finding becomes a constant of the client and a switch of the simulator.

| Step | What is asked | The simulator answers | UPS answered | |
|---|---|---|---|---|"""


@dataclass(frozen=True)
class Row:
    """One step, as the simulator and as UPS took it."""

    name: str
    simulator: Finding
    ups: Finding

    @property
    def verdict(self) -> str:
        if self.ups.said == NOT_CLEAR:
            return NOT_CLEAR
        assumed = STEPS[self.name].assumed or self.simulator.said
        return "as assumed" if self.ups.said == assumed else "OTHERWISE"


def as_markdown(rows: list[Row], when: str, secrets: set[str], address: Iterable[str]) -> str:
    """Return the report.

    :param secrets: hidden however they are encoded, and however UPS groups or writes them.
    :param address: parts of it, of which each word of four letters is hidden.
    """
    fit = _fit_to_show(secrets, address)
    verdicts = [row.verdict for row in rows]
    kinds = ("as assumed", "OTHERWISE", NOT_CLEAR)
    counts = ", ".join(f"{verdicts.count(kind)} {kind.lower()}" for kind in kinds)
    lines = [_HEAD.format(when=when, counts=counts)]
    lines += [_line(row) for row in rows]
    lines += [f"| | {what} | | not asked: {why} | |" for what, why in NOT_ASKED.items()]
    left = [name for name in STEPS if name not in {row.name for row in rows}]
    lines += [f"\nLeft out: {', '.join(left)}."] if left else []
    notes = [f"- {row.name}: {fit(row.ups.note)}" for row in rows if row.ups.note]
    lines += ["\n## In UPS's words\n", *notes] if notes else []
    return "\n".join(lines) + "\n"


def _line(row: Row) -> str:
    cells = (row.name, STEPS[row.name].asked, row.simulator.said, row.ups.said, row.verdict)
    return f"| {' | '.join(cells)} |"


def _fit_to_show(secrets: set[str], address: Iterable[str]) -> Callable[[str], str]:
    """Return what makes UPS's words one line without them, nor what Markdown would read."""
    words = {word for part in address for word in re.findall(r"\w{4,}", part)}
    hidden = [r"[\s-]?".join(map(re.escape, secret)) for secret in secrets if len(secret) < 40]
    hidden += [rf"\b{re.escape(word)}\b" for word in words]
    hidden += [r"\b(?=\w*\d)\w{6,}\b"]  # numbers that we never knew
    pattern = re.compile("|".join(sorted(hidden, key=len, reverse=True)), re.IGNORECASE)
    redact = redactor(secrets)
    return lambda text: re.sub(r"[|<>`*\[\]]", "", pattern.sub("…", redact(text)))

"""What the soak has found, for people: printed, and kept in docs/reliability.md."""

from collections import Counter
from collections.abc import Iterable, Iterator

from tests.soak.plan import PICKUPS
from tests.soak.site import machine
from tests.soak.soak import Findings

MARK = "## The last run\n"
"""Stands in docs/reliability.md above what is written anew."""


def as_markdown(found: Findings, asked_minutes: str) -> str:
    command = f"make soak SEED={found.seed} MINUTES={asked_minutes}"
    head = f"{MARK}\n`{command}`, on a machine with {machine()}:\n{found.what}.\n"
    return "\n".join([head, *_sections(found)])


def as_line(found: Findings) -> str:
    done = Counter()
    for (what, _outcome), times in found.counts.items():
        done[what] += times
    counts = ", ".join(f"{what}: {times}" for what, times in [*done.items(), *_at_ups(found)])
    return f"  seed {found.seed}; {counts}"


def _sections(found: Findings) -> Iterator[str]:
    yield "### What must be true at the end\n"
    told = ((name, "; ".join(said) or "no") for name, said in found.broken.items())
    yield from _table(("invariant", "broken"), told)
    yield "\n### What happened\n"
    counts = ((*what, times) for what, times in sorted(found.counts.items()))
    yield from _table(("what", "outcome", "times"), counts)
    yield "\n### What UPS saw\n"
    yield from _table(("what", "times"), _at_ups(found))


def _at_ups(found: Findings) -> Iterator[tuple]:
    evidence = found.evidence
    asked = Counter(each.route for each in evidence.requests)
    done = Counter((each.route, each.done) for each in evidence.requests)
    yield "API calls", asked["countries"]
    yield "codes exchanged", done["token", 200]
    yield "refreshes done", done["refresh", 200]
    yield "their answers lost", len(evidence.lost())
    yield "refreshes refused", done["refresh", 401]
    for route in PICKUPS:
        yield f"pickups, {route}", asked[route]
    yield "trucks", len(evidence.trucks)
    for what, rows in (("pickups", evidence.pickups), ("companies", evidence.rows.values())):
        for state, times in sorted(Counter(each.state for each in rows).items()):
            yield f"{what} at the end: {state}", times


def _table(head: tuple, rows: Iterable[tuple]) -> Iterator[str]:
    for row in (head, ("---",) * len(head), *rows):
        yield f"| {' | '.join(str(cell) for cell in row)} |"

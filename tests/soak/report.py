"""What the soak has found, for people: printed, and kept in docs/reliability.md."""

from collections import Counter
from collections.abc import Iterable, Iterator

from tests.soak import invariants
from tests.soak.plan import PICKUPS
from tests.soak.site import REFRESH_LIFETIME, WORKERS, machine
from tests.soak.soak import Findings

_HEAD = """# Soak and faults

Written by `make soak SEED={seed} MINUTES={asked}`; one round of it is a stage of `make test`.

Two Odoo servers with {workers} workers each and data folders of their own, on one PostgreSQL.
They share the filestore and the key file. UPS is the simulator. An access token lives for one
hour, and a refresh token for {refresh_hours} hours, which stand for UPS's two months.
{companies} companies; six people at once test, opt in and opt out, and see to pickups, through
HTTP. The seed decides who does what, and the order of the troubles; each round has every trouble
once. Each company has a place, where people ask for the price, request pickups, check, cancel and
begin again, and drivers come, or do not; every bad answer of UPS meets all four of these calls.

- **The fast clock**: after every ten steps UPS's clock goes on, and the dates in Odoo's table go
  back by as much. The daily job and the news of pickups are started every 40 minutes of that clock.
  A day of the calendar stays the machine's: all pickups are tomorrow's. (There are no cron
  workers: with them, Odoo itself ends when PostgreSQL stays away, and waits for whoever starts it.)
- **The clock that is off by five minutes** is UPS's against Odoo's, in both directions. The two
  Odoo servers share this machine's clock.
- **The read-only disk** is the folder of the key file, {disk}: before there is a key, and
  again in each round.
- **PostgreSQL** goes, for two seconds at the least, while an answer of UPS's to a refresh is on its
  way: once it is stopped, once it crashes. When it is back, both servers are asked at once for
  that company's token, and it must be authorized again before anybody signs in.
- **A killed worker** gets SIGKILL: with the answer to a refresh on its way, with that to a request,
  and whatever it does. PostgreSQL crashes with the answer to a request on its way, too.
- **A lost answer** is one that the simulator has cut, dropped or replaced after it had done the
  work, or that went to a process that was killed. Nobody has the new token then, so the company
  must be authorized again. The simulator's record says whose answers these were.

On a machine with {machine}: {rounds} rounds, {steps} steps, {minutes:.1f} minutes,
{hours:.0f} hours of UPS's clock.
"""


def as_markdown(found: Findings, asked_minutes: str) -> str:
    disks = [said.partition("disk ")[2] for what, said in found.counts if what == "settings saved"]
    head = _HEAD.format(
        seed=found.seed,
        asked=asked_minutes,
        workers=WORKERS,
        refresh_hours=REFRESH_LIFETIME // 3600,
        companies=found.size.companies,
        disk=disks[0],
        machine=machine(),
        rounds=found.rounds,
        steps=found.steps,
        minutes=found.minutes,
        hours=found.hours,
    )
    return "\n".join([head, *_sections(found)])


def as_line(found: Findings) -> str:
    done = Counter()
    for (what, _outcome), times in found.counts.items():
        done[what] += times
    counts = ", ".join(f"{what}: {times}" for what, times in [*done.items(), *_at_ups(found)])
    return f"  seed {found.seed}; {counts}"


def _sections(found: Findings) -> Iterator[str]:
    yield "## What must be true at the end\n"
    yield from _table(("invariant", "broken"), _invariants(found))
    yield "\n## What happened\n"
    yield from _table(("what", "outcome", "times"), _counts(found))
    yield "\n## What UPS saw\n"
    yield from _table(("what", "times"), _at_ups(found))


def _invariants(found: Findings) -> Iterator[tuple]:
    for name, sentences in found.broken.items():
        yield name, "; ".join(sentences) or "no"


def _counts(found: Findings) -> Iterator[tuple]:
    for (what, outcome), times in sorted(found.counts.items()):
        yield what, outcome, times


def _at_ups(found: Findings) -> Iterator[tuple]:
    evidence = found.evidence
    states = Counter(row.state for row in evidence.rows.values())
    yield "API calls", sum(each.route == "countries" for each in evidence.requests)
    yield (
        "codes exchanged",
        sum(each.route == "token" and each.done == 200 for each in evidence.requests),
    )
    yield "refreshes done", sum(each.done == 200 for each in evidence.refreshes)
    yield "their answers lost", len(evidence.lost())
    for why, times in sorted(invariants.sent_again(evidence).items()):
        yield f"a refresh token again, {why}", times
    yield "refreshes refused", sum(each.done == 401 for each in evidence.refreshes)
    for route in PICKUPS.split(", "):
        yield f"pickups, {route}", sum(each.route == route for each in evidence.requests)
    yield "trucks", len(evidence.trucks)
    for state, times in sorted(Counter(each.state for each in evidence.pickups).items()):
        yield f"pickups at the end: {state}", times
    for state, times in sorted(states.items()):
        yield f"companies at the end: {state}", times


def _table(head: tuple, rows: Iterable[tuple]) -> Iterator[str]:
    for row in (head, ("---",) * len(head), *rows):
        yield f"| {' | '.join(str(cell) for cell in row)} |"

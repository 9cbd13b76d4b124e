"""What was measured in each round, and the lines of the table that come of it."""

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

OURS = "ups_pickup_oauth"
WITHOUT = "Odoo without it"

Rounds = dict[str, list[Mapping[str, float]]]
"""The measures of every round, by contestant."""


class Line(NamedTuple):
    """One line of the table, in the units that its texts name."""

    work: str
    ours: str
    beside: str
    theirs: str
    ratio: str
    floor: str
    goal: str
    verdict: str


@dataclass(frozen=True)
class Case:
    """A row's work, with a line of the table for each that stands beside us.

    `ours`, `theirs` (if it differs) and `ratio` name :class:`Figures`; `of` is what those measures'
    names begin with.
    """

    work: str
    goal: str
    ours: str
    reached: Callable[["Figures"], bool]
    beside: Sequence[str] = ("",)
    theirs: str = ""
    ratio: str = ""
    floor: str = ""
    of: str = ""

    def lines(self, rounds: Rounds) -> Iterator[Line]:
        for peer in self.beside:
            ours = Figures(rounds, OURS, peer, self.of)
            yield Line(
                self.work,
                self.ours.format_map(ours),
                peer,
                (self.theirs or self.ours).format_map(ours.theirs) if peer else "",
                f"{ours[self.ratio]:.2f}" if self.ratio else "",
                self.floor,
                self.goal,
                "reached" if self.reached(ours) else "**missed**, the reason is below",
            )


@dataclass(frozen=True)
class Figures:
    """Of a contestant, by a measure's name: the median over the rounds. By the name with a word
    before it: `least` and `most`, or beside the peer `added` and `ratio`."""

    rounds: Rounds
    contestant: str
    peer: str
    of: str = ""

    def __getitem__(self, name: str) -> float:
        how, _space, measure = name.rpartition(" ")
        mine = self._all(self.contestant, measure)
        if how in ("least", "most"):
            return min(mine) if how == "least" else max(mine)
        if how:  # round by round, so that a slow minute of the machine weighs on both
            pairs = zip(mine, self._all(self.peer, measure), strict=True)
            mine = [each / other if how == "ratio" else each - other for each, other in pairs]
        return statistics.median(mine)

    def _all(self, contestant: str, measure: str) -> list[float]:
        return [found[self.of + measure] for found in self.rounds[contestant]]

    @property
    def theirs(self) -> "Figures":
        return Figures(self.rounds, self.peer, self.peer, self.of)

    def beside(self, of: str) -> "Figures":
        """:return: those of another case."""
        return Figures(self.rounds, self.contestant, self.peer, of)

"""What was measured in each round, and the line of the table that comes of it."""

import statistics
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Measures = Mapping[str, float]
Contestants = Mapping[str, Callable[[], Measures]]
OURS = "ups_pickup_oauth"


@dataclass(frozen=True)
class Line:
    """One line of the table, in the units that its texts name.

    `reached` is None where the row has no goal of its own.
    """

    work: str
    goal: str
    ours: str
    beside: str = ""
    theirs: str = ""
    ratio: float | None = None
    floor: str = ""
    reached: bool | None = None


class Results:
    """The measures of every round, by contestant; figures are medians over the rounds."""

    def __init__(self) -> None:
        self._rounds: dict[str, list[Measures]] = defaultdict(list)

    def add(self, contestant: str, measures: Measures) -> None:
        self._rounds[contestant].append(measures)

    def all(self, measure: str, contestant: str = OURS) -> list[float]:
        return [each[measure] for each in self._rounds[contestant] if measure in each]

    def median(self, measure: str, contestant: str = OURS) -> float:
        return statistics.median(self.all(measure, contestant))

    def ratio(self, measure: str, other: str) -> float:
        """Ours by theirs in each round, so that a slow minute of the machine weighs on both."""
        pairs = zip(self.all(measure), self.all(measure, other), strict=True)
        return statistics.median(ours / theirs for ours, theirs in pairs)

    def added(self, measure: str, other: str, contestant: str = OURS) -> float:
        """The contestant's less the other's, as :meth:`ratio`."""
        pairs = zip(self.all(measure, contestant), self.all(measure, other), strict=True)
        return statistics.median(each - less for each, less in pairs)

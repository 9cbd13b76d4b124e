"""`python -m tests.soak SEED MINUTES PAGE`: rounds until the time is up, then the report."""

import sys
import time
from pathlib import Path

from tests.soak import report
from tests.soak.soak import Size, run


def main(seed: str, minutes: str, path: str) -> int:
    until = time.monotonic() + float(minutes) * 60
    found = run(int(seed), Size(companies=80, seconds=40), lambda _n: time.monotonic() < until)
    text = report.as_markdown(found, minutes)
    print(text)
    broken = any(found.broken.values())
    if not broken:
        page = Path(path)
        page.write_text(page.read_text().partition(report.MARK)[0] + text + "\n")
    return int(broken)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

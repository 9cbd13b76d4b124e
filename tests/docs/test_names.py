"""ARCHITECTURE.md names what there is, and links lead somewhere."""

import re

from devenv import addons
from devenv.paths import REPO

PAGE = (REPO / "ARCHITECTURE.md").read_text(encoding="utf-8")
ROOMS = (*addons.folders(), REPO / "devenv", REPO / "tests", REPO / "compose.yaml")
TEXTS = {".py", ".xml", ".js", ".sql", ".csv", ".yaml"}


def words():
    for room in ROOMS:
        for path in (room, *room.rglob("*")):
            yield from re.findall(r"\w+", path.name)
            if path.suffix in TEXTS:
                yield from re.findall(r"\w+", path.read_text(encoding="utf-8"))


def test_every_name_is_in_the_code():
    quoted = " ".join(re.findall(r"`([^`\n]+)`", PAGE))
    # Outside of quotes, an underscore makes it a name.
    named = re.findall(r"\w{3,}", quoted) + re.findall(r"\w*[A-Za-z]_\w+|_\w{3,}", PAGE)
    assert sorted(set(named) - set(words()) - {"Makefile"}) == []


def test_every_link_leads_to_a_file():
    pages = [*REPO.glob("*.md"), *REPO.glob("docs/*.md"), *REPO.glob("*/readme/*.md")]
    links = [
        (page, link)
        for page in pages
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    ]
    assert [f"{page}: {link}" for page, link in links if not (page.parent / link).exists()] == []

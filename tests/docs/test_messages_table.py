"""docs/messages.md says what the code says: every message of each addon, and nothing else."""

import ast
import re
from xml.etree import ElementTree

import pytest

from devenv import addons
from devenv.paths import REPO

TABLE = (REPO / "docs" / "messages.md").read_text(encoding="utf-8")
PARTS = dict(re.findall(r"(?ms)^## `(\w+)`\n(.*?)(?=^## |\Z)", TABLE))


def sentences(text):
    """:return: the sentences of a message or a cell; what differs each time is `…`."""
    text = re.sub(r"%\(\w+\)s|%s", "…", " ".join(text.split())).replace("… :", "…:")
    return [each for each in re.split(r"(?<=[.?]) (?=\S)", text) if each.strip("… ")]


def messages_of_python(path):
    """:return: what is translated, and what the database's own constraints say."""
    places = {"_": 0, "Constraint": 1, "UniqueIndex": 1}
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        function = getattr(call, "func", None)
        name = getattr(function, "attr", getattr(function, "id", None))
        if name in places and len(call.args) > places[name]:
            yield literal(call.args[places[name]])


def literal(node):
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(part.value if isinstance(part, ast.Constant) else "…" for part in parts)


def messages_of_view(path):
    """:return: questions, banners, and what dialogs say."""
    view = ElementTree.parse(path)  # noqa: S314 our own file
    in_dialogs = [node for form in view.iter("form") for node in form.iter("p")]
    for node in view.iter():
        if node.get("confirm"):
            yield node.get("confirm")
        if node.get("role") in ("alert", "status") or node in in_dialogs:
            yield words(node)


def words(node):
    of_children = (("…" if each.tag == "field" else words(each)) for each in node)
    tails = (each.tail or "" for each in node)
    return (node.text or "") + "".join(a + b for a, b in zip(of_children, tails, strict=True))


def messages(addon):
    for path in addon.rglob("*.py"):
        if "tests" not in path.relative_to(REPO).parts:
            yield from messages_of_python(path)
    for path in addon.rglob("*views.xml"):
        yield from messages_of_view(path)
    for path in addon.glob("static/src/**/*.js"):
        yield from re.findall(r'\b_t\(\s*"([^"]+)"', path.read_text(encoding="utf-8"))


def rows(addon):
    for line in PARTS.get(addon, "").splitlines():
        if line.startswith("| ") and not line.startswith("| Situation"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def cells(addon):
    for _situation, said, step in rows(addon):
        yield from said.split("**")  # a title is bold, and has no full stop
        yield re.sub(r"^\(.*?\)", "", step)


def all_sentences(texts):
    return {sentence for text in texts for sentence in sentences(text)}


@pytest.mark.parametrize("addon", addons.names())
def test_the_table_says_what_the_code_says(addon):
    in_code = all_sentences(messages(REPO / addon))
    in_table = all_sentences(cells(addon))
    not_in_table, not_in_code = sorted(in_code - in_table), sorted(in_table - in_code)
    assert (not_in_table, not_in_code) == ([], [])
    incomplete = [row for row in rows(addon) if not all(row)]
    assert not incomplete

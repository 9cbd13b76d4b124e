"""docs/messages.md says what the code says: every message, and nothing else."""

import ast
import re
from pathlib import Path
from xml.etree import ElementTree

REPO = Path(__file__).resolve().parents[2]
ADDON = REPO / "ups_pickup_oauth"
TABLE = REPO / "docs" / "messages.md"


def sentences(text):
    """:return: the sentences of a message or a cell; what differs each time is `…`."""
    text = re.sub(r"%\(\w+\)s|%s", "…", " ".join(text.split()))
    return [each for each in re.split(r"(?<=[.?]) (?=\S)", text) if each.strip("… ")]


def messages_of_python(path):
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        function = getattr(call, "func", None)
        name = getattr(function, "attr", getattr(function, "id", None))
        if name == "_":
            yield ast.literal_eval(call.args[0])
        if name == "Constraint":
            yield ast.literal_eval(call.args[1])


def messages_of_view(path):
    for node in ElementTree.parse(path).iter():  # noqa: S314 our own file
        if node.get("confirm"):
            yield node.get("confirm")


def messages():
    for path in ADDON.rglob("*.py"):
        if "tests" not in path.relative_to(REPO).parts:
            yield from messages_of_python(path)
    for path in ADDON.rglob("views/*.xml"):
        yield from messages_of_view(path)


def rows():
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("| ") and not line.startswith("| Situation"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def cells():
    for _situation, words, step in rows():
        yield from words.split("**")  # a title is bold, and has no full stop
        yield re.sub(r"^\(.*?\)", "", step)


def all_sentences(texts):
    return {sentence for text in texts for sentence in sentences(text)}


def test_every_sentence_of_the_code_is_in_the_table():
    not_in_the_table = all_sentences(messages()) - all_sentences(cells())
    assert not not_in_the_table


def test_every_sentence_of_the_table_is_in_the_code():
    not_in_the_code = all_sentences(cells()) - all_sentences(messages())
    assert not not_in_the_code


def test_every_row_has_a_situation_words_and_a_next_step():
    incomplete = [row for row in rows() if not all(row)]
    assert not incomplete

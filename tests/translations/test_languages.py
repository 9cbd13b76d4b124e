"""Each language is complete, says where each value goes, and quotes what stands on the screen."""

import re
from collections import Counter
from functools import cache

import polib
import pytest
from lxml import etree

from devenv import addons
from devenv.odoo_source import ensure
from devenv.paths import REPO
from devenv.translations import template

LANGUAGES = ("de", "es", "fr", "it", "nl", "pt_BR", "zh_CN")
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[a-z]|%%")
SHOWN_ATTRIBUTES = ("title", "placeholder", "alt")

# Ways through Odoo's screens, with the addon whose word each step is.
ODOOS_WAYS = {
    "Settings, General Settings": {"Settings": "base", "General Settings": "base_setup"},
    "Access Rights, Companies": {"Access Rights": "base", "Companies": "base"},
}
# How a sentence quotes a button or a field of ours.
QUOTED = re.compile(r"“([^”%]+)”|<b>([^<%]+)</b>")


@pytest.fixture(
    params=sorted(REPO.glob("*/i18n/*.po")), ids=lambda path: f"{path.parts[-3]} {path.stem}"
)
def path(request):
    return request.param


@pytest.fixture
def entries(path):
    return polib.pofile(str(path))


@pytest.mark.parametrize("addon", addons.names())
def test_an_addon_speaks_all_languages_or_none_while_it_is_built(addon):
    assert {path.stem for path in template(addon).parent.glob("*.po")} in (set(), {*LANGUAGES})


def test_every_term_of_the_template_is_translated_and_no_other(path, entries):
    assert [entry.msgid for entry in entries if not entry.translated()] == []
    assert [entry.msgid for entry in entries if entry.obsolete] == []
    terms = {entry.msgid for entry in polib.pofile(str(template(path.parts[-3])))}
    assert {entry.msgid for entry in entries} == terms


def test_no_sentence_is_left_in_english(entries):
    same = [PLACEHOLDER.sub("", e.msgid) for e in entries if e.msgid == e.msgstr]
    assert [term for term in same if len(term.split()) > 3] == []


def test_each_value_keeps_its_place(entries):
    """A placeholder that is lost, new or misspelt breaks the sentence for its reader."""
    for entry in entries:
        assert placeholders(entry.msgstr) == placeholders(entry.msgid), entry.msgid


def test_each_tag_of_a_view_is_kept(entries):
    for entry in entries:
        if is_of_view(entry):
            assert tags(entry.msgstr) == tags(entry.msgid), entry.msgid


def test_odoos_menus_and_fields_are_quoted_as_odoo_translates_them(path, entries):
    for entry in entries.translated_entries():
        for way in filter(entry.msgid.__contains__, ODOOS_WAYS):
            for word, addon in ODOOS_WAYS[way].items():
                assert odoos_word(word, addon, path.stem) in entry.msgstr, entry.msgid


def test_buttons_and_settings_are_quoted_as_they_are_translated(entries):
    own = {entry.msgid: entry.msgstr for entry in entries}
    for entry in entries.translated_entries():
        for word in filter(own.get, sum(QUOTED.findall(entry.msgid), ())):
            assert own[word] in entry.msgstr, entry.msgid


def placeholders(text):
    return Counter(PLACEHOLDER.findall(text))


def is_of_view(entry):
    return any(place.startswith("model_terms:ir.ui.view") for place, _line in entry.occurrences)


def tags(text):
    """:return: the tags with their attributes, less what an attribute shows to the reader."""
    found = Counter()
    for node in etree.fromstring(f"<term>{text}</term>").iter(etree.Element):
        kept = {name: value for name, value in node.items() if name not in SHOWN_ATTRIBUTES}
        found[node.tag, tuple(sorted(kept.items()))] += 1
    return found


@cache
def odoos_word(word, addon, language):
    odoo = ensure()
    # In a checkout of Odoo, base stands apart from the other addons.
    addons = odoo.python_path / "odoo" / "addons" if addon == "base" else odoo.addons_path
    text = (addons / addon / "i18n" / f"{language}.po").read_text(encoding="utf-8")
    return re.search(rf'^msgid "{word}"\nmsgstr "(.+)"$', text, re.MULTILINE)[1]

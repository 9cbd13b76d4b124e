"""Each language is complete, says where each value goes, and quotes what stands on the screen."""

import re
from collections import Counter

import polib
import pytest
from lxml import etree

from devenv import addons
from devenv.odoo_source import ensure
from devenv.paths import ADDON
from devenv.translations import template

LANGUAGES = ("de", "es", "fr", "it", "nl", "pt_BR", "zh_CN")
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[a-z]|%%")
SHOWN_ATTRIBUTES = ("title", "placeholder", "alt")

# Words that a sentence quotes from Odoo's screens, and whose they are.
ODOOS_WORDS = {
    "Settings": "base",
    "General Settings": "base_setup",
    "Access Rights": "base",
    "Companies": "base",
}
ODOOS_QUOTES = {
    "You find the settings in Settings, General Settings, UPS.": ("Settings", "General Settings"),
    "If UPS keeps refusing, switch off “Use PKCE” in Settings, General Settings, UPS.": (
        "Settings",
        "General Settings",
    ),
    "If UPS keeps refusing, switch on “Use PKCE” in Settings, General Settings, UPS.": (
        "Settings",
        "General Settings",
    ),
    "You can authorize UPS only for your own companies. Ask an administrator to add the company"
    " on your user's form, in Access Rights, Companies.": ("Access Rights", "Companies"),
}
# Words that a sentence quotes from the addon's own buttons and fields.
OWN_QUOTES = {
    "UPS brings you back here. You then see <b>Authorized</b>.": "Authorized",
    "If UPS keeps refusing, switch off “Use PKCE” in Settings, General Settings, UPS.": "Use PKCE",
    "If UPS keeps refusing, switch on “Use PKCE” in Settings, General Settings, UPS.": "Use PKCE",
}


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


TRANSLATED = [name for name in addons.names() if any(template(name).parent.glob("*.po"))]
"""An addon is translated into all of the languages, or, while it is being built, into none."""


@pytest.fixture(params=TRANSLATED)
def addon(request):
    return request.param


@pytest.fixture
def entries(addon, language):
    return polib.pofile(str(template(addon).with_name(f"{language}.po")))


def test_each_file_is_one_of_the_languages(addon):
    assert {path.stem for path in template(addon).parent.glob("*.po")} == set(LANGUAGES)


def test_every_term_of_the_template_is_translated_and_no_other(addon, entries):
    assert [entry.msgid for entry in entries if not entry.translated()] == []
    assert [entry.msgid for entry in entries if entry.obsolete] == []
    terms = {entry.msgid for entry in polib.pofile(str(template(addon)))}
    assert {entry.msgid for entry in entries} == terms


def test_no_sentence_is_left_in_english(entries):
    same = [entry.msgid for entry in entries if entry.msgid == entry.msgstr]
    assert [term for term in same if len(term.split()) > 3] == []


def test_each_value_keeps_its_place(entries):
    """A placeholder that is lost, new or misspelt breaks the sentence for its reader."""
    for entry in entries:
        assert placeholders(entry.msgstr) == placeholders(entry.msgid), entry.msgid


def test_each_tag_of_a_view_is_kept(entries):
    for entry in entries:
        if is_of_view(entry):
            assert tags(entry.msgstr) == tags(entry.msgid), entry.msgid


@pytest.mark.parametrize("addon", [ADDON.name], indirect=True)
def test_odoos_menus_and_fields_are_quoted_as_odoo_translates_them(entries, language):
    for sentence, words in ODOOS_QUOTES.items():
        for word in words:
            assert odoos_word(word, language) in translation(entries, sentence)


@pytest.mark.parametrize("addon", [ADDON.name], indirect=True)
def test_buttons_and_settings_are_quoted_as_they_are_translated(entries):
    for sentence, word in OWN_QUOTES.items():
        assert translation(entries, word) in translation(entries, sentence)


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


def translation(entries, term):
    return entries.find(term).msgstr


def odoos_word(word, language):
    odoo, addon = ensure(), ODOOS_WORDS[word]
    # In a checkout of Odoo, base stands apart from the other addons.
    addons = odoo.python_path / "odoo" / "addons" if addon == "base" else odoo.addons_path
    return translation(polib.pofile(str(addons / addon / "i18n" / f"{language}.po")), word)

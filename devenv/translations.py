"""`make translations`: what is to be translated, read out of Odoo, and put into each language."""

import sys
from pathlib import Path

import polib

from devenv import addons, database, postgres, server
from devenv.console import run_logged, say
from devenv.paths import LOGS, ODOO_BIN, REPO

_DATABASE = "ups_translations"


def main() -> int:
    """Translations are kept; what is new stays empty, and `make test` fails until it is filled."""
    with postgres.running():
        database.make_fresh(_DATABASE)
        for name in addons.names():
            _bring_up_to_date(name)
    return 0


def template(addon: str) -> Path:
    return REPO / addon / "i18n" / f"{addon}.pot"


def export(name: str, addon: str, to: Path) -> None:
    """Write what Odoo would translate of an addon, as installed in the database `name`."""
    options = [f"--config={server.write_config()}", f"--database={name}", "--languages", "pot"]
    command = [sys.executable, ODOO_BIN, "i18n", "export", *options, "--output", to]
    run_logged([*command, "--", addon], LOGS / f"translations-{name}.log", cwd=REPO)
    exported = polib.pofile(str(to))
    exported[:] = [entry for entry in exported if not _is_of_portal(entry)]
    exported.save()


def _is_of_portal(entry: polib.POEntry) -> bool:
    """Odoo takes what `portal` adds to each thread for the addon's own, once that is installed."""
    places = [where for where, _line in entry.occurrences]
    return bool(places) and all(place.endswith("__website_message_ids") for place in places)


def _bring_up_to_date(addon: str) -> None:
    old, new = template(addon), LOGS / f"{addon}.pot"
    export(_DATABASE, addon, new)
    # The header has the time in it: a file in which nothing else changes stays as it is.
    if not old.exists() or terms(old) != terms(new):
        old.parent.mkdir(exist_ok=True)
        old.write_bytes(new.read_bytes())
    for path in sorted(old.parent.glob("*.po")):
        translations = polib.pofile(str(path))
        translations.merge(polib.pofile(str(old)))
        kept = [entry for entry in translations if not entry.obsolete]
        translations[:] = sorted(kept, key=lambda entry: entry.msgid)  # the template's order
        translations.save()
        missing = len(translations.untranslated_entries())
        say(f"  {path.relative_to(REPO)}: {missing or 'no'} term(s) to translate")


def terms(path: Path) -> list[tuple]:
    """Each term with where it stands in the addon."""
    return [(entry.msgid, entry.comment, entry.occurrences) for entry in polib.pofile(str(path))]

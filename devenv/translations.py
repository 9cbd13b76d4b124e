"""`make translations`: what is to be translated, read out of Odoo, and put into each language."""

import sys
from pathlib import Path

import polib

from devenv import database, postgres, server
from devenv.console import run_logged, say
from devenv.paths import ADDON, LOGS, ODOO_BIN, REPO

FOLDER = ADDON / "i18n"
TEMPLATE = FOLDER / f"{ADDON.name}.pot"
_DATABASE = "ups_translations"


def main() -> int:
    """Translations are kept; what is new stays empty, and `make test` fails until it is filled."""
    with postgres.running():
        database.make_fresh(_DATABASE)
        new = LOGS / TEMPLATE.name
        export(_DATABASE, new)
    # The header has the time in it: a file in which nothing else changes stays as it is.
    if not TEMPLATE.exists() or terms(TEMPLATE) != terms(new):
        TEMPLATE.write_bytes(new.read_bytes())
    for path in sorted(FOLDER.glob("*.po")):
        missing = len(merge(path).untranslated_entries())
        say(f"  {path.relative_to(REPO)}: {missing or 'no'} term(s) to translate")
    return 0


def export(name: str, template: Path) -> None:
    """Write what Odoo would translate of the addon, as installed in the database `name`."""
    options = [f"--config={server.write_config()}", f"--database={name}", "--languages", "pot"]
    command = [sys.executable, ODOO_BIN, "i18n", "export", *options, "--output", template]
    run_logged([*command, "--", ADDON.name], LOGS / f"translations-{name}.log", cwd=REPO)


def terms(path: Path) -> list[tuple]:
    """Each term with where it stands in the addon."""
    return [(entry.msgid, entry.comment, entry.occurrences) for entry in polib.pofile(str(path))]


def merge(path: Path) -> polib.POFile:
    """Give a language's file the terms of the template, in its order."""
    translations = polib.pofile(str(path))
    translations.merge(polib.pofile(str(TEMPLATE)))
    kept = [entry for entry in translations if not entry.obsolete]
    translations[:] = sorted(kept, key=lambda entry: entry.msgid)
    translations.save()
    return translations

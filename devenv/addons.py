"""The one list of this repository's addons: root folders with a manifest, by depends."""

import ast
import graphlib
from collections.abc import Iterable
from pathlib import Path

from devenv.console import Problem
from devenv.paths import REPO


def folders() -> list[Path]:
    return sorted(path.parent for path in REPO.glob("*/__manifest__.py"))


def manifest(folder: Path) -> dict:
    """:raise Problem: when it cannot be read, as in the middle of an edit."""
    path = folder / "__manifest__.py"
    try:
        return ast.literal_eval(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError) as error:
        raise Problem(f"{path.relative_to(REPO)} is no manifest: {error}") from None


def names() -> list[str]:
    """Each one after those that it depends on."""
    depends = {folder.name: manifest(folder).get("depends", []) for folder in folders()}
    ours = {name: [need for need in needs if need in depends] for name, needs in depends.items()}
    return list(graphlib.TopologicalSorter(ours).static_order())


def listed() -> str:
    """As Odoo's options take them."""
    return ",".join(names())


def needed_modules(ours: Iterable[str] | None = None) -> str:
    """Odoo's own modules that all addons depend on, or those of the given names."""
    chosen = names() if ours is None else ours
    needs = {need for name in chosen for need in manifest(REPO / name).get("depends", [])}
    return ",".join(sorted(needs - set(names())))

"""The clients stand on their own: Python, requests and urllib3, and nothing of Odoo's."""

import ast
import importlib.util
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted([*ROOT.glob("ups_*/ups_client/*.py"), *ROOT.glob("ups_*/pickup_api/*.py")])


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_says_what_it_answers_and_imports_nothing_else(path):
    allowed = {*sys.stdlib_module_names, "requests", "urllib3"}
    module = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(module)
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            assert {alias.name.partition(".")[0] for alias in node.names} <= allowed
        if isinstance(node, ast.ImportFrom):
            assert node.level <= 1
            assert node.level == 1 or node.module.partition(".")[0] in allowed


def test_it_loads_where_processes_cannot_fork(monkeypatch):
    monkeypatch.delattr(os, "register_at_fork", raising=False)
    connections = importlib.util.find_spec("ups_client.connections")
    copy = importlib.util.module_from_spec(connections)
    connections.loader.exec_module(copy)
    assert copy.BoundedSession()

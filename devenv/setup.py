"""From a bare Python to a virtual environment that can import Odoo."""

import sys

from devenv import odoo_source, python_packages
from devenv.console import Problem
from devenv.locks import setup_lock


def ensure() -> None:
    if sys.version_info < (3, 10):
        raise Problem("Odoo 19 needs Python 3.10 or newer; type: make PYTHON=/path/to/python3")
    with setup_lock():
        source = odoo_source.ensure()
        python_packages.ensure()
        python_packages.put_on_path(source.python_path)

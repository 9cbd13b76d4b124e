"""From a bare Python to a virtual environment that can import Odoo."""

from devenv import odoo_source, python_packages
from devenv.locks import setup_lock


def ensure() -> None:
    with setup_lock():
        source = odoo_source.ensure()
        python_packages.ensure()
        python_packages.put_on_path(source.python_path)

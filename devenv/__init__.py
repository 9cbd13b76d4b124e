"""How a developer gets a running Odoo: its source, PostgreSQL, the server and the tests."""

import sys

# Here, before any module that an older Python cannot even read.
if sys.version_info < (3, 10):  # noqa: UP036
    sys.exit("Odoo 19 needs Python 3.10 or newer; type: make PYTHON=/path/to/python3")

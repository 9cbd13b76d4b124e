"""Odoo's command line as a file.

With workers, Odoo starts its gevent process by the name of its own file (PreforkServer), and that
of `python -m odoo` cannot be run: it would be started, and fail, without end.
"""

import sys

sys.path.pop(0)  # this folder: its names are not for Odoo to import

from odoo.cli.command import main

if __name__ == "__main__":
    main()

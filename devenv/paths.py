"""Where things lie: the repository, and the cache folder that holds all that is downloaded."""

import os
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
ADDON = REPO / "ups_pickup_oauth"
# What Odoo shows of the addon in Apps.
DESCRIPTION = ADDON / "static" / "description"
LOCK_FILE = REPO / "devenv" / "requirements.txt"
ODOO_BIN = REPO / "devenv" / "odoo_bin.py"
SIMULATOR = REPO / "ups_pickup" / "tests" / "ups_pickup_simulator.py"

CACHE = Path(os.environ.get("UPS_DEV_CACHE") or REPO / ".cache").expanduser().resolve()
VENV = CACHE / "venv"
ODOO = CACHE / "odoo"
POSTGRES = CACHE / "postgres"
# Odoo's data_dir: filestore, sessions, and the addon's token keys.
DATA = CACHE / "data"
LOGS = CACHE / "log"
SCREENSHOTS = CACHE / "screenshots"
SOAK = CACHE / "soak"
# Every page in each language and width, made by `make screenshots`.
GALLERY = SCREENSHOTS / "gallery"
ODOO_CONF = CACHE / "odoo.conf"

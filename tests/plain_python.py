"""Both clients and the simulators without Odoo: what imports this imports them by their names.

The clients are loaded by place: with the addons' folders on the path, `tests` and `models` would be
top-level names.
"""

import importlib.util
import sys

from devenv.paths import REPO

_CLIENTS = {
    "ups_client": "ups_pickup_oauth/ups_client/__init__.py",
    "pickup_api": "ups_pickup/pickup_api/__init__.py",
}
sys.path += [str(REPO / addon / "tests") for addon in ("ups_pickup_oauth", "ups_pickup")]
for _name, _place in _CLIENTS.items():
    if _name in sys.modules:  # by another folder's conftest: one set of classes for all
        continue
    _spec = importlib.util.spec_from_file_location(_name, REPO / _place)
    sys.modules[_name] = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules[_name])

"""Both clients and the simulators without Odoo: loaded by place.

Not by the addons' folders on the path: they would make `tests` and `models` importable as top-level
names.
"""

import importlib.util
import sys

from devenv.paths import REPO

_PARTS = {
    "ups_client": "ups_pickup_oauth/ups_client/__init__.py",
    "ups_simulator": "ups_pickup_oauth/tests/ups_simulator.py",
    "pickup_api": "ups_pickup/pickup_api/__init__.py",
    "ups_pickup_simulator": "ups_pickup/tests/ups_pickup_simulator.py",
}
for _name, _place in _PARTS.items():
    if _name in sys.modules:  # by another folder's conftest: one set of classes for all
        continue
    _path = REPO / _place
    _places = [str(_path.parent)] if _path.name == "__init__.py" else None
    _spec = importlib.util.spec_from_file_location(_name, _path, submodule_search_locations=_places)
    sys.modules[_name] = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules[_name])

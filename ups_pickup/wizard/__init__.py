from . import base_import_hours, ups_pickup_number

from . import base_import_hours, base_import_marks, ups_pickup_number

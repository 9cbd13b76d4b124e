from . import base_import, ups_pickup_number

from . import ups_pickup_number

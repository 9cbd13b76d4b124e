from . import (
    delivery_carrier,
    stock_package,
    stock_picking,
    stock_picking_type,
    stock_warehouse,
    ups_pickup,
    ups_pickup_location,
)

from . import (
    came_back,
    delivery_carrier,
    later_changes,
    stock_picking,
    stock_picking_type,
    stock_warehouse,
    ups_pickup,
    ups_pickup_location,
    ups_pickup_service,
    waits_again,
    went_otherwise,
)

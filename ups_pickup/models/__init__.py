from . import ups_pickup, ups_pickup_location  # isort: skip  what the others extend
from . import (
    resource_calendar,
    ups_pickup_account,
    ups_pickup_batch,
    ups_pickup_cancel,
    ups_pickup_check,
    ups_pickup_line,
    ups_pickup_location_hours,
    ups_pickup_location_plan,
    ups_pickup_overview,
    ups_pickup_person,
    ups_pickup_plan,
    ups_pickup_price,
    ups_pickup_questions,
    ups_pickup_request,
    ups_pickup_service,
    ups_pickup_status,
)

from . import (
    test_batch,
    test_doors,
    test_import,
    test_life,
    test_many,
    test_overview,
    test_plan,
    test_roles,
    test_sheet_and_mail,
    test_status,
    test_storm,
    test_tours,
)

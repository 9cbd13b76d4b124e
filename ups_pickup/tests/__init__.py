from . import test_life, test_overview, test_plan, test_roles, test_status, test_storm

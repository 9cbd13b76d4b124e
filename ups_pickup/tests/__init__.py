from . import test_life, test_roles, test_status, test_storm

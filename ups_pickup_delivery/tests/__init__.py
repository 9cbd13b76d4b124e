from . import test_delivery, test_real_joins

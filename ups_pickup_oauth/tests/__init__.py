from . import (
    test_access_log,
    test_callback,
    test_company,
    test_concurrency,
    test_neutralize,
    test_oauth_action,
    test_opt_out,
    test_settings,
    test_token_keys,
)

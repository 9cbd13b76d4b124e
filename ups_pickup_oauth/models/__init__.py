from . import (
    res_company,
    res_config_settings,
    ups_authorization_attempt,
    ups_connection,
)

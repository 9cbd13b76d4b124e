from . import (
    ups_connection,
    ups_authorization_attempt,
    res_company,
    res_config_settings,
)

from . import (
    ir_model_fields,
    mail_message,
    res_company,
    res_company_dialog,
    res_company_search,
    res_config_settings,
    ups_authorization_attempt,
    ups_connection,
    ups_connection_export,
    ups_connection_keep_alive,
    ups_connection_reason,
    ups_connection_refresh,
)

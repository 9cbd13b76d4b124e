from . import token_keys


def uninstall_hook(env):
    """Remove what Odoo's uninstall does not know of: our parameters and the key file."""
    env["ir.config_parameter"].sudo().search([("key", "=like", "ups_pickup_oauth.%")]).unlink()
    token_keys.forget_key_file(env)

import re

from . import token_keys


def uninstall_hook(env):
    """Remove what Odoo's uninstall does not know of."""
    env["ir.config_parameter"].sudo().search([("key", "=like", "ups_pickup_oauth.%")]).unlink()
    _forget_what_people_saved(env)
    token_keys.forget_key_file(env)


def _forget_what_people_saved(env):
    """Delete favorite filters, which would break the list they belong to, and lines for Export."""
    fields = env["res.company"]._fields
    names = [name for name in fields if fields[name]._module == "ups_pickup_oauth"]
    ours = re.compile(rf"\b({'|'.join(names)})\b")
    filters = env["ir.filters"].sudo().with_context(active_test=False).search([])
    filters.filtered(
        lambda each: (
            each.model_id.startswith("ups.")
            or ours.search(f"{each.domain} {each.context} {each.sort}")
        )
    ).unlink()
    env["ir.exports.line"].sudo().search([("name", "in", names)]).unlink()

import re

from . import key_users, token_keys

_MODULE = "ups_pickup_oauth"


def uninstall_hook(env):
    """Remove what Odoo's uninstall does not know of."""
    env["ir.config_parameter"].sudo().search([("key", "=like", f"{_MODULE}.%")]).unlink()
    _forget_what_people_saved(env)
    if not key_users.others_need_key_file(env):
        token_keys.forget_key_file(env)


def _forget_what_people_saved(env):
    """Delete favorite filters, which would break the list they belong to, and lines for Export."""
    models = [name for name, model in env.registry.items() if model._original_module == _MODULE]
    fields = env["res.company"]._fields
    names = [name for name in fields if fields[name]._module == _MODULE]
    on_companies = re.compile(rf"\b({'|'.join(names)})\b")
    through_companies = re.compile(rf"[./]({'|'.join(names)})\b")

    def is_ours(model, text):
        pattern = on_companies if model == "res.company" else through_companies
        return model in models or bool(pattern.search(text))

    filters = env["ir.filters"].sudo().with_context(active_test=False).search([])
    filters.filtered(
        lambda each: is_ours(each.model_id, f"{each.domain} {each.context} {each.sort}")
    ).unlink()
    lines = env["ir.exports.line"].sudo().search([])
    lines.filtered(lambda each: is_ours(each.export_id.resource, each.name or "")).unlink()

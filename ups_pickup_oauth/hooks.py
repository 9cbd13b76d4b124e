import re

from . import key_users, token_keys

_MODULE = "ups_pickup_oauth"


def uninstall_hook(env):
    """Remove what Odoo's uninstall does not know of."""
    env["ir.config_parameter"].sudo().search([("key", "=like", f"{_MODULE}.%")]).unlink()
    forget_what_people_saved(env, _MODULE)
    if not key_users.others_need_key_file(env):
        token_keys.forget_key_file(env)


def forget_what_people_saved(env, module):
    """Delete favorite filters, which would break the list they belong to, and lists for Export.

    For the `uninstall_hook` of an addon of this house; Odoo itself leaves them behind.

    :param str module: the addon's name.
    """
    registry = env.registry.items()
    models = {name for name, model in registry if model._original_module == module}
    added = {
        name: [each for each in model._fields if model._fields[each]._module == module]
        for name, model in registry
        if name not in models
    }
    # A path to them from other models; a name of another addon's may be the same as the others'.
    through = {each for names in added.values() for each in names if each.startswith("ups_")}

    def is_ours(model, text):
        return (
            model in models
            or _mentions(text, r"\b", added.get(model, ()))
            or _mentions(text, "[./]", through)
        )

    filters = env["ir.filters"].sudo().with_context(active_test=False).search([])
    filters.filtered(
        lambda each: is_ours(each.model_id, f"{each.domain} {each.context} {each.sort}")
    ).unlink()
    exports = env["ir.exports"].sudo()
    exports.search([("resource", "in", list(models))]).unlink()
    lines = env["ir.exports.line"].sudo().search([])
    lines.filtered(lambda each: is_ours(each.export_id.resource, each.name or "")).unlink()


def _mentions(text, before, names):
    return bool(names) and bool(re.search(rf"{before}({'|'.join(names)})\b", text))

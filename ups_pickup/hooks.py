from odoo.addons.ups_pickup_oauth.hooks import forget_what_people_saved


def uninstall_hook(env):
    """Remove what Odoo's uninstall does not know of."""
    forget_what_people_saved(env, "ups_pickup")
    # They go with their table. Odoo would try each before, and log errors where a location has it.
    services = [("module", "=", "ups_pickup"), ("model", "=", "ups.pickup.service")]
    env["ir.model.data"].sudo().search(services).unlink()

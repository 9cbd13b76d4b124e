from odoo.addons.ups_pickup_oauth.hooks import forget_what_people_saved


def uninstall_hook(env):
    """Remove what Odoo's uninstall does not know of."""
    forget_what_people_saved(env, "ups_pickup")
    _delete_calendars(env)
    # They go with their table. Odoo would try each before, and log errors where a location has it.
    services = [("module", "=", "ups_pickup"), ("model", "=", "ups.pickup.service")]
    env["ir.model.data"].sudo().search(services).unlink()


def _delete_calendars(env):
    """Those of locations alone, which would stand in everybody's choice of working hours."""
    locations = env["ups.pickup.location"].sudo().with_context(active_test=False).search([])
    unused = locations.calendar_id._unused()
    env.flush_all()
    # Their table goes right after.
    env.cr.execute("ALTER TABLE ups_pickup_location ALTER COLUMN calendar_id DROP NOT NULL")
    env.cr.execute("UPDATE ups_pickup_location SET calendar_id = NULL")
    env.invalidate_all()
    unused._unlink_with_leaves()

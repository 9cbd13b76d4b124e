from odoo.addons.ups_pickup_oauth.hooks import forget_what_people_saved


def uninstall_hook(env):
    """Remove what Odoo's uninstall does not know of, and end plans that wait for deliveries."""
    # Its sum goes: what joins after another installation would count it anew, without the others.
    drafts = env["ups.pickup"].search([("state", "=", "draft"), ("origin", "=", "deliveries")])
    drafts.origin = "person"
    forget_what_people_saved(env, "ups_pickup_delivery")
    locations = env["ups.pickup.location"].sudo().with_context(active_test=False)
    locations.search([("plan", "=", "when_packages")]).plan = "manual"
    env.cr.flush()  # the histories say so

from odoo.addons.ups_pickup_oauth.hooks import forget_what_people_saved


def uninstall_hook(env):
    """Remove what Odoo's uninstall does not know of."""
    forget_what_people_saved(env, "ups_pickup_delivery")

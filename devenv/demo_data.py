"""What a database holds besides the addon; piped into `odoo shell`, and harmless when repeated."""

# ruff: noqa: F821  `env` is Odoo shell's

import os


def company(name, parent=None):
    found = env["res.company"].search([("name", "=", name)], limit=1)
    return found or env["res.company"].create({"name": name, "parent_id": parent and parent.id})


harbor = company("Harbor Supplies")
branch = company("Harbor Supplies North", parent=harbor)
admin = env.ref("base.user_admin")
admin.company_ids |= harbor + branch
admin.tour_enabled = False  # Odoo's own tours would cover what is to be tried here

parameters = env["ir.config_parameter"]
parameters.set_param("web.base.url", os.environ["DEMO_ODOO_URL"])
# Otherwise each login of the administrator rewrites it to the address it came by.
parameters.set_param("web.base.url.freeze", "True")

if os.environ.get("DEMO_CLIENT_ID"):
    env["res.config.settings"].create(
        {
            "ups_client_id": os.environ["DEMO_CLIENT_ID"],
            "ups_client_secret": os.environ["DEMO_CLIENT_SECRET"],
            "ups_environment": "cie",
            "ups_use_pkce": True,
        }
    ).execute()
env.cr.commit()

{
    "name": "UPS Pickup OAuth",
    "summary": "Let Odoo act for a UPS.com user: OAuth opt-in and opt-out for each company",
    "version": "19.0.1.7.1",
    "category": "Inventory/Delivery",
    "author": "ups_pickup_oauth contributors",
    "license": "LGPL-3",
    "images": ["static/description/modal.png"],
    "depends": ["base_setup", "mail"],
    "data": [
        "security/ir.model.access.csv",
        "security/ups_connection_security.xml",
        "data/ir_cron_data.xml",
        "data/mail_activity_type_data.xml",
        "views/callback_templates.xml",
        "views/res_company_views.xml",
        "views/res_config_settings_views.xml",
        "views/ups_connection_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["ups_pickup_oauth/static/src/*"],
        "web.assets_tests": ["ups_pickup_oauth/static/tests/tours/*.js"],
    },
    # Not for a menu of its own: the Apps page hides, by default, all that is no application.
    "application": True,
    "uninstall_hook": "uninstall_hook",
}

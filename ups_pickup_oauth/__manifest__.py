{
    "name": "UPS Pickup OAuth",
    "summary": "Let Odoo act for a UPS.com user: OAuth opt-in and opt-out for each company",
    "version": "19.0.1.0.0",
    "category": "Inventory/Delivery",
    "author": "ups_pickup_oauth contributors",
    "license": "LGPL-3",
    "depends": ["base_setup", "mail"],
    "data": [
        "security/ir.model.access.csv",
        "security/ups_connection_security.xml",
        "views/callback_templates.xml",
        "views/res_company_views.xml",
        "views/res_config_settings_views.xml",
        "views/ups_connection_views.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}

{
    "name": "UPS Pickup OAuth",
    "summary": "Let Odoo act for a UPS.com user: OAuth opt-in and opt-out per company",
    "version": "19.0.1.0.0",
    "category": "Inventory/Delivery",
    "author": "ups_pickup_oauth contributors",
    "license": "LGPL-3",
    "depends": ["base_setup", "mail"],
    "data": [],
}

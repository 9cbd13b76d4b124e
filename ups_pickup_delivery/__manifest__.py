{
    "name": "UPS Pickups for Deliveries",
    "summary": "Deliveries bring their packages to the UPS pickup of their warehouse",
    "version": "19.0.1.5.1",
    "category": "Inventory/Delivery",
    "author": "ups_pickup_oauth contributors",
    "license": "LGPL-3",
    "depends": ["ups_pickup", "stock_delivery"],
    "data": ["views/ups_pickup_delivery_views.xml", "views/ups_pickup_views.xml"],
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}

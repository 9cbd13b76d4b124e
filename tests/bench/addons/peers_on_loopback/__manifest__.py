{
    "name": "Peers on Loopback",
    "summary": "Leads Odoo's own connectors to the bench's stand-in; loaded, never installed",
    "version": "19.0.1.0.0",
    "author": "ups_pickup_oauth",
    "license": "LGPL-3",
    "depends": [],
    "installable": False,
}

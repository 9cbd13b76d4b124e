"""How a developer gets a running Odoo: its source, PostgreSQL, the server and the tests."""

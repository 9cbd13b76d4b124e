"""Builds the web client's bundles, for which the first page would wait; piped into `odoo shell`."""

# ruff: noqa: F821  `env` is Odoo shell's

env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()

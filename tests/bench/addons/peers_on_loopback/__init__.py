"""Loaded by ``--load`` at the start of a process; Mercado Pago's code itself stays as it is."""

import os

from odoo.addons.payment_mercado_pago import const

const.PROXY_URL = os.environ["BENCH_PEERS_HOST"]

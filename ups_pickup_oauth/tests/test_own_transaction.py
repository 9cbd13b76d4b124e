"""What is recorded about a spent code or token is recorded, though PostgreSQL is busy or away."""

import os
import socket
import struct
from contextlib import ExitStack
from unittest.mock import Mock, patch

import psycopg2
from odoo import SUPERUSER_ID, sql_db
from odoo.service.model import retrying
from odoo.tests import tagged

from .. import own_transaction
from ..exceptions import UpsBusy, UpsTryLater
from ..models import ups_connection, ups_connection_refresh
from ..own_transaction import PAUSES, in_own_transaction
from .common import RealTransactionCase


@tagged("post_install", "-at_install")
class TestOwnTransaction(RealTransactionCase):
    def rename(self, env):
        env["res.company"].browse(self.company_id).name = "Renamed"

    def assert_renamed(self):
        with self.transaction(SUPERUSER_ID) as env:
            self.assertEqual(env["res.company"].browse(self.company_id).name, "Renamed")

    def without_connections(self, env, meanwhile):
        """Rename while other threads hold all connections; `meanwhile` is called at each pause."""
        with (
            patch.object(sql_db._Pool, "_maxconn", 0),
            patch.object(sql_db._Pool, "_connections", []),
            patch.object(own_transaction.time, "sleep", side_effect=meanwhile) as sleep,
        ):
            in_own_transaction(env, self.rename)
        return sleep

    def test_it_waits_for_a_connection_that_another_thread_gives_back(self):
        def give_back(_seconds):
            sql_db._Pool._maxconn = 1

        with self.transaction() as env:
            self.without_connections(env, give_back).assert_called_once_with(PAUSES[0])
        self.assert_renamed()

    def test_it_gives_up_in_the_end(self):
        pauses = []
        with self.transaction() as env, self.assertRaises(psycopg2.pool.PoolError):
            self.without_connections(env, pauses.append)
        self.assertEqual(tuple(pauses), PAUSES)

    def test_a_connection_that_postgresql_ends_is_replaced(self):
        ended = []

        def rename_after_the_end_of_the_first_connection(env):
            if not ended:
                env.cr.execute("SELECT pg_backend_pid()")
                ended.extend(env.cr.fetchone())
                with self.transaction() as other:
                    other.cr.execute("SELECT pg_terminate_backend(%s)", ended)
            self.rename(env)
            env.flush_all()

        with self.transaction() as env, self.assertLogs("odoo.sql_db", "ERROR"):
            in_own_transaction(env, rename_after_the_end_of_the_first_connection)
        self.assert_renamed()

    def test_connections_that_a_crash_left_in_the_pool_are_passed_over(self):
        with self.transaction() as env:
            with ExitStack() as stack:
                cursors = [stack.enter_context(self.registry.cursor()) for _each in range(12)]
                connections = [cursor._cnx for cursor in cursors]
            for connection in connections:
                self.crash(connection)
            with patch.object(own_transaction.time, "sleep") as sleep:
                in_own_transaction(env, self.rename)
        sleep.assert_not_called()
        self.assert_renamed()

    # === A HOST THAT FREEZES, AND TIME-OUTS OF OTHERS === #

    def test_who_waits_for_a_lock_waits_once_and_not_for_long(self):
        """Odoo would run a request five times, each as long, were it told of the lock."""
        self.authorize()
        for module in (ups_connection, ups_connection_refresh, own_transaction):
            self.startPatcher(patch.object(module, "LONGEST_WAIT", 1))
        with self.transaction(SUPERUSER_ID) as frozen:
            frozen["res.company"].browse(self.company_id).ups_connection_ids._lock()
            with self.assertRaises(UpsTryLater):
                self.want_token()
            for of_the_role in (0, 500):
                with self.transaction() as env, self.assertRaisesRegex(UpsBusy, "being renewed"):
                    env.cr.execute("SET LOCAL statement_timeout = %s", [of_the_role])
                    company = env["res.company"].browse(self.company_id)
                    opt_out = Mock(side_effect=company.action_ups_opt_out)
                    retrying(opt_out, env)
                opt_out.assert_called_once()
        self.assertEqual(self.simulator.calls("refresh"), 0)
        self.assertTrue(self.simulator.is_live_access_token(self.want_token()))

    def test_a_host_that_freezes_loses_the_lock_and_no_token(self):
        self.authorize()
        self.startPatcher(patch.object(own_transaction, "LONGEST_HOLD", 0.2))
        with self.hanging_refresh("after") as frozen, self.transaction(SUPERUSER_ID) as env:
            env.cr.execute("SET LOCAL lock_timeout = '20s'")  # until PostgreSQL takes the lock
            env["res.company"].browse(self.company_id).ups_connection_ids._lock()
        self.assertTrue(self.simulator.is_live_access_token(frozen.result()))
        self.assertTrue(self.simulator.is_live_refresh_token(self.stored()[1]))

    def test_time_outs_that_an_operator_gave_the_role(self):
        connected = own_transaction._connected

        def as_the_role(registry):
            cr = connected(registry)
            for name in (
                "statement_timeout",
                "lock_timeout",
                "idle_in_transaction_session_timeout",
            ):
                cr.execute(f"SET {name} = '100ms'")
            return cr

        self.authorize()
        self.simulator.set_latency(0.4)
        second_try = patch.object(self.registry["ups.connection"], "_keep_anyway", None)
        with patch.object(own_transaction, "_connected", as_the_role), second_try:
            self.assertTrue(self.simulator.is_live_access_token(self.want_token()))
        self.assertEqual(self.simulator.calls("refresh"), 1)
        self.assertTrue(self.simulator.is_live_refresh_token(self.stored()[1]))

    def test_opting_out_leaves_the_time_outs_of_the_caller(self):
        self.authorize()
        with self.transaction() as env:
            env.cr.execute("SET LOCAL lock_timeout = '7s'")
            env["res.company"].browse(self.company_id).action_ups_opt_out()
            env.cr.execute("SHOW lock_timeout")
            self.assertEqual(env.cr.fetchone(), ("7s",))

    def crash(self, connection):
        """Let the client of a connection find what PostgreSQL's crash leaves on it."""
        fields = b"SWARNING\0VWARNING\0C57P02\0Mterminating connection because of a crash\0\0"
        here, there = socket.socketpair()
        there.sendall(b"N" + struct.pack("!i", len(fields) + 4) + fields)
        there.close()
        os.dup2(here.fileno(), connection.fileno())
        here.close()

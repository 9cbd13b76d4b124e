"""What is recorded about a spent code or token is recorded, though PostgreSQL is busy or away."""

import os
import socket
import struct
from contextlib import ExitStack
from unittest.mock import patch

import psycopg2
from odoo import SUPERUSER_ID, sql_db
from odoo.tests import tagged

from .. import own_transaction
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

    def crash(self, connection):
        """Let the client of a connection find what PostgreSQL's crash leaves on it."""
        fields = b"SWARNING\0VWARNING\0C57P02\0Mterminating connection because of a crash\0\0"
        here, there = socket.socketpair()
        there.sendall(b"N" + struct.pack("!i", len(fields) + 4) + fields)
        there.close()
        os.dup2(here.fileno(), connection.fileno())
        here.close()

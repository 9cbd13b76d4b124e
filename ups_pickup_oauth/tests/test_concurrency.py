"""Real cursors, threads and commits: what Odoo's test cursors cannot show."""

import os
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from odoo import SUPERUSER_ID
from odoo.exceptions import RedirectWarning
from odoo.service.model import retrying
from odoo.tests import tagged

from ..ups_client.authorization_response import AuthorizationResponse
from .common import RealTransactionCase


@tagged("post_install", "-at_install")
class TestConcurrency(RealTransactionCase):
    def answer(self):
        """:return: what UPS sends back after the person agreed to a new attempt."""
        with self.transaction() as env:
            url = env["res.company"].browse(self.company_id).action_ups_oauth()["url"]
        query = parse_qs(urlsplit(self.simulator.person_agrees(url)).query)
        return AuthorizationResponse.from_query(query)

    def finish(self, answer):
        """One request of one worker."""
        with self.transaction() as env:
            return env["ups.authorization.attempt"].sudo()._finish(answer).kind

    def test_a_request_that_odoo_reruns_spends_the_code_once(self):
        answer, runs = self.answer(), []

        def request(env):
            runs.append(env["ups.authorization.attempt"].sudo()._finish(answer).kind)
            company = env["res.company"].browse(self.company_id)
            if len(runs) == 1:
                with self.transaction() as other:
                    other["res.company"].browse(self.company_id).email = "first@example.com"
            company.email = "second@example.com"
            env.flush_all()  # PostgreSQL: could not serialize access due to concurrent update

        with self.transaction() as env, self.assertLogs("odoo.sql_db", "ERROR") as log:
            retrying(lambda: request(env), env)
        self.assertIn("could not serialize access", log.output[0])
        self.assertEqual(runs, ["authorized", "authorized"])
        self.assertEqual(self.simulator.calls("token"), 1)
        self.assert_authorized()

    def test_two_attempts_for_one_company_that_end_at_once(self):
        answers = [self.answer(), self.answer()]
        self.simulator.queue_fault("token", "hang", times=2)
        with ThreadPoolExecutor(2) as pool:
            returns = [pool.submit(self.finish, answer) for answer in answers]
            self.simulator.wait_for_calls("token", 2)
            self.simulator.release()
            self.assertEqual([each.result() for each in returns], ["authorized"] * 2)
        self.assert_authorized()

    def test_what_ups_refused_stays_in_the_history_of_a_request_that_fails(self):
        wrong = patch.dict(os.environ, {"UPS_CLIENT_ID": "not-registered-at-ups"})
        with wrong, self.assertRaises(RedirectWarning), self.transaction() as env:
            env["res.company"].browse(self.company_id).action_ups_oauth()
        with self.transaction(SUPERUSER_ID) as env:
            connection = env["res.company"].browse(self.company_id).ups_connection_ids
            [message] = connection.message_ids
            self.assertIn("does not know the client ID", message.body)
            self.assertEqual(message.author_id, env["res.users"].browse(self.admin_id).partner_id)

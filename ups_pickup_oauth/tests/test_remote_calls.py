"""What each role gets through the doors for other programs: XML-RPC, JSON-2, the web client's own.

The users come with an API key, or signed in; the public with nothing.
"""

from datetime import datetime, timedelta
from xmlrpc.client import Fault

import requests
from odoo.fields import NO_ACCESS
from odoo.tests import JsonRpcException, tagged

from .common import UpsHttpCase
from .planted_secrets import PlantedSecrets
from .test_roles import shows

REFUSALS = (Fault, requests.HTTPError, JsonRpcException)

# What is called, with the ids or without, and what else it gets, given the model's fields.
READING = {
    "read": lambda _names: {"load": "_classic_read"},
    "search_read": lambda _names: {"domain": []},
    "web_search_read": lambda names: {"domain": [], "specification": {name: {} for name in names}},
    "export_data": lambda names: {"fields_to_export": names},
    "web_read": lambda names: {"specification": {name: {} for name in names}},
}
WITHOUT_IDS = ("search_read", "web_search_read")


class RemoteDoors:
    """Mixed into test cases, after Planted: each role at each door of each model."""

    def setUp(self):
        super().setUp()
        self.people = self.users | self.own
        soon = datetime.now() + timedelta(hours=12)
        self.keys = {
            role: self.env["res.users.apikeys"].with_user(user)._generate("rpc", role, soon)
            for role, user in self.people.items()
            if role != "public"
        }
        self.env.flush_all()

    # === DOORS === #

    def xmlrpc(self, role, model, method, args, kwargs):
        credentials = self.people[role].id, self.keys.get(role, "no-key")
        call = (self.env.cr.dbname, *credentials, model, method, args, kwargs)
        return self.xmlrpc_object.execute_kw(*call)

    def json2(self, role, model, method, args, kwargs):
        response = self.url_open(
            f"/json/2/{model}/{method}",
            json=kwargs | ({"ids": args[0]} if args else {}),
            headers={"Authorization": f"bearer {self.keys.get(role, 'no-key')}"},
        )
        if not response.ok:
            raise requests.HTTPError(response.text)
        return response.json()

    def web_client(self, role, model, method, args, kwargs):
        call = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.make_jsonrpc_request("/web/dataset/call_kw", call)

    def each_door(self, roles=None):
        for role in roles or self.users:
            login = self.people[role].login if role in self.keys else None
            self.authenticate(login, login)
            for door in (self.xmlrpc, self.json2, self.web_client):
                yield role, door

    def ask(self, role, door, model, method, **kwargs):
        """:return: the answer, None for a refusal; neither holds a secret."""
        args = [] if method in WITHOUT_IDS else [self.records[model].ids]
        answer = refusal = None
        try:
            answer = door(role, model, method, args, kwargs)
        except REFUSALS as error:
            refusal = f"{error} {vars(error)}"
        self.assert_no_secret(answer or refusal)
        return answer

    # === WHAT COMES BACK === #

    def test_no_secret_comes_back_and_lower_roles_get_nothing(self):
        for role, door in self.each_door():
            for model in self.models_of(role):
                names = self.visible_fields(model)
                for method, arguments in READING.items():
                    with self.subTest(role=role, door=door.__name__, model=model, method=method):
                        answer = self.ask(role, door, model, method, **arguments(names))
                        shown = [name for name in names if shows(answer, name)]
                        self.assertFalse(role in self.lower_roles and shown)

    def visible_fields(self, model):
        fields = self.env[model]._fields
        return [name for name in self.fields_of(model) if fields[name].groups != NO_ACCESS]


@tagged("post_install", "-at_install")
class TestRemoteCalls(RemoteDoors, PlantedSecrets, UpsHttpCase):
    def test_the_doors_open_for_what_is_no_secret(self):
        for role, door in self.each_door(self.keys):
            expected = {"name": "Acme"}
            if role == "administrator":
                expected["ups_authorization_state"] = "authorized"
            [answer] = self.ask(role, door, "res.company", "read", fields=list(expected))
            self.assertEqual({name: answer[name] for name in expected}, expected)

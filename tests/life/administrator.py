"""What an administrator does, without a browser: signs in, calls methods, opens pages."""

import itertools

import requests


class Refused(Exception):
    """Odoo answered with an error; the text is what the person reads."""


class Administrator:
    """One session of `admin`/`admin` on a running Odoo."""

    def __init__(self, url: str, database: str):
        self.url, self._ids = url, itertools.count(1)
        self._session = requests.Session()
        self._session.trust_env = False  # this machine's proxy knows nothing of its own ports
        who = {"db": database, "login": "admin", "password": "admin"}
        self._json("/web/session/authenticate", who)

    def call(self, model: str, method: str, *args: object, **kwargs: object):
        """As the web client does it. :raise Refused: with Odoo's sentence."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self._json(f"/web/dataset/call_kw/{model}/{method}", params)

    def run_cron(self, xmlid: str) -> None:
        module, name = xmlid.split(".")
        found = [["module", "=", module], ["name", "=", name]]
        [data] = self.call("ir.model.data", "search_read", found, ["res_id"])
        self.call("ir.cron", "method_direct_trigger", [data["res_id"]])

    def open(self, url: str, **options) -> requests.Response:
        """Visit a page, by its path in this Odoo or by its whole address."""
        return self._session.get(requests.compat.urljoin(self.url, url), timeout=120, **options)

    def _json(self, path: str, params: dict):
        body = {"jsonrpc": "2.0", "method": "call", "id": next(self._ids), "params": params}
        answer = self._session.post(self.url + path, json=body, timeout=600)
        answer.raise_for_status()
        if error := answer.json().get("error"):
            raise Refused(error["data"]["message"])
        return answer.json()["result"]

    # === THE STEPS OF THE README === #

    def save_settings(self, **values: object) -> None:
        """General Settings, and Save."""
        ids = self.call("res.config.settings", "create", [values])
        self.call("res.config.settings", "execute", ids)

    def start_authorization(self, company_id: int = 1) -> str:
        """:return: the address at UPS to which the button OAuth leads."""
        return self.call("res.company", "action_ups_oauth", [company_id])["url"]

    def authorize(self, simulator, company_id: int = 1) -> requests.Response:
        """:return: the page on which the person arrives after agreeing at UPS."""
        return self.open(simulator.person_agrees(self.start_authorization(company_id)))

    def test_authorization(self, company_id: int = 1) -> str:
        """:return: what the button Test says."""
        return self.call("res.company", "action_ups_test", [company_id])["context"]["ups_finding"]

    def authorization(self, company_id: int = 1) -> dict:
        """:return: state and reason, as the modal shows them."""
        names = ["ups_authorization_state", "ups_reauthorize_reason"]
        [shown] = self.call("res.company", "read", [company_id], names)
        return {name: shown[name] for name in names}

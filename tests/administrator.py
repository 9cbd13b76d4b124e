"""What an administrator does, without a browser: signs in, calls methods, opens pages."""

import requests


class Refused(Exception):
    """Odoo's own refusal; the text is what the person reads, `kind` the exception's name."""

    def __init__(self, kind: str, sentence: str):
        super().__init__(sentence)
        self.kind = kind


class Broken(Exception):
    """No answer, or not one of Odoo's making: what became of the request is unknown."""

    kind = "broken off"


class Administrator:
    """One session of `admin`/`admin` on a running Odoo."""

    def __init__(self, url: str, database: str):
        self.url = url
        self._session = requests.Session()
        self._session.trust_env = False  # this machine's proxy knows nothing of its own ports
        who = {"db": database, "login": "admin", "password": "admin"}
        self._ask("/web/session/authenticate", who)

    @property
    def cookie(self) -> str:
        """The session's own secret."""
        return self._session.cookies["session_id"]

    def call(self, model: str, method: str, *args: object, **kwargs: object):
        """As the web client does it. :raise Refused: with Odoo's words. :raise Broken: with none"""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self._ask(f"/web/dataset/call_kw/{model}/{method}", params)

    def open(self, url: str, **options) -> requests.Response:
        """Visit a page, by its path in this Odoo or by its whole address."""
        return self._send("GET", requests.compat.urljoin(self.url, url), **options)

    def _ask(self, path: str, params: dict):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self._send("POST", self.url + path, json=body)
        try:
            told = answer.json()
        except ValueError:
            raise Broken(f"HTTP {answer.status_code}") from None
        if error := told.get("error"):
            raise _problem(error.get("data") or {})
        return told["result"]

    def _send(self, method: str, url: str, **options) -> requests.Response:
        try:
            answer = self._session.request(method, url, timeout=600, **options)
        except requests.RequestException as error:
            raise Broken(type(error).__name__) from None
        if answer.status_code >= 500:
            raise Broken(f"HTTP {answer.status_code}")
        return answer

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

    def authorization(self, company_id: int = 1) -> str:
        """:return: its state, as the modal shows it."""
        [shown] = self.call("res.company", "read", [company_id], ["ups_authorization_state"])
        return shown["ups_authorization_state"]

    def run_cron(self, xmlid: str):
        """:return: what is shown to the person, where the job failed"""
        module, name = xmlid.split(".")
        found = [["module", "=", module], ["name", "=", name]]
        [data] = self.call("ir.model.data", "search_read", found, ["res_id"])
        return self.call("ir.cron", "method_direct_trigger", [data["res_id"]])


def _problem(data: dict) -> Exception:
    kind, sentence = data.get("name", "").rpartition(".")[2], str(data.get("message", ""))
    if kind in ("UserError", "AccessError", "RedirectWarning") or kind.startswith("Ups"):
        return Refused(kind, sentence)
    return Broken(kind or "error", sentence)

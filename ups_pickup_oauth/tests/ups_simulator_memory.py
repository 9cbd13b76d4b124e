"""What UPS remembers: grants, codes, tokens, and who is on its pages."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass

CODE_LIFETIME = 600  # seconds; RFC 6749 section 4.1.2: ten minutes at most
LOGIN_LIFETIME = 3600  # seconds; UPS may ask for a code by mail, so a person may be slow


@dataclass
class Grant:
    """One person's agreement; a password change at ups.com ends it with all its tokens."""

    scope: str | None = None
    refresh_count: int = 0
    alive: bool = True


@dataclass
class Issued:
    """An access token, a refresh token or a code."""

    grant: Grant
    expires_at: float
    spent: bool = False
    redirect_uri: str = ""
    code_challenge: str | None = None


@dataclass
class Login:
    """A person on the pages, between authorize and the way back."""

    query: dict[str, str]
    expires_at: float
    step: str = "username"
    username: str = ""


class Memory:
    """Every code, token and sign-in. Its caller holds the lock."""

    def __init__(self):
        self.lock = threading.RLock()
        self.issued: set[str] = set()
        self.offset = 0.0
        self.forget()

    def forget(self) -> None:
        """Forget everything but the secrets: the logs they are searched in outlive a reset."""
        self.codes: dict[str, Issued] = {}
        self.access: dict[str, Issued] = {}
        self.refresh: dict[str, Issued] = {}
        self.logins: dict[str, Login] = {}
        self.trans_ids: set[str] = set()
        self.offset = 0.0

    def now(self) -> float:
        return time.time() + self.offset

    def issue(self, store: dict, kind: str, grant: Grant, lifetime: float, size=48, **more) -> str:
        secret = f"sim-{kind}-{secrets.token_urlsafe(size)}"
        store[secret] = Issued(grant, self.now() + lifetime, **more)
        self.issued.add(secret)
        return secret

    def issue_code(self, grant: Grant, redirect_uri: str, code_challenge: str | None) -> str:
        bound = {"redirect_uri": redirect_uri, "code_challenge": code_challenge}
        return self.issue(self.codes, "code", grant, CODE_LIFETIME, **bound)

    def begin_login(self, query: dict[str, str]) -> str:
        """:return: the transaction that stands for it in the pages' addresses."""
        transaction = secrets.token_urlsafe(32)
        self.logins[transaction] = Login(query, self.now() + LOGIN_LIFETIME)
        return transaction

    def is_live(self, store: dict, secret: str | None) -> bool:
        held = store.get(secret)
        return bool(held) and held.grant.alive and not held.spent and held.expires_at > self.now()

    def spend(self, store: dict, secret: str) -> Issued | None:
        """Use a code or a refresh token up. :return: None when it was not live."""
        if not self.is_live(store, secret):
            return None
        store[secret].spent = True
        return store[secret]

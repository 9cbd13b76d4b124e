"""How is an attempt bound to one browser and to this client? By ``state`` and PKCE."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256


def new_state() -> str:
    """Return 256 random bits as 43 characters (RFC 6749 section 10.10 asks for 128 bits)."""
    return secrets.token_urlsafe(32)


def new_verifier() -> str:
    """Return 512 random bits as 86 characters (RFC 7636 section 4.1 asks for 43 to 128)."""
    return secrets.token_urlsafe(64)


def challenge_for(verifier: str) -> str:
    """Return the S256 code challenge of RFC 7636 section 4.2: base64url without padding."""
    return urlsafe_b64encode(sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")

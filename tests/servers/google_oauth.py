"""Google's consent page and token endpoint, as far as an installed app meets them (RFC 6749, 7636, 8252)."""

from __future__ import annotations

import base64
import hashlib
import html
import itertools
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import requests

from servers.http import Request, Response

READONLY = "https://www.googleapis.com/auth/gmail.readonly"
COMPOSE = "https://www.googleapis.com/auth/gmail.compose"
CLIENT_ID = "1234-bowout.apps.googleusercontent.com"
CLIENT_SECRET = "GOCSPX-not-a-secret"


class TokenRefused(Exception):
    """An OAuth error answer (RFC 6749 section 5.2)."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error


@dataclass(frozen=True, slots=True)
class Grant:
    """What the person agreed to: the account they picked and the boxes they left ticked."""

    address: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Code:
    grant: Grant
    challenge: str
    redirect: str


@dataclass(slots=True)
class Tokens:
    """Codes, access tokens and refresh tokens. ``testing`` = the app's publishing status is Testing."""

    base: str
    testing: bool = False
    lifetime: timedelta = timedelta(seconds=3599)
    rotates: bool = False  # hand out a new refresh token at each use and void the old one
    refreshes: int = 0
    revoked: list[str] = field(default_factory=list)
    _codes: dict[str, _Code] = field(default_factory=dict)
    _access: dict[str, tuple[Grant, datetime]] = field(default_factory=dict)
    _refresh: dict[str, Grant] = field(default_factory=dict)
    _serial: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def client(self) -> dict[str, object]:
        """What the Google console lets one download for a desktop client."""
        return {
            "installed": {
                "client_id": CLIENT_ID,
                "project_id": "bowout-test",
                "auth_uri": f"{self.base}/o/oauth2/v2/auth",
                "token_uri": f"{self.base}/token",
                "client_secret": CLIENT_SECRET,
                "redirect_uris": ["http://localhost"],
            }
        }

    def write_client(self, path: Path) -> Path:
        path.write_text(json.dumps(self.client()), encoding="utf-8")
        return path

    # --- the person's side --------------------------------------------------------------------------

    def issue(self, address: str, scopes: Sequence[str] = (READONLY, COMPOSE)) -> str:
        """A refresh token as if the person had signed in."""
        token = f"1//refresh-{next(self._serial)}"
        self._refresh[token] = Grant(address, frozenset(scopes))
        return token

    def access(self, address: str, now: datetime, scopes: Sequence[str] = (READONLY, COMPOSE)) -> str:
        return self._new_access(Grant(address, frozenset(scopes)), now)

    def revoke_all(self) -> None:
        """The person removes the app in their Google account, or the seven days are over."""
        self._refresh.clear()
        self._access.clear()

    def expire_access(self) -> None:
        """Access tokens stop working, refresh tokens do not."""
        self._access.clear()

    # --- the server's side --------------------------------------------------------------------------

    def grant_of(self, access_token: str, now: datetime) -> Grant | None:
        found = self._access.get(access_token)
        return found[0] if found and found[1] > now else None

    def handle(self, request: Request, now: datetime) -> Response:
        try:
            match (request.method, request.path):
                case ("GET", "/o/oauth2/v2/auth"):
                    return self._consent_page(request)
                case ("POST", "/o/oauth2/v2/decision"):
                    return self._decide(request)
                case ("POST", "/token"):
                    return self._token(_client_in(request), now)
                case ("POST", "/revoke"):
                    return self._revoke(request.form())
        except TokenRefused as exc:
            return Response.of({"error": exc.error, "error_description": str(exc)}, 400)
        return Response(404, b"<html>not found</html>", "text/html")

    def _consent_page(self, request: Request) -> Response:
        asked = {name: values[0] for name, values in request.query.items()}
        wanted = {"response_type": "code", "client_id": CLIENT_ID, "code_challenge_method": "S256"}
        wrong = [name for name, value in wanted.items() if asked.get(name) != value]
        wrong += [n for n in ("state", "scope", "code_challenge", "redirect_uri") if not asked.get(n)]
        if not re.fullmatch(r"http://(127\.0\.0\.1|localhost|\[::1\]):\d+/?", asked.get("redirect_uri", "")):
            wrong.append("redirect_uri")
        if wrong or asked.get("access_type") != "offline":
            return Response(400, f"invalid_request: {wrong}".encode(), "text/plain")
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
            for name, value in asked.items()
        )
        return Response(200, f"<form method=post>{hidden}</form>".encode(), "text/html; charset=UTF-8")

    def _decide(self, request: Request) -> Response:
        asked = request.form()
        answer = {"state": asked["state"]}
        if asked["decision"] == "deny":
            answer["error"] = "access_denied"
        else:
            code = f"4/code-{next(self._serial)}"
            grant = Grant(asked["account"], frozenset(asked["granted"].split()))
            self._codes[code] = _Code(grant, asked["code_challenge"], asked["redirect_uri"])
            answer |= {"code": code, "scope": asked["granted"]}
        return Response(302, headers={"Location": f"{asked['redirect_uri']}?{urlencode(answer)}"})

    def _token(self, form: dict[str, str], now: datetime) -> Response:
        if form.get("client_id") != CLIENT_ID or form.get("client_secret") != CLIENT_SECRET:
            raise TokenRefused("invalid_client", "The OAuth client was not found.")
        if form.get("grant_type") == "authorization_code":
            return self._exchange(form, now)
        if form.get("grant_type") != "refresh_token":
            raise TokenRefused("unsupported_grant_type", "Invalid grant_type")
        old = form.get("refresh_token", "")
        if old not in self._refresh:
            raise TokenRefused("invalid_grant", "Token has been expired or revoked.")
        self.refreshes += 1
        grant = self._refresh[old]
        if not set(form.get("scope", "").split()) <= grant.scopes:  # RFC 6749 section 6
            raise TokenRefused("invalid_scope", "Some requested scopes were invalid.")
        answer = self._answer(grant, now)
        if self.rotates:
            del self._refresh[old]
            answer["refresh_token"] = self._new_refresh(grant)
        return Response.of(answer)

    def _exchange(self, form: dict[str, str], now: datetime) -> Response:
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or form.get("redirect_uri") != code.redirect:
            raise TokenRefused("invalid_grant", "Malformed auth code.")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != code.challenge:
            raise TokenRefused("invalid_grant", "Invalid code verifier.")
        answer = self._answer(code.grant, now) | {"refresh_token": self._new_refresh(code.grant)}
        if self.testing:
            answer["refresh_token_expires_in"] = 604799
        return Response.of(answer)

    def _answer(self, grant: Grant, now: datetime) -> dict[str, object]:
        return {
            "access_token": self._new_access(grant, now),
            "expires_in": int(self.lifetime.total_seconds()),
            "scope": " ".join(sorted(grant.scopes)),
            "token_type": "Bearer",
        }

    def _new_access(self, grant: Grant, now: datetime) -> str:
        token = f"ya29.access-{next(self._serial)}"
        self._access[token] = (grant, now + self.lifetime)
        return token

    def _new_refresh(self, grant: Grant) -> str:
        token = f"1//refresh-{next(self._serial)}"
        self._refresh[token] = grant
        return token

    def _revoke(self, form: dict[str, str]) -> Response:
        token = form.get("token", "")
        if token not in self._refresh and token not in self._access:
            raise TokenRefused("invalid_token", "Token expired or revoked")
        self.revoked.append(token)
        self.revoke_all()
        return Response.of({})


def _client_in(request: Request) -> dict[str, str]:
    """The form, the client's name and secret in it, wherever they were sent (RFC 6749 section 2.3.1)."""
    form = request.form()
    kind, _, coded = request.headers.get("authorization", "").partition(" ")
    if kind == "Basic":
        form["client_id"], _, form["client_secret"] = base64.b64decode(coded).decode().partition(":")
    return form


@dataclass(frozen=True, slots=True)
class Browser:
    """Plays the person in front of the consent page: opens the URL, unticks boxes, agrees or denies."""

    account: str
    untick: frozenset[str] = frozenset()
    deny: bool = False

    def unticking(self, *scopes: str) -> Browser:
        return replace(self, untick=frozenset(scopes))

    def visit(self, url: str, *, state: str | None = None) -> requests.Response:
        """Go through consent and follow the redirect to the waiting program; answers with its page."""
        page = requests.get(url, timeout=10)
        page.raise_for_status()
        asked = {
            name: html.unescape(value)
            for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', page.text)
        }
        granted = [scope for scope in asked["scope"].split() if scope not in self.untick]
        form = asked | {
            "decision": "deny" if self.deny else "allow",
            "account": self.account,
            "granted": " ".join(granted),
        }
        if state is not None:
            form["state"] = state
        root = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        moved = requests.post(f"{root}/o/oauth2/v2/decision", data=form, allow_redirects=False, timeout=10)
        return requests.get(moved.headers["Location"], timeout=10)

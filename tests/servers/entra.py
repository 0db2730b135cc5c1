"""The Microsoft identity platform as far as an installed app meets it (RFC 6749, 7636, 8252, 8628).

``Entra`` keeps tokens and what the person consented to; ``EntraServer`` shows it over TLS with a certificate
of its own (msal takes nothing but https), in ``ca_file``.
"""

from __future__ import annotations

import base64
import hashlib
import html
import itertools
import json
import re
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests

from servers.http import FakeServer, Request, Response
from servers.tls import certificate

CLIENT_ID = "11111111-2222-3333-4444-555555555555"
PERSONAL_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"
WORK_TENANT = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
RESERVED = {"openid", "profile", "offline_access"}


class Refusal(Exception):
    """An error answer with its AADSTS code."""

    def __init__(self, code: int, error: str = "invalid_grant", text: str = "", suberror: str = "") -> None:
        super().__init__(text)
        self.code, self.error, self.suberror = code, error, suberror
        self.text = f"AADSTS{code}: {text or 'refused'} Trace ID: t Correlation ID: c Timestamp: 2026-11-20"

    def answer(self) -> dict[str, Any]:
        return {
            "error": self.error,
            "error_description": self.text,
            "error_codes": [self.code],
            "suberror": self.suberror,
            "timestamp": "2026-11-20 12:00:00Z",
            "trace_id": "t",
            "correlation_id": "c",
        }


@dataclass(slots=True)
class _Code:
    scopes: frozenset[str]
    challenge: str
    redirect: str
    nonce: str


@dataclass(slots=True)
class Entra:
    """Consent and tokens of one person. ``refuse`` names the AADSTS code that the next answers carry."""

    base: str
    address: str
    name: str = "Me Myself"
    clock: Callable[[], datetime] = field(kw_only=True)
    personal: bool = True
    user_id: str = "00000000-0000-0000-1234-567890abcdef"
    lifetime: timedelta = timedelta(hours=1)
    consented: set[str] = field(default_factory=set)
    asked: list[frozenset[str]] = field(default_factory=list)  # scopes of each request for consent
    refusal: Refusal | None = None
    agrees_at_once: bool = False  # the person is quick with the code on the other screen
    refreshes: int = 0
    _codes: dict[str, _Code] = field(default_factory=dict)
    _devices: dict[str, dict[str, Any]] = field(default_factory=dict)
    _access: dict[str, tuple[frozenset[str], datetime]] = field(default_factory=dict)
    _refresh: set[str] = field(default_factory=set)
    _serial: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    # --- what the fake Graph asks -------------------------------------------------------------------

    def access(self, *scopes: str) -> str:
        """An access token; like Entra's it carries everything that was ever consented to."""
        self.consented |= set(scopes)
        token = f"eyJ0.access-{next(self._serial)}.sig"
        self._access[token] = (frozenset(self.consented), self.clock() + self.lifetime)
        return token

    def scopes_of(self, token: str) -> frozenset[str] | None:
        scopes, until = self._access.get(token, (frozenset(), self.clock()))
        return scopes if until > self.clock() else None

    def revoke(self) -> None:
        """The person removes the app, or an administrator ends every session."""
        self._access.clear()
        self._refresh.clear()
        self.consented.clear()

    def expire_access(self) -> None:
        self._access.clear()

    # --- endpoints ------------------------------------------------------------------------------------

    def handle(self, request: Request) -> Response:
        found = re.fullmatch(
            r"/([\w.-]+)/(oauth2/v2\.0/\w+|v2\.0/\.well-known/openid-configuration)", request.path
        )
        if not found:
            return Response(404, b"<html>not found</html>", "text/html")
        tenant, what = found.groups()
        try:
            match (request.method, what.rpartition("/")[2]):
                case ("GET", "openid-configuration"):
                    return Response.of(self._configuration(tenant))
                case ("GET", "authorize"):
                    return self._consent_page(request)
                case ("POST", "decision"):
                    return self._decide(request.form())
                case ("POST", "devicecode"):
                    return Response.of(self._device(request.form()))
                case ("POST", "token"):
                    return Response.of(self._token(request.form()))
        except Refusal as exc:
            return Response.of(exc.answer(), 400)
        return Response(405, b"<html>no</html>", "text/html")

    def _configuration(self, tenant: str) -> dict[str, Any]:
        root = f"{self.base}/{tenant}"
        known = {"common": "{tenantid}", "organizations": "{tenantid}", "consumers": PERSONAL_TENANT}
        return {
            "issuer": f"{self.base}/{known.get(tenant, tenant)}/v2.0",
            "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
            "token_endpoint": f"{root}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{root}/oauth2/v2.0/devicecode",
            "jwks_uri": f"{root}/discovery/v2.0/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def _consent_page(self, request: Request) -> Response:
        asked = {name: values[0] for name, values in request.query.items()}
        wanted = {"response_type": "code", "client_id": CLIENT_ID, "code_challenge_method": "S256"}
        wrong = [name for name, value in wanted.items() if asked.get(name) != value]
        wrong += [name for name in ("state", "scope", "code_challenge") if not asked.get(name)]
        if not re.fullmatch(r"http://localhost:\d+", asked.get("redirect_uri", "")):
            wrong.append("redirect_uri")
        if wrong:
            return Response(400, f"AADSTS50011: {wrong}".encode(), "text/plain")
        self.asked.append(frozenset(asked["scope"].split()))
        hidden = "".join(
            f'<input type="hidden" name="{n}" value="{html.escape(v)}">' for n, v in asked.items()
        )
        return Response(200, f"<form method=post>{hidden}</form>".encode(), "text/html; charset=utf-8")

    def _decide(self, asked: dict[str, str]) -> Response:
        answer = {"state": asked["state"]}
        if asked["decision"] != "allow":
            code = int(asked["decision"])
            known = {65004: ("access_denied", "User declined to consent to access the app.")}
            error, text = known.get(code, ("access_denied", "refused"))
            answer |= {"error": error, "error_description": Refusal(code, error, text).text}
        else:
            code_value = f"0.code-{next(self._serial)}"
            scopes = frozenset(asked["scope"].split())
            self._codes[code_value] = _Code(
                scopes, asked["code_challenge"], asked["redirect_uri"], asked.get("nonce", "")
            )
            answer |= {"code": code_value, "client_info": self._client_info()}
        location = f"{asked['redirect_uri']}?{urlencode(answer)}"
        return Response(302, headers={"Location": location})

    def _device(self, form: dict[str, str]) -> dict[str, Any]:
        self._check_client(form)
        number = next(self._serial)
        scopes = frozenset(form.get("scope", "").split())
        self.asked.append(scopes)
        self._devices[f"dev{number}"] = {
            "scopes": scopes,
            "user_code": f"CODE{number}",
            "agreed": self.agrees_at_once,
        }
        return {
            "user_code": f"CODE{number}",
            "device_code": f"dev{number}",
            "verification_uri": f"{self.base}/device",
            "expires_in": 900,
            "interval": 0,
            "message": f"To sign in, open {self.base}/device and enter the code CODE{number}.",
        }

    def agree_on_device(self, user_code: str) -> None:
        """The person enters the code on another screen and agrees."""
        for device in self._devices.values():
            if device["user_code"] == user_code:
                device["agreed"] = True

    def _token(self, form: dict[str, str]) -> dict[str, Any]:
        self._check_client(form)
        kind = form.get("grant_type")
        if kind == "authorization_code":
            code = self._codes.pop(form.get("code", ""), None)
            if code is None or form.get("redirect_uri") != code.redirect:
                raise Refusal(70000, text="The provided value for the code is not valid.")
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != code.challenge:
                raise Refusal(501481, text="The Code_Verifier does not match the code_challenge.")
            return self._answer(code.scopes, code.nonce)
        if kind == "refresh_token":
            return self._refreshed(form)
        device = self._devices.get(form.get("device_code", ""))
        if device is None:
            raise Refusal(70019, "expired_token", "The device code is expired.")
        if not device["agreed"]:
            raise Refusal(70016, "authorization_pending", "Authorization is pending.")
        return self._answer(device["scopes"], "")

    def _refreshed(self, form: dict[str, str]) -> dict[str, Any]:
        if form.get("refresh_token") not in self._refresh:
            raise Refusal(
                50173, text="The provided grant has expired due to it being revoked.", suberror="bad_token"
            )
        wanted = frozenset(form.get("scope", "").split())
        missing = wanted - RESERVED - self.consented
        if missing:
            text = f"The user has not consented to use the application: {sorted(missing)}."
            raise Refusal(65001, text=text, suberror="consent_required")
        self.refreshes += 1
        return self._answer(wanted, "")

    def _check_client(self, form: dict[str, str]) -> None:
        if self.refusal:
            raise self.refusal
        if form.get("client_id") != CLIENT_ID:
            raise Refusal(700016, "unauthorized_client", "Application was not found in the directory.")

    def _answer(self, scopes: frozenset[str], nonce: str) -> dict[str, Any]:
        wanted = scopes - RESERVED
        self.consented |= wanted
        refresh = f"M.C5-refresh-{next(self._serial)}"
        self._refresh.add(refresh)  # rotated at each use; the old one lives on
        return {
            "token_type": "Bearer",
            "scope": " ".join(sorted(self.consented)),
            "expires_in": int(self.lifetime.total_seconds()),
            "ext_expires_in": int(self.lifetime.total_seconds()),
            "access_token": self.access(),
            "refresh_token": refresh,
            "id_token": self._id_token(nonce),
            "client_info": self._client_info(),
        }

    def _tenant(self) -> str:
        return PERSONAL_TENANT if self.personal else WORK_TENANT

    def _client_info(self) -> str:
        return _b64({"uid": self.user_id, "utid": self._tenant()})

    def _id_token(self, nonce: str) -> str:
        now = int(self.clock().timestamp())
        claims = {
            "aud": CLIENT_ID,
            "iss": f"{self.base}/{self._tenant()}/v2.0",
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
            "name": self.name,
            "preferred_username": self.address,
            "oid": self.user_id,
            "tid": self._tenant(),
            "sub": "sub",
            "ver": "2.0",
            **({"nonce": nonce} if nonce else {}),
        }
        return f"{_b64({'alg': 'RS256', 'typ': 'JWT'})}.{_b64(claims)}.c2ln"


def _b64(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


class EntraServer(FakeServer):
    """The pages and endpoints of ``entra`` at ``https://localhost``; ``ca_file`` vouches for it."""

    def __init__(self, entra: Entra, directory: Path) -> None:
        self.entra = entra
        self.ca_file, chain = certificate(directory)
        super().__init__()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self.base = f"https://localhost:{urlsplit(self.base).port}"
        entra.base = self.base

    @property
    def authority(self) -> str:
        return f"{self.base}/{'consumers' if self.entra.personal else 'organizations'}"

    def handle(self, request: Request) -> Response:
        return self.entra.handle(request)


@dataclass(frozen=True, slots=True)
class Browser:
    """Plays the person in front of the consent page; ``decision`` is ``allow`` or an AADSTS code."""

    ca_file: Path
    decision: str = "allow"

    def visit(self, url: str, *, state: str | None = None) -> requests.Response:
        """Go through consent and follow the redirect to the waiting program; answers with its page."""
        with requests.Session() as session:
            session.trust_env = False
            session.verify = str(self.ca_file)
            page = session.get(url, timeout=10)
            page.raise_for_status()
            fields = re.findall(r'name="([^"]+)" value="([^"]*)"', page.text)
            form = {name: html.unescape(value) for name, value in fields} | {"decision": self.decision}
            if state is not None:
                form["state"] = state
            target = urlsplit(url)._replace(query="").geturl().replace("/authorize", "/decision")
            moved = session.post(target, data=form, allow_redirects=False, timeout=10)
            return session.get(moved.headers["Location"], timeout=10)

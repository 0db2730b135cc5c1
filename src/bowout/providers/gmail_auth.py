"""Signing in to Google (developers.google.com/identity/protocols/oauth2/native-app) and staying signed in.

The person brings their own OAuth client of type desktop: a shared one would need Google's yearly audit.
Consent comes back over a loopback address (RFC 8252) with PKCE (RFC 7636). What is kept goes through
``bowout.vault``; processes that refresh at the same time take turns under its lock.
"""

from __future__ import annotations

import html
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import google.auth.credentials
import google.auth.exceptions

from bowout.errors import BowoutError, ConfigError, SignInNeeded, Unreachable, UsageError
from bowout.model import Account
from bowout.plain import for_terminal
from bowout.providers.base import Clock
from bowout.providers.command import first_line
from bowout.vault import Protection, Vault

READONLY = "https://www.googleapis.com/auth/gmail.readonly"
COMPOSE = "https://www.googleapis.com/auth/gmail.compose"
# What each is for, in words; both together are the least that finds threads and keeps drafts.
SCOPES = {READONLY: "read the conversation", COMPOSE: "leave a draft in it"}

TOKEN_LIMIT = 20.0  # seconds for one request to the token endpoint
SIGN_IN_LIMIT = 300.0  # seconds for the person in the browser
SPARE = timedelta(seconds=60)  # an access token that ends sooner is not begun with
COMMAND_TOKEN_LIFE = timedelta(minutes=5)  # a token_command is asked again after this


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What is kept of a sign-in. Times are aware; ``ends`` is set while the app is in testing mode."""

    address: str
    client_id: str
    client_secret: str
    token_uri: str
    refresh_token: str
    scopes: tuple[str, ...]
    signed_in: datetime
    ends: datetime | None = None
    access_token: str | None = None
    expires: datetime | None = None

    def usable(self, now: datetime, refused: str | None) -> bool:
        """Can the access token be used now? Not the one that Google has just refused."""
        fresh = self.expires is not None and self.expires - SPARE > now
        return self.access_token is not None and self.access_token != refused and fresh

    def to_dict(self) -> dict[str, Any]:
        return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(self).items()}

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> SignIn:
        """Raises KeyError, TypeError or ValueError for what ``to_dict`` did not make."""
        times = {
            name: datetime.fromisoformat(values[name]) if values.get(name) else None
            for name in ("signed_in", "ends", "expires")
        }
        return cls(**{**values, **times, "scopes": tuple(values["scopes"])})


# --- staying signed in ----------------------------------------------------------------------------


def credentials(account: Account, clock: Clock, vault: Vault | None = None) -> Renewing:
    """Credentials that fetch an access token when one is first needed; nothing is read before."""
    if account.token_command:
        return Renewing(clock, lambda _: _from_command(account, clock))
    keeper = Keeper(account, clock, vault or Vault.of(account))
    return Renewing(clock, keeper.access_token)


class Renewing(google.auth.credentials.Credentials):
    """An access token that is fetched anew by ``fetch(refused) -> (token, expiry)``, one thread at a time.

    ``fetch`` raises the errors of bowout; google-auth lets them pass.
    """

    def __init__(self, clock: Clock, fetch: Callable[[str | None], tuple[str, datetime]]) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # google-auth is half typed
        self._clock = clock
        self._fetch = fetch
        self._until: datetime | None = None
        self._one = threading.Lock()

    @property
    def valid(self) -> bool:
        """google-auth asks before each request; judged by our clock, not by one of its own."""
        return self._until is not None and self._until - SPARE > self._clock()

    def refresh(self, request: object) -> None:  # noqa: ARG002 - google-auth's; ours has a time limit
        with self._one:
            if not self.valid:
                self.token, self._until = self._fetch(None)

    def renew(self) -> None:
        """Fetch another token although this one looks good: Google has just refused it."""
        refused = self.token
        with self._one:
            if self.token == refused:  # else another thread was faster
                self.token, self._until = self._fetch(refused)


@dataclass(slots=True)
class Keeper:
    """The sign-in of one account in the vault, refreshed under its lock."""

    account: Account
    clock: Clock
    vault: Vault

    def load(self) -> SignIn:
        """Raises ``SignInNeeded``."""
        try:
            return SignIn.of(self.vault.load(self.account.name))
        except (KeyError, TypeError, ValueError) as exc:
            raise SignInNeeded(
                f"The sign-in of account {self.account.name} is not one for Gmail.",
                f"Sign in: bowout account add {self.account.name}",
            ) from exc

    def access_token(self, refused: str | None = None) -> tuple[str, datetime]:
        """An access token and its expiry. ``refused``: the one that Google no longer takes."""
        kept = self.load()
        if not kept.usable(self.clock(), refused):
            with self.vault.locked(self.account.name):
                kept = self.load()  # another process may have refreshed it meanwhile
                if not kept.usable(self.clock(), refused):
                    kept = self._refreshed(kept)
                    self.vault.save(self.account.name, kept.to_dict())
        if kept.access_token is None or kept.expires is None:
            raise SignInNeeded(f"Google gave no access token for {self.account.name}.", self._cure())
        return kept.access_token, kept.expires

    def _refreshed(self, kept: SignIn) -> SignIn:
        import google.oauth2.credentials

        fresh = google.oauth2.credentials.Credentials(
            None,
            refresh_token=kept.refresh_token,
            token_uri=kept.token_uri,
            client_id=kept.client_id,
            client_secret=kept.client_secret,
        )
        asked = self.clock()
        try:
            with _token_request() as request:
                fresh.refresh(request)
        except google.auth.exceptions.TransportError as exc:
            raise _offline() from exc
        except google.auth.exceptions.RefreshError as exc:
            raise self._refused(exc, kept) from exc
        # Counted from our own clock: it is the one that the expiry is compared with.
        life = fresh.expiry.replace(tzinfo=UTC) - datetime.now(UTC) if fresh.expiry else COMMAND_TOKEN_LIFE
        return replace(
            kept,
            access_token=fresh.token,
            expires=asked + life,
            refresh_token=fresh.refresh_token or kept.refresh_token,
        )

    def _refused(self, exc: google.auth.exceptions.RefreshError, kept: SignIn) -> BowoutError:
        if exc.retryable:
            return _offline()
        answer = exc.args[1] if len(exc.args) > 1 and isinstance(exc.args[1], dict) else {}
        if answer.get("error") in {"invalid_client", "unauthorized_client", "deleted_client"}:
            return SignInNeeded(
                "Google no longer knows the OAuth client of this sign-in.",
                f"Download it again from the Google console (docs/gmail.md), then: {self._cure()}",
            )
        return SignInNeeded(
            f"Google no longer accepts the sign-in of {kept.address}: {_why(kept, self.clock())}.",
            self._cure(),
        )

    def _cure(self) -> str:
        return f"bowout account add {self.account.name}"


def _why(kept: SignIn, now: datetime) -> str:
    if kept.ends and now >= kept.ends - timedelta(days=1):
        return (
            "the app is in testing mode, where Google ends every sign-in after 7 days "
            "(publish it: docs/gmail.md, step 5)"
        )
    return "it was revoked, the password was changed, or it was unused for six months"


def _offline() -> Unreachable:
    return Unreachable("Google's sign-in server cannot be reached.", "Check the network, then try again.")


def _from_command(account: Account, clock: Clock) -> tuple[str, datetime]:
    token = first_line(account.token_command or (), account=account.name, key="token_command")
    return token, clock() + COMMAND_TOKEN_LIFE


class _token_request:  # noqa: N801 - a context manager, used like a function
    """A request callable for google-auth with a time limit of ours; closes its session."""

    def __enter__(self) -> Callable[..., Any]:
        import requests
        from google.auth.transport.requests import Request

        self._session = requests.Session()
        inner = Request(session=self._session)

        def limited(*arguments: Any, **options: Any) -> Any:
            return inner(*arguments, **{**options, "timeout": TOKEN_LIMIT})

        return limited

    def __exit__(self, *_: object) -> None:
        self._session.close()


# --- signing in -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """An OAuth client of type desktop. Its secret is none: every installed app carries it (RFC 8252)."""

    client_id: str
    client_secret: str
    auth_uri: str
    token_uri: str

    @classmethod
    def read(cls, path: Path) -> Client:
        """The file as downloaded from the Google console. Raises ``ConfigError``."""
        values = _json(path)
        if "web" in values and "installed" not in values:
            raise ConfigError(
                f"{path}: this OAuth client is for a web server.",
                "Create one of type Desktop app in the Google console (docs/gmail.md, step 4).",
            )
        try:
            inner = values["installed"]
            return cls(**{name: str(inner[name]) for name in cls.__dataclass_fields__})
        except (KeyError, TypeError) as exc:
            raise ConfigError(
                f"{path}: not an OAuth client of type desktop.",
                "Download it from the Google console (docs/gmail.md, step 4).",
            ) from exc


def _json(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read: {exc.strerror}.", "See docs/gmail.md.") from exc
    except ValueError as exc:
        raise ConfigError(f"{path}: not JSON.", "See docs/gmail.md.") from exc
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: not what Google writes.", "See docs/gmail.md.")
    return values


def sign_in(
    account: Account,
    client: Client,
    clock: Clock,
    *,
    show: Callable[[str], None],
    port: int = 0,
    limit: float = SIGN_IN_LIMIT,
) -> SignIn:
    """Ask for consent in the browser and wait for it on 127.0.0.1. ``show`` is given the URL to open.

    ``port`` 0 = a free one; ``limit`` in seconds. Raises ``SignInNeeded`` for whatever the person or Google
    did not agree to, ``Unreachable``, ``UsageError`` when the port is taken.
    """
    import oauthlib.oauth2
    import requests
    from google_auth_oauthlib.flow import InstalledAppFlow

    with _Listener(port) as listener:
        flow = InstalledAppFlow.from_client_config(
            {"installed": asdict(client)},
            list(SCOPES),
            redirect_uri=listener.url,
            autogenerate_code_verifier=True,
        )
        # Without prompt=consent a second sign-in gets no refresh token.
        url, state = flow.authorization_url(prompt="consent", login_hint=account.address)
        show(url)
        answer = listener.wait(state, limit)
    if "error" in answer:
        denied = answer["error"] == "access_denied"
        what = (
            "You did not agree"
            if denied
            else f"Google ended the sign-in ({for_terminal(answer['error'])[:60]})"
        )
        raise SignInNeeded(f"{what}; nothing was kept.", f"Try again: bowout account add {account.name}")
    try:
        token = flow.fetch_token(code=answer["code"], timeout=TOKEN_LIMIT)
    except Warning as exc:  # oauthlib's way to say that fewer boxes were left ticked
        raise _partial(account, getattr(exc, "new_scope", ())) from exc
    except requests.RequestException as exc:
        raise _offline() from exc
    except oauthlib.oauth2.OAuth2Error as exc:
        raise SignInNeeded(
            f"Google did not complete the sign-in ({for_terminal(str(exc.error))[:60]}).",
            f"Try again: bowout account add {account.name}",
        ) from exc
    return _signed_in(account, client, token, clock())


def _signed_in(account: Account, client: Client, token: Mapping[str, Any], now: datetime) -> SignIn:
    granted = token.get("scope") or ()
    scopes = tuple(granted.split() if isinstance(granted, str) else granted)
    if not set(SCOPES) <= set(scopes):
        raise _partial(account, scopes)
    if not token.get("refresh_token"):
        raise SignInNeeded(
            "Google gave no lasting sign-in.",
            "Remove bowout at myaccount.google.com/permissions, then sign in again.",
        )
    ends = token.get("refresh_token_expires_in")
    return SignIn(
        address=account.address,
        client_id=client.client_id,
        client_secret=client.client_secret,
        token_uri=client.token_uri,
        refresh_token=token["refresh_token"],
        scopes=scopes,
        signed_in=now,
        ends=now + timedelta(seconds=int(ends)) if ends else None,
        access_token=token["access_token"],
        expires=now + timedelta(seconds=int(token.get("expires_in", 0))),
    )


def _partial(account: Account, granted: Sequence[str]) -> SignInNeeded:
    missing = [words for scope, words in SCOPES.items() if scope not in granted]
    return SignInNeeded(
        f"A box was left unticked, so bowout could not {' and '.join(missing)}; nothing was kept.",
        f"Sign in again and tick every box: bowout account add {account.name}",
    )


def import_authorized_user(account: Account, path: Path, clock: Clock) -> SignIn:
    """The sign-in in an authorised-user JSON, for machines without a browser. Raises ``ConfigError``.

    It is the form that ``google.oauth2.credentials.Credentials.to_json`` and ``gcloud`` write.
    """
    values = _json(path)
    try:
        client_id, secret, token = (str(values[n]) for n in ("client_id", "client_secret", "refresh_token"))
    except KeyError as exc:
        raise ConfigError(
            f"{path}: not an authorised-user file, {exc.args[0]} is missing.", "See docs/gmail.md, step 7."
        ) from exc
    return SignIn(
        address=account.address,
        client_id=client_id,
        client_secret=secret,
        refresh_token=token,
        token_uri=str(values.get("token_uri") or "https://oauth2.googleapis.com/token"),
        scopes=tuple(values.get("scopes") or SCOPES),
        signed_in=clock(),
    )


def keep(account: Account, sign_in: SignIn, vault: Vault, protection: Protection | None = None) -> None:
    """Put a new sign-in into the vault."""
    with vault.locked(account.name):
        vault.save(account.name, sign_in.to_dict(), protection)


def revoke(kept: SignIn) -> bool:
    """Take the sign-in back at Google; False when it was void already. Raises ``Unreachable``."""
    import requests

    # Google's revocation endpoint lies beside the token endpoint (oauth2.googleapis.com/revoke).
    url = kept.token_uri.removesuffix("/token") + "/revoke"
    try:
        answer = requests.post(
            url, data={"token": kept.refresh_token}, timeout=TOKEN_LIMIT, allow_redirects=False
        )
    except requests.RequestException as exc:
        raise _offline() from exc
    if answer.status_code >= 500:
        raise _offline()
    return answer.status_code == 200


# --- waiting for the browser ----------------------------------------------------------------------

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>bowout</title>
<body style="font-family:sans-serif;margin:4em auto;max-width:30em"><h1>{title}</h1><p>{text}</p></body>
</html>"""


@dataclass(slots=True)
class _Listener:
    """Waits on 127.0.0.1 for the one redirect that carries our state; everything else gets a 404."""

    port: int
    _server: HTTPServer = field(init=False)
    _answers: list[dict[str, str]] = field(default_factory=list)

    def __enter__(self) -> _Listener:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                listener.received(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as above
                """Silence: the request line holds the code."""

        try:
            self._server = _Exclusive(("127.0.0.1", self.port), Handler)
        except OSError as exc:
            raise UsageError(
                f"Port {self.port} of 127.0.0.1 is taken.", "Leave --port out: a free one is chosen."
            ) from exc
        self._server.timeout = 0.2
        return self

    def __exit__(self, *_: object) -> None:
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def wait(self, state: str, limit: float) -> dict[str, str]:
        """The parameters of the redirect. Raises ``SignInNeeded`` after ``limit`` seconds."""
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            self._server.handle_request()
            for answer in self._answers:
                if answer.get("state") == state and ("code" in answer or "error" in answer):
                    return answer
            self._answers.clear()
        raise SignInNeeded(
            f"Nobody agreed in the browser within {limit / 60:g} minutes; nothing was kept.",
            "Run the command again.",
        )

    def received(self, wire: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(wire.path)
        answer = {name: values[0] for name, values in parse_qs(parts.query).items()}
        ours = parts.path == "/" and "state" in answer
        title, text = "Back to the terminal", "bowout has its answer. You can close this page."
        if not ours:
            title, text = "Nothing here", "This address only waits for an answer of Google's."
        else:
            self._answers.append(answer)
        page = _PAGE.format(title=html.escape(title), text=html.escape(text)).encode()
        wire.send_response(200 if ours else 404)
        wire.send_header("Content-Type", "text/html; charset=utf-8")
        wire.send_header("Content-Length", str(len(page)))
        wire.end_headers()
        wire.wfile.write(page)


class _Exclusive(HTTPServer):
    """Nobody else may listen on the same port and take the code."""

    allow_reuse_address = False
    allow_reuse_port = False

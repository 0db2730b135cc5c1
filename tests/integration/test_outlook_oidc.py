"""The device-code sign-in against a server that is not ours: oidc-provider on Node, over TLS (RFC 8628)."""

from __future__ import annotations

import html
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests

from bowout.errors import SignInNeeded
from bowout.model import Account
from bowout.providers.outlook.keys import OutlookKeys
from bowout.providers.outlook.sign_in import enrol
from bowout.providers.outlook.tokens import keeper
from bowout.providers.sign_in import How
from bowout.vault import Vault
from servers.entra import CLIENT_ID
from servers.tls import certificate

pytestmark = pytest.mark.system
HERE = Path(__file__).parents[1] / "servers" / "oidc"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Its authority, and the file that vouches for its certificate."""
    place = tmp_path_factory.mktemp("oidc")
    for name in ("package.json", "package-lock.json", "server.js"):
        shutil.copy(HERE / name, place)
    install = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    subprocess.run(install, cwd=place, check=True, capture_output=True, timeout=300)
    ca_file, chain = certificate(place)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        ["node", "server.js", str(port), str(chain)], cwd=place, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        assert "listening" in next(line for line in server.stdout if "listening" in line)
        yield f"https://localhost:{port}/consumers", ca_file
    finally:
        server.kill()
        server.communicate(timeout=10)


@pytest.fixture
def account(provider: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    authority, ca_file = provider
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca_file))
    monkeypatch.setenv("BOWOUT_PASSPHRASE", "correct horse battery staple")
    return Account(
        name="work",
        provider="outlook",
        address="jo@example.org",
        keys=OutlookKeys(client_id=CLIENT_ID, authority=authority),
        data_dir=tmp_path,
    )


def agree(url: str, code: str, ca_file: Path, *, deny: bool = False) -> None:
    """The person on another screen: enters the code, signs in, consents; or aborts at the code."""
    with requests.Session() as browser:
        browser.trust_env = False
        browser.verify = str(ca_file)
        page = browser.get(url, timeout=10)
        for _ in range(8):
            form = re.search(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', page.text, re.DOTALL)
            if form is None:
                return
            fields = dict(re.findall(r'name="([^"]+)"[^>]*value="([^"]*)"', form[2]))
            for name, value in (("user_code", code), ("login", "jo@example.org"), ("password", "x")):
                if f'name="{name}"' in form[2]:
                    fields[name] = fields.get(name) or value
            aborts = deny and 'name="abort"' in page.text
            fields |= {"abort": "yes"} if aborts else {}
            page = browser.post(urljoin(page.url, html.unescape(form[1])), data=fields, timeout=10)
            if aborts:
                return
        raise AssertionError(f"the pages never end: {page.url}")


def sign_in(account: Account, ca_file: Path, *, deny: bool = False) -> None:
    def device(url: str, code: str) -> None:
        threading.Thread(target=agree, args=(url, code, ca_file), kwargs={"deny": deny}, daemon=True).start()

    how = How(show=lambda _: None, passphrase=lambda: "correct horse battery staple", device=device, limit=60)
    enrol(account, clock, how, lambda *_: (account.address,))


def clock() -> datetime:
    return datetime.now(UTC)


def test_a_code_entered_elsewhere_signs_in_and_the_sign_in_renews_itself(
    account: Account, provider: tuple[str, Path]
) -> None:
    sign_in(account, provider[1])
    kept = keeper(account, clock, Vault.of(account))
    first = kept.token(frozenset())
    assert {"User.Read", "Mail.ReadWrite"} <= set(kept.load().scopes)
    later = keeper(account, lambda: clock() + timedelta(days=1), Vault.of(account))
    assert later.token(frozenset()) != first


def test_a_person_who_declines_is_told_so(account: Account, provider: tuple[str, Path]) -> None:
    with pytest.raises(SignInNeeded, match="did not agree"):
        sign_in(account, provider[1], deny=True)

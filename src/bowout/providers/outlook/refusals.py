"""What Microsoft's sign-in server refuses -> what the person can do about it.

The AADSTS codes are documented (learn.microsoft.com/entra/identity-platform/reference-error-codes); their
texts are long and change, so only the number decides. Each code that somebody can act on says who must do
what: the person, or an administrator, with the setting or the permissions to ask for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bowout.errors import BowoutError, ConfigError, SignInNeeded, Unreachable
from bowout.text.harmless import for_terminal

if TYPE_CHECKING:
    from bowout.model import Account


@dataclass(frozen=True, slots=True)
class Cure:
    """``what`` happened and the ``cure``; ``{name}`` the account, ``{scopes}`` the permissions wanted."""

    what: str
    cure: str
    config: bool = False  # something in the configuration or the registration is wrong


_AGAIN = "{again}"
# Rights that are asked for only when they are needed, and the option that asks for them.
_FLAGS = {"Mail.Send": " --right-to-send", "Calendars.ReadWrite": " --right-to-decline"}
_ADMIN = (
    "Ask an administrator to grant these delegated permissions of Microsoft Graph to the app; they reach only"
    " your own mailbox: {scopes}"
)
_CONDITIONS = (
    "Try the browser instead of --device-code, on a device that your organisation manages; else ask an "
    "administrator about the conditional access policy for this app."
)
_REVOKED = "The sign-in of account {name} was ended: password changed, sign-out everywhere, or revoked."
_KIND = (
    "Use --authority https://login.microsoftonline.com/consumers for a personal account, "
    "https://login.microsoftonline.com/organizations for work or school; of an account that is in the config "
    "set authority there, under [accounts.{name}]."
)
_SINGLE = (
    "Use --authority with https://login.microsoftonline.com/ and your tenant's id (of an account that is in "
    "the config set authority there, under [accounts.{name}]), or let the app accept accounts of any "
    "directory (Authentication, Supported account types)."
)
_PUBLIC = 'Switch on "Allow public client flows" in the app registration, under Authentication.'

CURES = {
    # consent
    65001: Cure("Account {name} has not consented to all that is needed: {scopes}.", _AGAIN),
    65004: Cure("You did not agree; nothing was kept.", _AGAIN),
    90093: Cure("Your organisation lets only administrators consent to this app.", _ADMIN),
    90094: Cure("Your organisation lets only administrators consent to this app.", _ADMIN),
    90095: Cure("Your consent waits for an administrator's approval.", _ADMIN),
    900941: Cure("Your organisation lets only administrators consent to this app.", _ADMIN),
    50105: Cure(
        "Your organisation lets only chosen people use this app, and you are not among them.",
        'Ask an administrator to assign you to the app (Enterprise applications, "Users and groups").',
    ),
    # conditional access and second factors
    53000: Cure("Your organisation allows this only on a device that complies with its rules.", _CONDITIONS),
    53001: Cure("Your organisation allows this only on a device that has joined it.", _CONDITIONS),
    53002: Cure("Your organisation allows only apps that it has approved.", _CONDITIONS),
    53003: Cure("A conditional access policy of your organisation blocked the sign-in.", _CONDITIONS),
    530033: Cure("A conditional access policy blocks signing in with a code.", _CONDITIONS),
    50076: Cure("A second factor is needed to sign in.", _AGAIN),
    50079: Cure("A second factor must be set up first.", _AGAIN),
    50158: Cure("Your organisation wants another check before signing in.", _AGAIN),
    50074: Cure("A second factor is needed to sign in.", _AGAIN),
    # the sign-in came to its end
    50173: Cure(_REVOKED, _AGAIN),
    50132: Cure(_REVOKED, _AGAIN),
    50133: Cure(_REVOKED, _AGAIN),
    70000: Cure(_REVOKED, _AGAIN),
    700082: Cure("The sign-in of account {name} ended because it was not used for 90 days.", _AGAIN),
    70008: Cure("The sign-in of account {name} ended because it was not used for 90 days.", _AGAIN),
    700081: Cure("The sign-in of account {name} reached its longest life.", _AGAIN),
    70043: Cure("Your organisation ends sign-ins after some time (sign-in frequency).", _AGAIN),
    70044: Cure("Your organisation ended this session.", _AGAIN),
    50057: Cure("The user account is disabled.", "Ask an administrator of your organisation."),
    50055: Cure("The password has expired.", "Change it in the browser. " + _AGAIN),
    70019: Cure("The code was not entered in time; nothing was kept.", _AGAIN),
    70020: Cure("The code was not entered in time; nothing was kept.", _AGAIN),
    # the wrong kind of account
    50020: Cure("This account does not belong to the directory that was asked to sign it in.", _KIND),
    50034: Cure("There is no such account in the directory that was asked to sign it in.", _KIND),
    500200: Cure(
        "This is a personal Microsoft account, and the app takes only work or school accounts.", _KIND
    ),
    9002331: Cure("The app takes only personal Microsoft accounts.", _KIND, True),
    9002332: Cure("The app takes only work or school accounts.", _KIND, True),
    90072: Cure("This account does not belong to the directory that was asked to sign it in.", _KIND),
    # the registration
    7000218: Cure("The app registration does not let programs without a secret sign in.", _PUBLIC, True),
    700016: Cure(
        "Microsoft does not know the client_id of account {name} in this directory.",
        "Compare it with the Application (client) ID in the app registration. " + _KIND,
        True,
    ),
    700038: Cure(
        "The client_id of account {name} is no application id.",
        "Copy the Application (client) ID from the app registration (its page Overview).",
        True,
    ),
    50011: Cure(
        "The app registration lacks the address to come back to.",
        'Add the platform "Mobile and desktop applications" with http://localhost under Authentication.',
        True,
    ),
    50194: Cure("The app takes only accounts of its own directory.", _SINGLE, True),
    50059: Cure("Microsoft could not tell to which directory the account belongs.", _SINGLE, True),
    90002: Cure("The tenant in authority does not exist.", _SINGLE, True),
    70011: Cure(
        "The app may not ask for these permissions: {scopes}.",
        "Add them in the app registration, under API permissions.",
        True,
    ),
    650053: Cure(
        "The app may not ask for these permissions: {scopes}.",
        "Add them in the app registration, under API permissions.",
        True,
    ),
    7000112: Cure("The app registration is disabled.", "Enable it, or register another."),
}
_BUSY = {90033, 50196, 90025, 700024}  # their service's own trouble, or too many sign-ins


def explained(
    account: Account, answer: Mapping[str, Any], wanted: Iterable[str], *, again: str | None = None
) -> BowoutError:
    """The error for an answer with ``error`` and, usually, ``error_description`` and ``error_codes``.

    ``again`` = how to sign in once more, where it is not an account of the config.
    """
    wanted = sorted(wanted)
    flags = "".join(_FLAGS.get(scope, "") for scope in wanted)
    again = again or f"Sign in again: bowout account add {account.name}{flags}"
    words = {"name": account.name, "scopes": ", ".join(wanted), "again": again}
    codes = codes_in(answer)
    for code in codes:
        if code in _BUSY:
            return Unreachable(
                f"Microsoft's sign-in server is busy (AADSTS{code}).", "Try again in a few minutes."
            )
        if code in CURES:
            cure = CURES[code]
            kind = ConfigError if cure.config else SignInNeeded
            return kind(f"{cure.what} (AADSTS{code})".format(**words), cure.cure.format(**words))
    if answer.get("error") == "access_denied":
        return SignInNeeded("You did not agree; nothing was kept.", _AGAIN.format(**words))
    if answer.get("error") in {"temporarily_unavailable", "server_error"}:
        return Unreachable("Microsoft's sign-in server is busy.", "Try again in a few minutes.")
    named = f"AADSTS{codes[0]}" if codes else for_terminal(str(answer.get("error") or "no reason given"))[:60]
    return SignInNeeded(
        f"Microsoft did not accept the sign-in of account {account.name} ({named}).",
        f"{again.rstrip('.')}. What the code means: https://login.microsoftonline.com/error",
    )


def codes_in(answer: Mapping[str, Any]) -> list[int]:
    """The AADSTS numbers of an answer, in its list or in its text."""
    listed = [code for code in answer.get("error_codes") or () if isinstance(code, int)]
    written = re.findall(r"AADSTS(\d{4,8})\b", str(answer.get("error_description") or ""))
    return list(dict.fromkeys([*listed, *map(int, written)]))

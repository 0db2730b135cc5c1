"""What a folder is for, by its name; and its name in modified UTF-7."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.model import Folder
from bowout.providers.headers_only.folders import decode_name, encode_name, kind_of


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ((), Folder.INBOX),
        (("INBOX",), Folder.INBOX),
        (("Drafts",), Folder.DRAFTS),
        (("Entwürfe",), Folder.DRAFTS),
        (("Entwu\u0308rfe",), Folder.DRAFTS),
        (("INBOX", "BROUILLONS"), Folder.DRAFTS),
        (("Gesendete\u00a0Objekte",), Folder.SENT),
        (("Elementy wyslane",), Folder.SENT),
        (("[Gmail]", "Drafts"), Folder.DRAFTS),
        (("[Gmail]", "Sent Mail"), Folder.SENT),
        (("Gesendete Objekte",), Folder.SENT),
        (("送信済み",), Folder.SENT),
        (("Deleted Items",), Folder.TRASH),
        (("Papierkorb", "2024"), Folder.TRASH),
        (("Trash", "Drafts"), Folder.TRASH),
        (("Junk E-mail",), Folder.JUNK),
        (("[Gmail]", "Спам"), Folder.JUNK),
        (("Sent", "2024"), Folder.SENT),
        (("Archive",), Folder.OTHER),
        (("Drafting",), Folder.OTHER),
    ],
)
def test_kind_of(path: tuple[str, ...], kind: Folder) -> None:
    assert kind_of(path) is kind


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Entw&APw-rfe", "Entwürfe"),
        ("R&-D", "R&D"),
        ("&U,BTFw-", "台北"),
        ("Entwürfe", "Entwürfe"),
        ("A&B", "A&B"),
        ("&AP-", "&AP-"),
    ],
)
def test_decode_name(written: str, name: str) -> None:
    assert decode_name(written) == name


@given(st.text(st.characters(codec="utf-8")))
def test_a_name_survives_the_way_there_and_back(name: str) -> None:
    encoded = encode_name(name)
    assert encoded.isascii()
    assert decode_name(encoded) == name

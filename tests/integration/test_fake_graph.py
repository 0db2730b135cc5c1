"""The rules that the fake Graph holds bowout to: each is a fact about the service (facts, section 2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import requests

from servers.graph import GraphServer
from servers.graph_mail import Item

ORDERED = {"$filter": "conversationId eq 'x'", "$orderby": "receivedDateTime desc"}


@dataclass
class Line:
    """Plain requests; the fake forgives what is asked here on purpose."""

    server: GraphServer
    mail: Item

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> requests.Response:
        rights = ("User.Read", "Mail.ReadWrite", "Mail.Send")
        head = {"Authorization": f"Bearer {self.server.token(*rights)}", "Prefer": 'IdType="ImmutableId"'}
        url = f"{self.server.base}/v1.0{path}"
        return requests.request(method, url, json=body, headers=head | headers, timeout=10)

    def listed(self, **query: str) -> requests.Response:
        return self.ask("GET", f"/me/messages?{urlencode(query, quote_via=quote)}")

    def reply(self, body: object = None) -> dict[str, Any]:
        answer = self.ask("POST", f"/me/messages/{self.mail.id}/createReply", body or {})
        assert answer.status_code == 201
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
def line() -> Iterator[Line]:
    with GraphServer() as server:
        yield Line(server, server.recruiter.write())
        server.failures.clear()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (ORDERED, "InefficientFilter"),
        ({"$search": '"acme"', "$filter": "isDraft eq true"}, "SearchWithFilter"),
        ({"$search": "acme"}, "BadRequest"),
        ({"$filter": "importance eq 'high'"}, "ErrorInvalidUrlQueryFilter"),
        ({"$select": "nonsense"}, "BadRequest"),
        ({"$top": "2000"}, "BadRequest"),
        ({"$nonsense": "1"}, "BadRequest"),
    ],
)
def test_a_question_that_graph_does_not_know_is_refused(line: Line, query: dict[str, str], code: str) -> None:
    answer = line.listed(**query)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert line.server.failures


def test_a_blank_is_not_written_as_a_plus(line: Line) -> None:
    line.ask("GET", "/me/messages?$search=%22two+words%22")
    assert line.server.failures


def test_a_reply_takes_a_comment_or_a_body(line: Line) -> None:
    both = {"comment": "Hi", "message": {"body": {"contentType": "html", "content": "<p>Hi</p>"}}}
    assert line.ask("POST", f"/me/messages/{line.mail.id}/createReply", both).status_code == 400


def test_a_body_replaces_the_quote(line: Line) -> None:
    assert "Shall we talk" in line.reply()["body"]["content"]
    written = line.reply({"message": {"body": {"contentType": "html", "content": "<p>Hi</p>"}}})
    assert "Shall we talk" not in written["body"]["content"]


def test_beginning_a_reply_marks_the_original_as_read(line: Line) -> None:
    line.reply()
    assert line.server.box.item(line.mail.id).is_read


def test_a_stale_etag_is_refused(line: Line) -> None:
    draft = line.reply()
    path, etag = f"/me/messages/{draft['id']}", draft["@odata.etag"]
    assert line.ask("PATCH", path, {"subject": "One"}, **{"If-Match": etag}).status_code == 200
    assert line.ask("PATCH", path, {"subject": "Two"}, **{"If-Match": etag}).status_code == 412
    assert line.ask("DELETE", path, **{"If-Match": etag}).status_code == 412


@pytest.mark.parametrize(("name", "status"), [("In-Reply-To", 400), ("x-bowout", 200)])
def test_only_headers_of_ones_own_can_be_set(line: Line, name: str, status: int) -> None:
    change = {"internetMessageHeaders": [{"name": name, "value": "1"}]}
    assert line.ask("PATCH", f"/me/messages/{line.reply()['id']}", change).status_code == status


def test_only_a_draft_can_be_changed_or_sent_and_a_sent_one_shows_no_headers(line: Line) -> None:
    assert line.ask("PATCH", f"/me/messages/{line.mail.id}", {"subject": "x"}).status_code == 400
    path = f"/me/messages/{line.reply()['id']}"
    answer = line.ask("POST", f"{path}/send")
    assert (answer.status_code, answer.content) == (202, b"")
    assert line.ask("POST", f"{path}/send").status_code == 404
    shown = line.ask("GET", f"{path}?$select=isDraft,internetMessageHeaders").json()
    assert shown["isDraft"] is False
    assert "internetMessageHeaders" not in shown


def test_default_ids_change_when_a_mail_moves(line: Line) -> None:
    plain = {"Prefer": ""}
    (before,) = line.ask("GET", "/me/messages", **plain).json()["value"]
    line.server.box.move(line.mail, "archive")
    (after,) = line.ask("GET", "/me/messages", **plain).json()["value"]
    assert before["id"] != after["id"]
    assert line.ask("GET", f"/me/messages/{before['id']}", **plain).status_code == 404
    assert line.ask("GET", f"/me/messages/{line.mail.id}").status_code == 200


def test_a_deleted_draft_lies_in_deleted_items(line: Line) -> None:
    path = f"/me/messages/{line.reply()['id']}"
    assert line.ask("DELETE", path).status_code == 204
    found = line.ask("GET", path).json()
    assert found["isDraft"] is True
    gone = line.ask("GET", "/me/mailFolders/deleteditems").json()["id"]
    assert found["parentFolderId"] == gone


def test_the_next_page_is_an_absolute_address_to_be_followed_as_it_is(line: Line) -> None:
    line.server.recruiter.write()
    link = line.listed(**{"$top": "1"}).json()["@odata.nextLink"]
    assert link.startswith(f"{line.server.base}/v1.0/me/messages?")
    path = link.removeprefix(f"{line.server.base}/v1.0")
    assert len(line.ask("GET", path).json()["value"]) == 1
    assert line.ask("GET", path.replace("%24top=1", "%24top=2")).status_code == 400


def test_a_token_carries_what_was_ever_consented_to(line: Line) -> None:
    assert line.server.entra.scopes_of(line.server.token("Mail.Send")) == frozenset({"Mail.Send"})
    assert line.server.entra.scopes_of(line.server.token("User.Read")) == frozenset(
        {"Mail.Send", "User.Read"}
    )


def test_sending_without_the_right_to_is_refused(line: Line) -> None:
    draft = line.reply()["id"]
    line.server.entra.consented.clear()
    weak = {"Authorization": f"Bearer {line.server.token('Mail.ReadWrite')}"}
    path = f"{line.server.base}/v1.0/me/messages/{draft}/send"
    assert requests.post(path, headers=weak, timeout=10).status_code == 403
    assert line.server.box.submitted == []

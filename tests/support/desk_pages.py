"""An officer at the desk's pages: signs in, keeps the cookie, fills in the forms that a page really has."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from urllib.parse import urlencode

from infra.local.emulation.functions import HttpResponse
from tests.support.target import Target


class Form:
    """A form as a browser would send it: where to, and what its fields hold."""

    def __init__(self, action: str) -> None:
        self.action = action
        self.fields: list[tuple[str, str]] = []
        self.names: set[str] = set()
        self.buttons: list[tuple[str, str]] = []


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._area: tuple[str, list[str]] | None = None
        self._select: str | None = None
        self._by_id: dict[str, Form] = {}

    def _of_another(self, facts: dict[str, str]) -> None:
        """Note a field that names its form by `form="…"`; pages place the form before its fields."""
        if facts["form"] in self._by_id:
            self._by_id[facts["form"]].names.add(facts.get("name", ""))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(facts.get("action", ""))
            self.forms.append(self._form)
            self._by_id[facts.get("id", "")] = self._form
        if tag in ("textarea", "input") and "form" in facts:
            self._of_another(facts)
            return
        if self._form is None or not facts.get("name", self._select):
            return
        name = facts.get("name", "")
        if tag != "option":
            self._form.names.add(name)
        if tag == "input" and (facts.get("type") not in ("checkbox", "radio") or "checked" in facts):
            self._form.fields.append((name, facts.get("value", "")))
        elif tag == "textarea":
            self._area = (name, [])
        elif tag == "select":
            self._select = name
            self._form.fields.append((name, ""))
        elif tag == "option" and self._select and "selected" in facts:
            self._form.fields[-1] = (self._select, facts.get("value", ""))
        elif tag == "button":
            self._form.buttons.append((name, facts.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None and self._form is not None:
            self._form.fields.append((self._area[0], "".join(self._area[1])))
            self._area = None
        elif tag == "select":
            self._select = None
        elif tag == "form":
            self._form = None


def forms_in(page: str) -> list[Form]:
    """Return the forms of a page."""
    parser = _Forms()
    parser.feed(page)
    return parser.forms


def form_to(page: str, action: str) -> Form:
    """Return the one form of a page that goes to an address (without its query)."""
    (form,) = [form for form in forms_in(page) if form.action.split("?")[0] == action]
    return form


class Browser:
    """A browser of one officer."""

    def __init__(self, driver: Target, username: str | None = None) -> None:
        self._driver = driver
        self.cookies: dict[str, str] = {}
        if username is not None:
            answer = self.post(
                "/desk/sign-in", {"username": username, "password": f"Local-{username}-2026", "next": ""}
            )
            assert answer.status == 303, answer.text

    def get(self, path: str) -> HttpResponse:
        """Open a page."""
        return self._keep(self._driver.http("GET", path, headers=self._headers()))

    def post(
        self,
        path: str,
        fields: Mapping[str, str] | list[tuple[str, str]],
        headers: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        """Send fields as a form of our own pages does; `headers` replace what a browser would say."""
        sent = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": self._driver.public_url,
            "Sec-Fetch-Site": "same-origin",
            **self._headers(),
            **(headers or {}),
        }
        body = urlencode(list(fields.items()) if isinstance(fields, Mapping) else fields)
        answer = self._driver.http("POST", path, body=body, headers={k: v for k, v in sent.items() if v})
        self._driver.settle()
        return self._keep(answer)

    def fill(self, page: HttpResponse, action: str, **typed: str) -> HttpResponse:
        """Send the page's form to `action`, with what was typed into fields that it has."""
        form = form_to(page.text, action)
        buttons = {name for name, _value in form.buttons}
        unknown = typed.keys() - form.names - buttons
        assert not unknown, f"the form has no {unknown}"
        fields = [(name, value) for name, value in form.fields if name not in typed]
        return self.post(form.action, [*fields, *typed.items()])

    def _headers(self) -> dict[str, str]:
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": jar} if jar else {}

    def _keep(self, answer: HttpResponse) -> HttpResponse:
        self.cookies = {name: value for name, value in {**self.cookies, **answer.cookies}.items() if value}
        return answer

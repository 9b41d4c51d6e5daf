"""What goes wrong is answered as problem JSON (RFC 9457): what, which one, and what to do now."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from backhaul.store.browse.pages import BadCursor

MEDIA_TYPE = "application/problem+json"


class Wrong(Schema):
    """One part of the request that cannot be used."""

    where: str
    why: str


class ProblemOut(Schema):
    """``title`` says what is wrong, ``detail`` which one, ``advice`` what to do now."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    advice: str
    wrong: tuple[Wrong, ...] = ()


class Problem(Exception):
    """A request that cannot be answered, and what its sender can do about it."""

    def __init__(self, status: int, title: str, detail: str, advice: str, wrong: tuple[Wrong, ...] = ()) -> None:
        super().__init__(detail)
        self.out = ProblemOut(title=title, status=status, detail=detail, advice=advice, wrong=wrong)


def nothing(what: str, name: object, where: str) -> Problem:
    """There is no such thing, or it is another merchant's, which is the same to the asker."""
    return Problem(404, f"No such {what}", f"This merchant has no {what} {name}.", f"List them with GET {where}.")


def install(api: NinjaAPI) -> None:
    """Have every error of the API answered so."""

    def answer(request: HttpRequest, problem: Problem) -> HttpResponse:  # noqa: ARG001  ninja calls it so
        body = problem.out.model_dump_json(exclude_defaults=False)
        response = HttpResponse(body, status=problem.out.status, content_type=MEDIA_TYPE)
        if problem.out.status == HTTPStatus.UNAUTHORIZED:
            response["WWW-Authenticate"] = "Bearer"
        return response

    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        wrong = tuple(
            Wrong(where=".".join(map(str, each.get("loc", ()))), why=str(each.get("msg", ""))) for each in error.errors
        )
        advice = "Mend the parts named in `wrong`; /api/v1/openapi.json says what each must be."
        return answer(request, Problem(422, "The request cannot be used", "See `wrong`.", advice, wrong))

    def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:  # noqa: ARG001  same
        advice = "Send `Authorization: Bearer <token>`; make a token on the console's Access page."
        return answer(request, Problem(401, "No valid token", "The bearer token is missing or unknown.", advice))

    def bad_cursor(request: HttpRequest, error: BadCursor) -> HttpResponse:
        advice = "Send `next` of the last answer as `after`, or leave it out for the first page."
        return answer(request, Problem(400, "Not a cursor", str(error), advice))

    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        advice = "/api/v1/openapi.json lists every address."
        return answer(request, Problem(404, "No such address", str(error) or request.path, advice))

    def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
        title = HTTPStatus(error.status_code).phrase
        advice = (
            "Slow down and ask again in a minute."
            if error.status_code == HTTPStatus.TOO_MANY_REQUESTS
            else "/api/v1/openapi.json says what is understood."
        )
        return answer(request, Problem(error.status_code, title, str(error), advice))

    answers: dict[type[Exception], Callable[..., HttpResponse]] = {
        Problem: answer,
        ValidationError: invalid,
        AuthenticationError: unknown,
        BadCursor: bad_cursor,
        Http404: missing,
        HttpError: refused,
    }
    for kind, answering in answers.items():
        api.add_exception_handler(kind, answering)


PROBLEMS = dict.fromkeys((400, 401, 403, 404, 422, 429), ProblemOut)


def describe(responses: dict[Any, Any]) -> None:
    """ninja describes every answer as plain JSON; those that are problems are said to be problem JSON."""
    for code in PROBLEMS:
        content = responses[code]["content"]
        content[MEDIA_TYPE] = content.pop("application/json")

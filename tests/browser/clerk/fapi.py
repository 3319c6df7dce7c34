"""A stand-in for the Frontend API of one Clerk instance, enough for the real clerk-js and its UI.

It proves what clerk-js does, not what Clerk's servers do.
"""

from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.browser.clerk.environment import ENVIRONMENT
from tests.browser.clerk.instance import (
    ACCOUNTS,
    ADA,
    EMAIL_CODE,
    PASSWORD,
    USERS,
    Browser,
    Instance,
    User,
    sign_in_json,
    sign_up_json,
)

_PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="9"/></svg>'
_PROVIDER_PAGE = """<!doctype html><title>Provider</title>
<a id="agree" href="/provider/done?browser={browser}">Continue as Ada</a>"""
_CALLBACK_PAGE = """<!doctype html><title>Done</title><script>
opener.postMessage({{ session: "{session}" }}, "*"); close();</script>"""


def build_app(instance: Instance, scripts: Path) -> Starlette:
    """Build the server.

    Args:
        instance: Its state, which tests read and change.
        scripts: Folder with the unpacked npm packages `clerk-js` and `ui`.
    """

    def browser_of(request: Request) -> Browser:
        known = instance.browsers.get(request.query_params.get("__clerk_db_jwt", ""))
        browser = known or instance.new_browser()
        browser.origin = request.headers.get("origin", browser.origin)
        return browser

    def answer(browser: Browser, response: Any) -> JSONResponse:
        return JSONResponse({"response": response, "client": instance.client_json(browser)})

    def refuse(code: str, message: str, field: str) -> JSONResponse:
        error = {
            "code": code,
            "message": message,
            "long_message": message,
            "meta": {"param_name": field},
        }
        return JSONResponse({"errors": [error]}, status_code=422)

    async def script(request: Request) -> Response:
        package, file = request.path_params["package"].split("@")[0], request.path_params["file"]
        return FileResponse(scripts / package / "dist" / Path(file).name)

    async def picture(request: Request) -> Response:
        return Response(_PICTURE, media_type="image/svg+xml")

    async def key_set(request: Request) -> Response:
        return JSONResponse({"keys": [instance.public_jwk]})

    async def dev_browser(request: Request) -> Response:
        browser = instance.new_browser()
        return JSONResponse({"object": "dev_browser", "id": browser.id, "token": browser.id})

    async def environment(request: Request) -> Response:
        return JSONResponse(ENVIRONMENT)

    async def client(request: Request) -> Response:
        browser = browser_of(request)
        return JSONResponse({"response": instance.client_json(browser), "client": None})

    async def sign_ins(request: Request) -> Response:
        browser, form = browser_of(request), await request.form()
        if form.get("strategy") == "oauth_google":
            verification = {
                "status": "unverified",
                "strategy": "oauth_google",
                "external_verification_redirect_url": f"{ACCOUNTS}/provider?browser={browser.id}",
            }
            browser.sign_in = sign_in_json(
                "needs_identifier", first_factor_verification=verification
            )
            return answer(browser, browser.sign_in)
        email = str(form.get("identifier", ""))
        if email not in USERS:
            return refuse("form_identifier_not_found", "Couldn't find your account.", "identifier")
        browser.sign_in = sign_in_json("needs_first_factor", identifier=email)
        if "password" in form:
            return attempt_password(browser, str(form["password"]))
        return answer(browser, browser.sign_in)

    async def attempt_first_factor(request: Request) -> Response:
        form = await request.form()
        return attempt_password(browser_of(request), str(form.get("password", "")))

    def attempt_password(browser: Browser, password: str) -> JSONResponse:
        if password != PASSWORD:
            return refuse("form_password_incorrect", "Password is incorrect.", "password")
        assert browser.sign_in is not None
        user = USERS[browser.sign_in["identifier"]]
        session_id = instance.start_session(browser, user)
        done = sign_in_json("complete", created_session_id=session_id, identifier=user.email)
        browser.sign_in = None
        return answer(browser, done)

    async def sign_in(request: Request) -> Response:
        browser = browser_of(request)
        return answer(browser, browser.sign_in or sign_in_json("complete"))

    async def sign_ups(request: Request) -> Response:
        browser, form = browser_of(request), await request.form()
        browser.sign_up = sign_up_json(str(form["email_address"]), password="password" in form)
        return answer(browser, browser.sign_up)

    async def amend_sign_up(request: Request) -> Response:
        browser, form = browser_of(request), await request.form()
        assert browser.sign_up is not None
        password = browser.sign_up["has_password"] or "password" in form
        browser.sign_up = sign_up_json(browser.sign_up["email_address"], password=password)
        return answer(browser, browser.sign_up)

    async def attempt_verification(request: Request) -> Response:
        browser, form = browser_of(request), await request.form()
        assert browser.sign_up is not None
        if form.get("code") != EMAIL_CODE:
            return refuse("form_code_incorrect", "Incorrect code", "code")
        email = browser.sign_up["email_address"]
        newcomer = User(f"user_{email.partition('@')[0]}", email, "New", "Comer")
        session_id = instance.start_session(browser, newcomer)
        done = sign_up_json(
            email,
            password=True,
            status="complete",
            unverified_fields=[],
            created_session_id=session_id,
            created_user_id=newcomer.id,
        )
        browser.sign_up = None
        return answer(browser, done)

    async def tokens(request: Request) -> Response:
        browser, session_id = browser_of(request), request.path_params["session_id"]
        if session_id not in browser.sessions:
            return JSONResponse({"errors": [{"code": "session_not_found"}]}, status_code=404)
        token = instance.mint(browser.sessions[session_id], session_id, browser.origin)
        return JSONResponse({"object": "token", "jwt": token})

    async def touch(request: Request) -> Response:
        browser = browser_of(request)
        return answer(browser, instance.session_json(browser, request.path_params["session_id"]))

    async def end_sessions(request: Request) -> Response:
        browser = browser_of(request)
        browser.sessions.clear()
        return JSONResponse({"response": instance.client_json(browser), "client": None})

    async def provider(request: Request) -> Response:
        return HTMLResponse(_PROVIDER_PAGE.format(browser=request.query_params["browser"]))

    async def provider_done(request: Request) -> Response:
        browser = instance.browsers[request.query_params["browser"]]
        session_id = instance.start_session(browser, ADA)
        browser.sign_in = sign_in_json("complete", created_session_id=session_id)
        return HTMLResponse(_CALLBACK_PAGE.format(session=session_id))

    class Outage:
        """Answers 503 to everything under /v1 while the instance is down."""

        def __init__(self, app: Any) -> None:
            self._app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            out = instance.down and scope["type"] == "http" and scope["path"].startswith("/v1")
            await (Response(status_code=503) if out else self._app)(scope, receive, send)

    session = "/v1/client/sessions/{session_id}"
    return Starlette(
        routes=[
            Route("/npm/@clerk/{package}/dist/{file:path}", script),
            Route("/static/{file}", picture),
            Route("/.well-known/jwks.json", key_set),
            Route("/v1/dev_browser", dev_browser, methods=["POST"]),
            Route("/v1/environment", environment, methods=["GET", "POST"]),
            Route("/v1/client", client),
            Route("/v1/client/sign_ins", sign_ins, methods=["POST"]),
            Route("/v1/client/sign_ins/{id}", sign_in),
            Route(
                "/v1/client/sign_ins/{id}/attempt_first_factor",
                attempt_first_factor,
                methods=["POST"],
            ),
            Route("/v1/client/sign_ups", sign_ups, methods=["POST"]),
            Route("/v1/client/sign_ups/{id}", amend_sign_up, methods=["GET", "POST"]),
            Route("/v1/client/sign_ups/{id}/prepare_verification", amend_sign_up, methods=["POST"]),
            Route(
                "/v1/client/sign_ups/{id}/attempt_verification",
                attempt_verification,
                methods=["POST"],
            ),
            Route(f"{session}/tokens", tokens, methods=["POST"]),
            Route(f"{session}/touch", touch, methods=["POST"]),
            Route("/v1/client/sessions", end_sessions, methods=["POST"]),
            Route("/provider", provider),
            Route("/provider/done", provider_done),
        ],
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origin_regex=".*",
                allow_credentials=True,
                allow_methods=["*"],
                allow_headers=["*"],
            ),
            Middleware(Outage),
        ],
    )

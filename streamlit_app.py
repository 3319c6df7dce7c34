"""The frame: settings, sign-in, the one mounted component, and the pages around it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import streamlit as st
from pydantic import SecretStr

from components.clerk_auth import clerk_auth
from components.webllm_chat import (
    EmbeddedModel,
    EngineSettings,
    EngineState,
    ModelEntry,
    View,
    still_pending,
    webllm_chat,
)
from components.webllm_chat import ServerFacts as ReportFacts
from webllm_app.auth import AuthConfig, AuthSession
from webllm_app.embedded_model import embedded_model_server
from webllm_app.frame import lead_back
from webllm_app.markdown import literal
from webllm_app.preparation import Offer, prepare_offer
from webllm_app.server_facts import ServerFacts, server_facts
from webllm_app.settings import LoadedSettings, SettingRow, Settings, load_settings

VIEWS: dict[str, View] = {
    "": "chat",
    "model_status": "models",
    "troubleshooting": "diagnostics",
}
EMBEDDED = EmbeddedModel(
    model_id="SmolLM2-135M-Instruct-Q4_1-GGUF",
    directory="app/static/models",
    status="status.json",
)
# Streamlit keeps wide margins for prose; a chat needs the room, most of all on a phone.
LAYOUT = """<style>
.stMainBlockContainer { padding: 3.75rem clamp(0.75rem, 4vw, 3rem) 0.5rem; }
.st-key-account { margin-bottom: -1rem; }
</style>"""


def engine_settings(settings: Settings, offer: Offer) -> EngineSettings:
    return EngineSettings(
        default_model=settings.default_model,
        backend=settings.backend,
        allow_software_gpu=settings.allow_software_gpu,
        context_window=settings.context_window,
        max_tokens=settings.max_tokens,
        hub_timeout_s=settings.probe_timeout,
        cache_backend=offer.cache_backend,
        engine_host=settings.engine_host,
        upgrade=settings.upgrade,
        ceiling=settings.ceiling,
    )


@dataclass(frozen=True)
class Shared:
    """What is the same for all visitors, and what it was made from: one object for all of them."""

    loaded: LoadedSettings
    offer: Offer
    engine: EngineSettings
    models: tuple[ModelEntry, ...]
    auth: AuthConfig
    facts: ServerFacts
    report_facts: ReportFacts
    settings_in_effect: tuple[SettingRow, ...]


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs={Offer: id})
def shared(offer: Offer, _loaded: LoadedSettings) -> Shared:
    """Made once per process and settings: of the same settings comes the same offer. It is told
    from another by identity, which is safe while what is kept holds it."""
    auth = auth_config(_loaded.settings)
    facts = server_facts(_loaded, auth, offer.problems)
    return Shared(
        loaded=_loaded,
        offer=offer,
        engine=engine_settings(_loaded.settings, offer),
        models=tuple(ModelEntry.model_validate(model.model_dump()) for model in offer.models),
        auth=auth,
        facts=facts,
        report_facts=component_facts(facts),
        settings_in_effect=tuple(_loaded.rows()),
    )


def auth_config(settings: Settings) -> AuthConfig:
    return AuthConfig.from_values(
        mode=settings.auth,
        publishable_key=text_of(settings.clerk_publishable_key),
        jwt_key=text_of(settings.clerk_jwt_key),
        secret_key=settings.clerk_secret_key,
        authorized_parties=settings.clerk_authorized_parties,
        audience=settings.clerk_audience,
    )


def component_facts(facts: ServerFacts) -> ReportFacts:
    return ReportFacts.model_validate(asdict(facts))


def text_of(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


def engine(view: View, auth: AuthSession, same: Shared) -> None:
    """Shows the component and keeps what it knows for the pages.

    Not in a fragment: when a fragment's run follows a full one at once, Streamlit may drop what the
    full one showed of the fragment and take the component's frame away, with what is loaded in it.
    """
    state = webllm_chat(
        settings=same.engine,
        models=same.models,
        embedded=EMBEDDED,
        view=view,
        locked=auth.locked,
        user=auth.user_key,
        server=same.report_facts if view == "diagnostics" else None,
        issue_url=same.loaded.settings.issue_url,
        command=st.session_state.get("command"),
        key="webllm_chat",
    )
    st.session_state["engine"] = state
    if state.error_kind == "corrupt-file":
        # It may be the file that this server hands out.
        embedded_model_server.check_again()
    st.session_state["command"] = still_pending(st.session_state.get("command"), state)


def show_problems(offer: Offer, auth: AuthConfig) -> None:
    for problem in (*offer.problems, *auth.problems):
        st.warning(literal(problem))
    state: EngineState | None = st.session_state.get("engine")
    if state is not None and state.problem is not None:
        st.error(literal(state.problem))


st.set_page_config(page_title="Private chat", layout="wide")
st.html(LAYOUT)

embedded_model_server.start_in_background()
loaded = load_settings()
same = shared(prepare_offer(loaded), loaded)
# A session holds no copy of its own.
st.session_state["offer"] = same.offer
st.session_state["settings_in_effect"] = same.settings_in_effect
st.session_state["server_facts"] = same.facts
auth = AuthSession(same.auth)

page = st.navigation(
    [
        st.Page("pages/chat.py", title="Chat", default=True),
        st.Page("pages/model_status.py", title="Model status"),
        st.Page("pages/troubleshooting.py", title="Troubleshooting"),
    ],
    position="top",
)
lead_back()
if auth.config.enabled:
    # In the page, not in the sidebar, which a phone hides.
    with st.container(key="account"):
        clerk_auth(**auth.component_args(), on_report=auth.update, key="clerk_auth")

view = VIEWS[page.url_path]
head = st.container()
# Always here, before the page runs: so placed, the iframe outlives every page switch.
engine(view, auth, same)
with head:
    if view != "chat":
        st.title(page.title, anchor=False)
    show_problems(same.offer, auth.config)
page.run()

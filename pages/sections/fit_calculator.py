"""What a model needs for a context length, and whether this visitor's GPU has it."""

import streamlit as st

from components.webllm_chat import EngineState, use_model
from webllm_app.catalog import ModelEntry
from webllm_app.fit import (
    CONTEXT_STEP,
    Limits,
    best_build,
    builds_of,
    longest_fitting_context,
    most_context,
    need_of,
    obstacle,
)
from webllm_app.markdown import literal
from webllm_app.preparation import Offer


@st.fragment
def show_fit_calculator(offer: Offer, state: EngineState) -> None:
    st.subheader("What fits")
    models = builds_of(offer.models)
    if not models:
        st.write("No model of known shape is on offer.")
        return
    limits = _limits(state)
    entry, tokens = _chosen(models, limits, state)
    _show_need(entry, tokens)
    _show_verdict(entry, tokens, limits)
    _offer_to_use(entry, tokens, limits, state)
    _show_others(models, entry, tokens, limits)


def _limits(state: EngineState) -> Limits | None:
    device = state.device
    if device is None or device.webgpu not in ("available", "software-only"):
        return None
    return Limits.of_adapter(
        state.memory_budget_mb, device.max_storage_buffer_binding_size, device.shader_f16
    )


def _chosen(
    models: dict[str, list[ModelEntry]], limits: Limits | None, state: EngineState
) -> tuple[ModelEntry, int]:
    active = [name for name, some in models.items() if _has(some, state.active_model)]
    model, build, window = st.columns([2, 2, 3])
    name = model.selectbox(
        "Model", list(models), index=list(models).index(active[0]) if active else 0
    )
    builds = models[name]
    shader_f16 = limits is None or limits.shader_f16
    suggested = best_build(builds, shader_f16)
    entry = build.selectbox(
        "Quantization",
        builds,
        index=builds.index(suggested),
        format_func=lambda each: f"{each.quantization} ({each.kernels[1:]}-bit arithmetic)",
        # Another key when the GPU becomes known, so that its own suggestion shows.
        key=f"quantization of {name}, {shader_f16}",
    )
    tokens = window.slider(
        "Context window (tokens)",
        CONTEXT_STEP,
        most_context(entry),
        min(entry.context_window, most_context(entry)),
        CONTEXT_STEP,
        key=f"context of {name}",
    )
    return entry, tokens


def _has(builds: list[ModelEntry], model_id: str | None) -> bool:
    return any(entry.model_id == model_id for entry in builds)


def _show_need(entry: ModelEntry, tokens: int) -> None:
    need = need_of(entry, tokens)
    figures = (
        ("GPU memory", need.total_mb),
        ("Weights", need.weights_mb),
        ("Context (KV cache)", need.cache_mb),
        ("Working buffers", need.working_mb),
        ("Largest single buffer", need.largest_buffer_mb),
    )
    with st.container(horizontal=True, gap="large"):
        for label, megabytes in figures:
            st.metric(label, f"{megabytes:,.0f} MB", width="content")


def _show_verdict(entry: ModelEntry, tokens: int, limits: Limits | None) -> None:
    if limits is None:
        st.info("This browser offers no GPU to compare with, or it has not been looked at yet.")
        return
    reason = obstacle(entry, tokens, limits)
    longest = longest_fitting_context(entry, limits)
    if reason is None:
        known = "" if limits.budget_mb else " How much memory this GPU has is not known yet."
        st.success(f"Fits this GPU's limits. The longest context that does: {longest:,}.{known}")
    elif longest:
        st.warning(f"Does not fit: it {reason}. A context of up to {longest:,} tokens would.")
    else:
        st.warning(f"Does not fit, at no context length: it {reason}.")


def _offer_to_use(
    entry: ModelEntry, tokens: int, limits: Limits | None, state: EngineState
) -> None:
    impossible = limits is None or obstacle(entry, tokens, limits.without_budget()) is not None
    in_use = (state.active_model, state.context_window) == (entry.model_id, tokens)
    if st.button("Use this", disabled=impossible or in_use):
        pending = st.session_state.get("command")
        st.session_state["command"] = use_model(
            entry.model_id, tokens, state=state, pending=pending
        )
        st.rerun()
    if in_use:
        st.caption("In use now.")
    elif st.session_state.get("command"):
        st.caption("Asked for; the list of models above shows how far it is.")
    elif not impossible:
        size = entry.download_bytes
        st.caption(
            "Loads the model in your browser with this context window"
            + (f"; {size.value / 1e6:,.0f} MB unless it is here already." if size else ".")
        )


def _show_others(
    models: dict[str, list[ModelEntry]], chosen: ModelEntry, tokens: int, limits: Limits | None
) -> None:
    with st.expander(
        f"All models as {literal(chosen.quantization)} with a context of {tokens:,} tokens"
    ):
        alike = [
            build
            for builds in models.values()
            for build in builds
            if build.quantization == chosen.quantization
        ]
        lines = ["| Model | GPU memory | Fits |", "|---|--:|---|"]
        for build in sorted(alike, key=lambda each: need_of(each, tokens).total_mb):
            lines.append(
                f"| {literal(build.name)} | {need_of(build, tokens).total_mb:,.0f} MB "
                f"| {_verdict(build, tokens, limits)} |"
            )
        st.markdown("\n".join(lines))


def _verdict(entry: ModelEntry, tokens: int, limits: Limits | None) -> str:
    if tokens > most_context(entry):
        return f"no: made for at most {most_context(entry):,} tokens"
    if limits is None:
        return "not known"
    reason = obstacle(entry, tokens, limits)
    return "yes" if reason is None else f"no: {reason}"

"""What a page asks of the component once: numbered, and sent until it is acknowledged."""

from __future__ import annotations

from components.webllm_chat.protocol import Command, EngineState


def use_model(
    model_id: str,
    context_window: int,
    *,
    state: EngineState,
    pending: Command | None,
) -> Command:
    """Asks the component to load a model with a context window and to answer with it.

    Its number is above that of every command before, those of an earlier session of the server
    too: the component outlives a restart of the server, and remembers what it has carried out.

    Args:
        context_window: tokens.
        state: what the component reported last.
        pending: the command that has not been acknowledged yet, if there is one.
    """
    last = max(state.acknowledged, pending.id if pending else 0)
    return Command(id=last + 1, name="use-model", model_id=model_id, context_window=context_window)


def still_pending(command: Command | None, state: EngineState) -> Command | None:
    """The command, until the component says that it was carried out."""
    if command is None or command.id <= state.acknowledged:
        return None
    return command

"""How fast the answers of this session came."""

from components.webllm_chat import EngineState
from pages.sections.picture import show_picture
from webllm_app.charts import SpeedPoint, decode_speed
from webllm_app.preparation import Offer


def show_speed(offer: Offer, state: EngineState) -> None:
    names = {entry.model_id: entry.name for entry in offer.models}
    first = state.counters.turns - len(state.recent_speeds) + 1
    points = [
        SpeedPoint(turn, names.get(speed.model_id, speed.model_id), speed.decode_tokens_per_s)
        for turn, speed in enumerate(state.recent_speeds, start=max(1, first))
    ]
    show_picture(decode_speed(points))

"""One visitor cannot fill the server: what is sent over the real sockets meets their limits."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.browser.conftest import AppServer

pytestmark = pytest.mark.browser

ACCEPTED = 2 << 20  # bytes: the longest report that the app itself reads
REFUSED = 4 << 20


@pytest.fixture
def http(app: AppServer) -> Iterator[requests.Session]:
    """With the token that Streamlit asks of whoever uploads."""
    with requests.Session() as session:
        session.get(f"{app.url}/_stcore/health", timeout=10)
        session.headers["X-Xsrftoken"] = session.cookies["_streamlit_xsrf"]
        yield session


@pytest.fixture
def socket(app: AppServer) -> Iterator[ClientConnection]:
    address = f"ws://localhost:{app.port}/_stcore/stream"
    with connect(address, subprotocols=["streamlit"], max_size=None) as connection:  # type: ignore[list-item]
        yield connection


def run_with(socket: ClientConnection, value: str) -> None:
    """Asks for a run, as the chat does when it has sent `value`."""
    message = BackMsg()
    state = message.rerun_script.widget_states.widgets.add()
    state.id = "$$ID-forged-webllm_chat"
    state.json_value = value
    socket.send(message.SerializeToString())


def listen_to_the_end(socket: ClientConnection) -> None:
    while True:
        socket.recv(timeout=30)


def session_of(socket: ClientConnection) -> str:
    """The session's id, from what the server says of a run that has begun."""
    run_with(socket, "null")
    while True:
        message = ForwardMsg.FromString(socket.recv(timeout=30, decode=False))
        if message.WhichOneof("type") == "new_session":
            return str(message.new_session.initialize.session_id)


def test_no_file_is_taken(app: AppServer, http: requests.Session, socket: ClientConnection) -> None:
    place = f"{app.url}/_stcore/upload_file/{session_of(socket)}/a-file"
    for size in (1, 1 << 20, 8 << 20):
        sent = http.put(place, files={"file": ("a.bin", b"x" * size)}, timeout=30)
        assert sent.status_code == 413


def test_a_value_larger_than_any_report_ends_the_connection(socket: ClientConnection) -> None:
    run_with(socket, json.dumps("x" * REFUSED))
    with pytest.raises(ConnectionClosed) as closed:
        listen_to_the_end(socket)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009  # message too big, RFC 6455


def test_a_report_with_shared_messages_still_passes(socket: ClientConnection) -> None:
    run_with(socket, json.dumps("x" * ACCEPTED))
    message = ForwardMsg.FromString(socket.recv(timeout=30, decode=False))
    assert message.WhichOneof("type")

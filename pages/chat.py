"""The chat itself is the component that the frame has mounted; this page only chooses it."""

from webllm_app.frame import require_frame

require_frame("pages/chat.py")

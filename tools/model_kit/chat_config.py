"""The mlc-chat-config.json of SmolLM2-Instruct and of the tiny models that share its vocabulary."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from tools.model_kit.config import LlamaConfig

SYSTEM_MESSAGE = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"


def write_chat_config(out: Path, cfg: LlamaConfig) -> None:
    """Write `out`/mlc-chat-config.json: ChatML prompts, the sampling SmolLM2's card recommends."""
    chat = {
        "version": "0.1.0",
        "model_type": "llama",
        "quantization": cfg.quantization,
        "model_config": asdict(cfg),
        "vocab_size": cfg.vocab_size,
        "context_window_size": cfg.context_window_size,
        "sliding_window_size": -1,
        "attention_sink_size": -1,
        "prefill_chunk_size": cfg.prefill_chunk_size,
        "tensor_parallel_shards": 1,
        "pipeline_parallel_stages": 1,
        "temperature": 0.2,
        "top_p": 0.9,
        "presence_penalty": 0.0,
        "frequency_penalty": 0.0,
        "repetition_penalty": 1.0,
        "pad_token_id": 2,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "tokenizer_files": ["tokenizer.json"],
        "tokenizer_info": {
            "token_postproc_method": "byte_level",
            "prepend_space_in_encode": False,
            "strip_space_in_decode": False,
        },
        "conv_template": {
            "name": "chatml",
            "system_template": "<|im_start|>system\n{system_message}<|im_end|>\n",
            "system_message": SYSTEM_MESSAGE,
            "system_prefix_token_ids": None,
            "add_role_after_system_message": True,
            "roles": {"user": "<|im_start|>user", "assistant": "<|im_start|>assistant"},
            "role_templates": {
                "user": "{user_message}",
                "assistant": "{assistant_message}",
                "tool": "{tool_message}",
            },
            "messages": [],
            "seps": ["<|im_end|>\n"],
            "role_content_sep": "\n",
            "role_empty_sep": "\n",
            "stop_str": ["<|im_end|>"],
            "stop_token_ids": [2],
            "function_string": "",
            "use_function_calling": False,
        },
    }
    (out / "mlc-chat-config.json").write_text(json.dumps(chat, indent=2) + "\n")

"""What WebLLM's list does not say: the shape, licence and use of each model.

Shapes are those of the `config.json` in the repository named as `origin`; they were entered by
hand and are checked by the parameter counts they give (tests/unit/test_catalog.py). None is given
where it is not known for certain.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """Numbers of a decoder-only transformer, in the order of the table below."""

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    intermediate: int
    vocab: int
    tied_embeddings: bool
    mlp_matrices: int = 3


SMOL_135M = Shape(30, 576, 9, 3, 64, 1536, 49152, True)
SMOL_360M = Shape(32, 960, 15, 5, 64, 2560, 49152, True)
SMOL_1700M = Shape(24, 2048, 32, 32, 64, 8192, 49152, True)
QWEN2_500M = Shape(24, 896, 14, 2, 64, 4864, 151936, True)
QWEN2_1500M = Shape(28, 1536, 12, 2, 128, 8960, 151936, True)
QWEN2_3B = Shape(36, 2048, 16, 2, 128, 11008, 151936, True)
QWEN2_7B = Shape(28, 3584, 28, 4, 128, 18944, 152064, False)
QWEN3_600M = Shape(28, 1024, 16, 8, 128, 3072, 151936, True)
QWEN3_1700M = Shape(28, 2048, 16, 8, 128, 6144, 151936, True)
QWEN3_4B = Shape(36, 2560, 32, 8, 128, 9728, 151936, True)
QWEN3_8B = Shape(36, 4096, 32, 8, 128, 12288, 151936, False)
TINYLLAMA = Shape(22, 2048, 32, 4, 64, 5632, 32000, False)
LLAMA2_7B = Shape(32, 4096, 32, 32, 128, 11008, 32000, False)
LLAMA2_13B = Shape(40, 5120, 40, 40, 128, 13824, 32000, False)
LLAMA3_1B = Shape(16, 2048, 32, 8, 64, 8192, 128256, True)
LLAMA3_3B = Shape(28, 3072, 24, 8, 128, 8192, 128256, True)
LLAMA3_8B = Shape(32, 4096, 32, 8, 128, 14336, 128256, False)
LLAMA3_70B = Shape(80, 8192, 64, 8, 128, 28672, 128256, False)
MISTRAL_7B = Shape(32, 4096, 32, 8, 128, 14336, 32768, False)
PHI1_5 = Shape(24, 2048, 32, 32, 64, 8192, 51200, False, 2)
PHI2 = Shape(32, 2560, 32, 32, 80, 10240, 51200, False, 2)
PHI3_MINI = Shape(32, 3072, 32, 32, 96, 8192, 32064, False)
PHI4_MINI = Shape(32, 3072, 24, 8, 128, 8192, 200064, True)
GEMMA_2B = Shape(18, 2048, 8, 1, 256, 16384, 256000, True)
GEMMA2_2B = Shape(26, 2304, 8, 4, 256, 9216, 256000, True)
GEMMA2_9B = Shape(42, 3584, 16, 8, 256, 14336, 256000, True)
GEMMA3_1B = Shape(26, 1152, 4, 1, 256, 6912, 262144, True)
OLMO2_1B = Shape(16, 2048, 16, 16, 128, 8192, 100352, False)
OLMO2_7B = Shape(32, 4096, 32, 32, 128, 11008, 100352, False)
STABLELM2 = Shape(24, 2048, 32, 32, 64, 5632, 100352, False)
REDPAJAMA = Shape(32, 2560, 32, 32, 80, 10240, 50432, False, 2)


@dataclass(frozen=True)
class Publication:
    """Where a score was published, and its address."""

    title: str
    url: str


@dataclass(frozen=True)
class Family:
    """A model before quantization. `origin` is its repository at huggingface.co."""

    family: str
    name: str
    origin: str
    shape: Shape | None
    licence: str | None
    best_for: str
    named: bool = False
    scores: tuple[tuple[str, float, Publication], ...] = ()
    load_first_s: tuple[float, float] | None = None
    load_cached_s: tuple[float, float] | None = None


APACHE, MIT = "Apache-2.0", "MIT"
LLAMA2, LLAMA3 = "Llama 2 Community License", "Llama 3 Community License"
LLAMA31, LLAMA32 = "Llama 3.1 Community License", "Llama 3.2 Community License"
GEMMA, QWEN_RESEARCH = "Gemma Terms of Use", "Qwen Research License"

META_CARD = Publication(
    "Meta, Llama 3.2 model card",
    "https://github.com/meta-llama/llama-models/blob/main/models/llama3_2/MODEL_CARD.md",
)
QWEN2_CARD = Publication(
    "Qwen, Qwen2 model card", "https://huggingface.co/Qwen/Qwen2-1.5B-Instruct"
)
PHI35_CARD = Publication(
    "Microsoft, Phi-3.5-mini model card", "https://huggingface.co/microsoft/Phi-3.5-mini-instruct"
)
PHI3_REPORT = Publication(
    "Microsoft, Phi-3 Technical Report, abstract", "https://arxiv.org/abs/2404.14219"
)


def _smol_card(size: str) -> Publication:
    return Publication(
        f"Hugging Face, SmolLM2-{size} model card",
        f"https://huggingface.co/HuggingFaceTB/SmolLM2-{size}-Instruct",
    )


MMLU, IFEVAL = "MMLU", "IFEval"

CODE, MATH = "Writing and explaining code", "School mathematics, step by step"
GENERAL, OLDER = "General conversation", "An older model, kept for comparison"


def _plain(family: str, origin: str, shape: Shape | None, licence: str | None, use: str) -> Family:
    return Family(family, origin.partition("/")[2], origin, shape, licence, use)


FAMILIES: dict[str, Family] = {
    "SmolLM2-135M-Instruct": Family(
        "SmolLM2",
        "SmolLM2 135M",
        "HuggingFaceTB/SmolLM2-135M-Instruct",
        SMOL_135M,
        APACHE,
        "Quick, very basic tasks",
        named=True,
        scores=((IFEVAL, 29.9, _smol_card("135M")),),
        load_first_s=(10, 20),
        load_cached_s=(5, 10),
    ),
    "SmolLM2-360M-Instruct": Family(
        "SmolLM2",
        "SmolLM2 360M",
        "HuggingFaceTB/SmolLM2-360M-Instruct",
        SMOL_360M,
        APACHE,
        "Simple chat",
        named=True,
        scores=((IFEVAL, 41.0, _smol_card("360M")),),
        load_first_s=(15, 30),
        load_cached_s=(5, 15),
    ),
    "Qwen2.5-0.5B-Instruct": Family(
        "Qwen2.5",
        "Qwen2.5 0.5B",
        "Qwen/Qwen2.5-0.5B-Instruct",
        QWEN2_500M,
        APACHE,
        "Better comprehension, still fast",
        named=True,
        scores=((IFEVAL, 31.6, _smol_card("360M")),),
        load_first_s=(20, 40),
        load_cached_s=(10, 20),
    ),
    "TinyLlama-1.1B-Chat-v1.0": Family(
        "TinyLlama",
        "TinyLlama 1.1B",
        "TinyLlama/TinyLlama-1.1B-Chat-v1.0",
        TINYLLAMA,
        APACHE,
        "A balance of speed and quality",
        named=True,
        load_first_s=(30, 60),
        load_cached_s=(15, 30),
    ),
    "Phi-3-mini-4k-instruct": Family(
        "Phi-3",
        "Phi-3 mini",
        "microsoft/Phi-3-mini-4k-instruct",
        PHI3_MINI,
        MIT,
        "Strong answers, slower to load",
        named=True,
        scores=((MMLU, 69.0, PHI3_REPORT),),
        load_first_s=(60, 120),
        load_cached_s=(30, 60),
    ),
    "Llama-3.1-8B-Instruct": Family(
        "Llama 3.1",
        "Llama 3.1 8B",
        "meta-llama/Llama-3.1-8B-Instruct",
        LLAMA3_8B,
        LLAMA31,
        "High quality, slow to load",
        named=True,
        scores=(
            (IFEVAL, 80.4, META_CARD),
            (MMLU, 69.4, META_CARD),
        ),
        load_first_s=(120, 300),
        load_cached_s=(60, 120),
    ),
    "Llama-3.2-1B-Instruct": Family(
        "Llama 3.2",
        "Llama 3.2 1B",
        "meta-llama/Llama-3.2-1B-Instruct",
        LLAMA3_1B,
        LLAMA32,
        GENERAL,
        scores=(
            (IFEVAL, 59.5, META_CARD),
            (MMLU, 49.3, META_CARD),
        ),
    ),
    "Llama-3.2-3B-Instruct": Family(
        "Llama 3.2",
        "Llama 3.2 3B",
        "meta-llama/Llama-3.2-3B-Instruct",
        LLAMA3_3B,
        LLAMA32,
        GENERAL,
        scores=(
            (IFEVAL, 77.4, META_CARD),
            (MMLU, 63.4, META_CARD),
        ),
    ),
    "Qwen2-0.5B-Instruct": Family(
        "Qwen2",
        "Qwen2 0.5B",
        "Qwen/Qwen2-0.5B-Instruct",
        QWEN2_500M,
        APACHE,
        OLDER,
        scores=((MMLU, 37.9, QWEN2_CARD),),
    ),
    "Qwen2-1.5B-Instruct": Family(
        "Qwen2",
        "Qwen2 1.5B",
        "Qwen/Qwen2-1.5B-Instruct",
        QWEN2_1500M,
        APACHE,
        OLDER,
        scores=((MMLU, 52.4, QWEN2_CARD),),
    ),
    "SmolLM2-1.7B-Instruct": Family(
        "SmolLM2",
        "SmolLM2 1.7B",
        "HuggingFaceTB/SmolLM2-1.7B-Instruct",
        SMOL_1700M,
        APACHE,
        GENERAL,
        scores=((IFEVAL, 56.7, _smol_card("1.7B")),),
    ),
    "Qwen2-7B-Instruct": _plain("Qwen2", "Qwen/Qwen2-7B-Instruct", QWEN2_7B, APACHE, OLDER),
    "Qwen2-Math-1.5B-Instruct": _plain(
        "Qwen2", "Qwen/Qwen2-Math-1.5B-Instruct", QWEN2_1500M, APACHE, MATH
    ),
    "Qwen2-Math-7B-Instruct": _plain(
        "Qwen2", "Qwen/Qwen2-Math-7B-Instruct", QWEN2_7B, APACHE, MATH
    ),
    "Qwen2.5-1.5B-Instruct": Family(
        "Qwen2.5",
        "Qwen2.5 1.5B",
        "Qwen/Qwen2.5-1.5B-Instruct",
        QWEN2_1500M,
        APACHE,
        GENERAL,
        scores=((IFEVAL, 47.4, _smol_card("1.7B")),),
    ),
    "Qwen2.5-3B-Instruct": _plain(
        "Qwen2.5", "Qwen/Qwen2.5-3B-Instruct", QWEN2_3B, QWEN_RESEARCH, GENERAL
    ),
    "Qwen2.5-7B-Instruct": _plain("Qwen2.5", "Qwen/Qwen2.5-7B-Instruct", QWEN2_7B, APACHE, GENERAL),
    "Qwen2.5-Coder-0.5B-Instruct": _plain(
        "Qwen2.5", "Qwen/Qwen2.5-Coder-0.5B-Instruct", QWEN2_500M, APACHE, CODE
    ),
    "Qwen2.5-Coder-1.5B-Instruct": _plain(
        "Qwen2.5", "Qwen/Qwen2.5-Coder-1.5B-Instruct", QWEN2_1500M, APACHE, CODE
    ),
    "Qwen2.5-Coder-3B-Instruct": _plain(
        "Qwen2.5", "Qwen/Qwen2.5-Coder-3B-Instruct", QWEN2_3B, QWEN_RESEARCH, CODE
    ),
    "Qwen2.5-Coder-7B-Instruct": _plain(
        "Qwen2.5", "Qwen/Qwen2.5-Coder-7B-Instruct", QWEN2_7B, APACHE, CODE
    ),
    "Qwen2.5-Math-1.5B-Instruct": _plain(
        "Qwen2.5", "Qwen/Qwen2.5-Math-1.5B-Instruct", QWEN2_1500M, APACHE, MATH
    ),
    "Qwen3-0.6B": _plain("Qwen3", "Qwen/Qwen3-0.6B", QWEN3_600M, APACHE, GENERAL),
    "Qwen3-1.7B": _plain("Qwen3", "Qwen/Qwen3-1.7B", QWEN3_1700M, APACHE, GENERAL),
    "Qwen3-4B": _plain("Qwen3", "Qwen/Qwen3-4B", QWEN3_4B, APACHE, GENERAL),
    "Qwen3-8B": _plain("Qwen3", "Qwen/Qwen3-8B", QWEN3_8B, APACHE, GENERAL),
    "Qwen3.5-0.8B": _plain("Qwen3.5", "Qwen/Qwen3.5-0.8B", None, None, GENERAL),
    "Qwen3.5-2B": _plain("Qwen3.5", "Qwen/Qwen3.5-2B", None, None, GENERAL),
    "Qwen3.5-4B": _plain("Qwen3.5", "Qwen/Qwen3.5-4B", None, None, GENERAL),
    "Qwen3.5-9B": _plain("Qwen3.5", "Qwen/Qwen3.5-9B", None, None, GENERAL),
    "TinyLlama-1.1B-Chat-v0.4": _plain(
        "TinyLlama", "TinyLlama/TinyLlama-1.1B-Chat-v0.4", TINYLLAMA, APACHE, OLDER
    ),
    "Phi-3.5-mini-instruct": Family(
        "Phi-3",
        "Phi-3.5 mini",
        "microsoft/Phi-3.5-mini-instruct",
        PHI3_MINI,
        MIT,
        GENERAL,
        scores=((MMLU, 69.0, PHI35_CARD),),
    ),
    "Phi-3.5-vision-instruct": _plain(
        "Phi-3", "microsoft/Phi-3.5-vision-instruct", None, MIT, "Questions about pictures"
    ),
    "Phi-4-mini-instruct": _plain(
        "Phi-4", "microsoft/Phi-4-mini-instruct", PHI4_MINI, MIT, GENERAL
    ),
    "phi-2": _plain("Phi-2", "microsoft/phi-2", PHI2, MIT, OLDER),
    "phi-1_5": _plain("Phi-1.5", "microsoft/phi-1_5", PHI1_5, MIT, OLDER),
    "Llama-3.1-70B-Instruct": _plain(
        "Llama 3.1",
        "meta-llama/Llama-3.1-70B-Instruct",
        LLAMA3_70B,
        LLAMA31,
        "The best answers, for workstations with 32 GB of GPU memory",
    ),
    "Llama-3-8B-Instruct": _plain(
        "Llama 3", "meta-llama/Meta-Llama-3-8B-Instruct", LLAMA3_8B, LLAMA3, OLDER
    ),
    "Llama-3-70B-Instruct": _plain(
        "Llama 3", "meta-llama/Meta-Llama-3-70B-Instruct", LLAMA3_70B, LLAMA3, OLDER
    ),
    "Llama-2-7b-chat-hf": _plain(
        "Llama 2", "meta-llama/Llama-2-7b-chat-hf", LLAMA2_7B, LLAMA2, OLDER
    ),
    "Llama-2-13b-chat-hf": _plain(
        "Llama 2", "meta-llama/Llama-2-13b-chat-hf", LLAMA2_13B, LLAMA2, OLDER
    ),
    "DeepSeek-R1-Distill-Qwen-7B": _plain(
        "DeepSeek R1",
        "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B",
        QWEN2_7B,
        MIT,
        "Reasoning aloud before it answers",
    ),
    "DeepSeek-R1-Distill-Llama-8B": _plain(
        "DeepSeek R1",
        "deepseek-ai/DeepSeek-R1-Distill-Llama-8B",
        LLAMA3_8B,
        LLAMA31,
        "Reasoning aloud before it answers",
    ),
    "Hermes-2-Theta-Llama-3-8B": _plain(
        "Hermes", "NousResearch/Hermes-2-Theta-Llama-3-8B", LLAMA3_8B, LLAMA3, GENERAL
    ),
    "Hermes-2-Pro-Llama-3-8B": _plain(
        "Hermes", "NousResearch/Hermes-2-Pro-Llama-3-8B", LLAMA3_8B, LLAMA3, "Calling tools"
    ),
    "Hermes-3-Llama-3.2-3B": _plain(
        "Hermes", "NousResearch/Hermes-3-Llama-3.2-3B", LLAMA3_3B, LLAMA32, GENERAL
    ),
    "Hermes-3-Llama-3.1-8B": _plain(
        "Hermes", "NousResearch/Hermes-3-Llama-3.1-8B", LLAMA3_8B, LLAMA31, "Calling tools"
    ),
    "Hermes-2-Pro-Mistral-7B": _plain(
        "Hermes", "NousResearch/Hermes-2-Pro-Mistral-7B", MISTRAL_7B, APACHE, "Calling tools"
    ),
    "Mistral-7B-Instruct-v0.3": _plain(
        "Mistral", "mistralai/Mistral-7B-Instruct-v0.3", MISTRAL_7B, APACHE, GENERAL
    ),
    "Mistral-7B-Instruct-v0.2": _plain(
        "Mistral", "mistralai/Mistral-7B-Instruct-v0.2", MISTRAL_7B, APACHE, OLDER
    ),
    "OpenHermes-2.5-Mistral-7B": _plain(
        "Mistral", "teknium/OpenHermes-2.5-Mistral-7B", MISTRAL_7B, APACHE, OLDER
    ),
    "NeuralHermes-2.5-Mistral-7B": _plain(
        "Mistral", "mlabonne/NeuralHermes-2.5-Mistral-7B", MISTRAL_7B, APACHE, OLDER
    ),
    "WizardMath-7B-V1.1": _plain(
        "Mistral", "WizardLMTeam/WizardMath-7B-V1.1", MISTRAL_7B, None, MATH
    ),
    "gemma-2b-it": _plain("Gemma", "google/gemma-2b-it", GEMMA_2B, GEMMA, OLDER),
    "gemma-2-2b-it": _plain("Gemma 2", "google/gemma-2-2b-it", GEMMA2_2B, GEMMA, GENERAL),
    "gemma-2-9b-it": Family(
        "Gemma 2",
        "Gemma 2 9B",
        "google/gemma-2-9b-it",
        GEMMA2_9B,
        GEMMA,
        GENERAL,
        scores=((MMLU, 71.3, PHI35_CARD),),
    ),
    "gemma-2-2b-jpn-it": _plain(
        "Gemma 2", "google/gemma-2-2b-jpn-it", GEMMA2_2B, GEMMA, "Conversation in Japanese"
    ),
    "gemma3-1b-it": _plain("Gemma 3", "google/gemma-3-1b-it", GEMMA3_1B, GEMMA, GENERAL),
    "gemma-4-E2B-it": _plain("Gemma 4", "google/gemma-4-E2B-it", None, None, GENERAL),
    "OLMo-2-1124-7B-Instruct": _plain(
        "OLMo 2", "allenai/OLMo-2-1124-7B-Instruct", OLMO2_7B, APACHE, GENERAL
    ),
    "OLMo-2-0425-1B-Instruct": _plain(
        "OLMo 2", "allenai/OLMo-2-0425-1B-Instruct", OLMO2_1B, APACHE, GENERAL
    ),
    "stablelm-2-zephyr-1_6b": _plain(
        "StableLM 2", "stabilityai/stablelm-2-zephyr-1_6b", STABLELM2, None, OLDER
    ),
    "RedPajama-INCITE-Chat-3B-v1": _plain(
        "RedPajama", "togethercomputer/RedPajama-INCITE-Chat-3B-v1", REDPAJAMA, APACHE, OLDER
    ),
    "Ministral-3-3B-Base-2512": _plain(
        "Ministral 3",
        "mistralai/Ministral-3-3B-Base-2512",
        None,
        None,
        "Continuing a text; not tuned for chat",
    ),
    "Ministral-3-3B-Reasoning-2512": _plain(
        "Ministral 3",
        "mistralai/Ministral-3-3B-Reasoning-2512",
        None,
        None,
        "Reasoning aloud before it answers",
    ),
    "Ministral-3-3B-Instruct-2512-BF16": _plain(
        "Ministral 3", "mistralai/Ministral-3-3B-Instruct-2512-BF16", None, None, GENERAL
    ),
}

MAX_CONTEXT: dict[str, int] = {
    # `max_position_embeddings`: the most tokens each model was made for. Missing: not known.
    **dict.fromkeys((name for name in FAMILIES if name.startswith("SmolLM2")), 8192),
    **dict.fromkeys((name for name in FAMILIES if name.startswith("Qwen2")), 32_768),
    **dict.fromkeys((name for name in FAMILIES if "-Math-" in name), 4096),
    **dict.fromkeys((name for name in FAMILIES if name.startswith("Qwen3-")), 40_960),
    **dict.fromkeys((name for name in FAMILIES if name.startswith("TinyLlama")), 2048),
    **dict.fromkeys((name for name in FAMILIES if name.startswith("Llama-2")), 4096),
    **dict.fromkeys((name for name in FAMILIES if "Llama-3-" in name), 8192),
    **dict.fromkeys((name for name in FAMILIES if "Llama-3.1" in name), 131_072),
    **dict.fromkeys((name for name in FAMILIES if "Llama-3.2" in name), 131_072),
    **dict.fromkeys((name for name in FAMILIES if name.startswith("gemma-2")), 8192),
    **dict.fromkeys((name for name in FAMILIES if name.startswith("OLMo-2")), 4096),
    **dict.fromkeys((name for name in FAMILIES if name.startswith("Mistral-7B")), 32_768),
    "Phi-3-mini-4k-instruct": 4096,
    "Phi-3.5-mini-instruct": 131_072,
    "Phi-4-mini-instruct": 131_072,
    "phi-2": 2048,
    "phi-1_5": 2048,
    "gemma3-1b-it": 32_768,
    "stablelm-2-zephyr-1_6b": 4096,
    "RedPajama-INCITE-Chat-3B-v1": 2048,
}

"""Real model libraries and weights for WebLLM, and a mirror that serves them. See docs/model-kit.md."""

"""Real models for WebLLM, and a mirror that serves them. See docs/model-kit.md."""

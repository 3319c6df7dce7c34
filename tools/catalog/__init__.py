"""Writes the catalog of models from WebLLM's prebuilt list: `python -m tools.catalog`."""

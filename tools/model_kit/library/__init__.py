"""The model library: a model and its kernels, compiled for WebGPU and linked into a .wasm."""

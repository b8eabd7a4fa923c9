"""Training on a GPU beside the CPU of the same machine; benchmarks/gpu_bench starts it."""

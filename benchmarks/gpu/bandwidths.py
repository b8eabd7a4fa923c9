"""The memory bandwidth of GPUs."""

# Bytes a second by the name that the driver gives; from NVIDIA's data sheets. Whole names: a part of a GPU (MIG) or a
# laptop's has less.
BANDWIDTHS = {
    "NVIDIA H100 80GB HBM3": 3.35e12,
    "NVIDIA H100 NVL": 3.9e12,
    "NVIDIA H100 PCIe": 2.0e12,
    "NVIDIA H200": 4.8e12,
    "NVIDIA H200 NVL": 4.8e12,
    "NVIDIA A100-SXM4-80GB": 2.039e12,
    "NVIDIA A100 80GB PCIe": 1.935e12,
    "NVIDIA A100-SXM4-40GB": 1.555e12,
    "NVIDIA A100-PCIE-40GB": 1.555e12,
    "NVIDIA A10": 600e9,
    "NVIDIA A10G": 600e9,
    "NVIDIA L40S": 864e9,
    "NVIDIA L4": 300e9,
    "Tesla V100-SXM2-16GB": 900e9,
    "Tesla V100-SXM2-32GB": 900e9,
    "Tesla T4": 320e9,
    "NVIDIA GeForce RTX 3090": 936e9,
    "NVIDIA GeForce RTX 4090": 1008e9,
    "NVIDIA GeForce RTX 5090": 1792e9,
}


def bandwidth_of(usable_gpu):
    """By what `warp2vec info --devices` says of a GPU: 'cuda:0  NAME, compute capability ...'. None: not known."""
    return BANDWIDTHS.get(usable_gpu.split(None, 1)[1].split(",")[0])

"""warp2vec and other programs that do the same, side by side; benchmarks/compare_peers starts it."""

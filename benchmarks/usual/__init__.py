"""What descriptions of word2vec do, in numpy and plain Python, and what it costs; benchmarks/usual_ways starts it."""

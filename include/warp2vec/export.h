#pragma once
/// Marks the symbols that a shared library of warp2vec exports; all others are hidden.

#define WARP2VEC_EXPORT __attribute__((visibility("default")))

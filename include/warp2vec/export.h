#pragma once
/// What a shared library of warp2vec offers; all else in it is hidden.

#define WARP2VEC_EXPORT __attribute__((visibility("default")))

#pragma once
/// NumPy's arrays.

#include <warp2vec/embeddings.h>

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace warp2vec::python {

/// One that is given: in C order, and of exactly this type.
template <class T, std::size_t kDimensions>
using Array = nanobind::ndarray<T, nanobind::ndim<kDimensions>, nanobind::c_contig, nanobind::device::cpu>;

/// A new array, which takes over the values.
template <class T>
using NewArray = nanobind::ndarray<nanobind::numpy, T, nanobind::ndim<1>>;
template <class T>
NewArray<T> numpy(std::vector<T> values) {
  auto* const owned = new std::vector<T>(std::move(values));
  const nanobind::capsule owner(owned, [](void* p) noexcept { delete static_cast<std::vector<T>*>(p); });
  return NewArray<T>(owned->data(), {owned->size()}, owner);
}

/// rows x cols values where they are. `owner`: the Python object that has the matrix.
using MatrixArray = nanobind::ndarray<nanobind::numpy, float, nanobind::ndim<2>>;
inline MatrixArray view(Matrix& matrix, nanobind::handle owner) {
  const auto rows = static_cast<std::size_t>(matrix.rows());
  const auto columns = static_cast<std::size_t>(matrix.cols());
  return MatrixArray(matrix.view().data, {rows, columns}, owner, {matrix.stride(), 1});
}

/// For properties that are arrays, which have their own owner.
inline constexpr auto kOwned = nanobind::rv_policy::automatic;

}  // namespace warp2vec::python

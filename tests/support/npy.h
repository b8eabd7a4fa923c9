#pragma once
/// Arrays of integers as numpy.save writes them.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace warp2vec {

/// Of one dimension, or with this number of columns.
template <class Integer>
std::string npy(const std::vector<Integer>& values, std::size_t columns = 0) {
  const std::string size = std::to_string(values.size());
  const std::string shape =
      columns == 0 ? size + "," : std::to_string(values.size() / columns) + ", " + std::to_string(columns);
  std::string text = "{'descr': '<i" + std::to_string(sizeof(Integer)) +
                     "', 'fortran_order': False, 'shape': (" + shape + "), }";
  text.resize(117, ' ');
  text += '\n';
  return std::string("\x93NUMPY\x01\0\x76\0", 10) + text +
         std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Integer));
}

}  // namespace warp2vec

#pragma once
/// The construction of alias tables.

#include <warp2vec/detail/samplers.h>

#include <cstdint>
#include <span>
#include <vector>

namespace warp2vec {

/// Fills the columns of an alias table (M. D. Vose 1991). `need`: the share of each outcome in columns, above
/// 0 and 1 on average; it is used up. `stacks`: room to work in.
void fill_alias_columns(std::span<double> need, std::span<AliasColumn> columns,
                        std::vector<std::int32_t>& stacks);

}  // namespace warp2vec

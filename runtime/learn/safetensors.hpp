// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "messages/blob.hpp"
#include "messages/error.hpp"

namespace ecco {

/// Element types of the safetensors format that ecco reads and writes.
enum class scalar_type { f16, bf16, f32, f64, i64, i32, u8 };

/// Bytes of one element.
std::size_t size_of(scalar_type type);

/// The format's name for it: "F16".
std::string_view to_string(scalar_type type);

/// One named array, row-major and little-endian. `data` is a view and need not be aligned to its type.
struct tensor_entry {
  std::string name;
  scalar_type type = scalar_type::f32;
  /// Empty for a single value.
  std::vector<std::int64_t> shape;
  std::span<const std::uint8_t> data;
};

/// What a file holds; the entries are views into `owner`.
struct safetensors {
  /// In the order of their data in the file.
  std::vector<tensor_entry> tensors;
  std::map<std::string, std::string> metadata;
  blob owner;
};

/// Reads the safetensors format: 8 bytes of little-endian header length, a JSON header, the data.
/// Nothing is copied.
/// @returns `malformed_data` when the file is truncated, its header is longer than 4 MiB or not the JSON the
///          format asks for, a name repeats, a shape disagrees with its extent, or the extents leave a
///          hole, overlap or leave the file; `unsupported` for an element type not in `scalar_type`.
result<safetensors> read_safetensors(const blob& file);

/// Writes `tensors` in the given order. The header is padded so that the data begin at a multiple of 8.
/// @pre names are distinct, UTF-8 and not "__metadata__"; the data of each entry are as long as its shape
/// says.
blob write_safetensors(std::span<const tensor_entry> tensors,
                       const std::map<std::string, std::string>& metadata = {});

} // namespace ecco

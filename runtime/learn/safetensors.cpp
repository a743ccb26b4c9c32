// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/safetensors.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include <nlohmann/json.hpp>

namespace ecco {

namespace {

using json = nlohmann::json;

constexpr std::size_t length_bytes = 8;
// A thousand tensors need about 100 KiB. Parsed JSON takes up to 20 times its text in memory.
constexpr std::uint64_t max_header = std::uint64_t{4} << 20;
constexpr std::string_view metadata_key = "__metadata__";

struct type_row {
  scalar_type type;
  std::string_view name;
  std::size_t size;
};

constexpr std::array<type_row, 7> types{{{scalar_type::f16, "F16", 2},
                                         {scalar_type::bf16, "BF16", 2},
                                         {scalar_type::f32, "F32", 4},
                                         {scalar_type::f64, "F64", 8},
                                         {scalar_type::i64, "I64", 8},
                                         {scalar_type::i32, "I32", 4},
                                         {scalar_type::u8, "U8", 1}}};

const type_row& row_of(scalar_type type) {
  return *std::find_if(types.begin(), types.end(), [type](const type_row& row) { return row.type == type; });
}

auto malformed(std::string what) {
  return fail(ec::malformed_data, "safetensors: " + std::move(what),
              "convert the weights again and check that the copy is complete");
}

/// Number of bytes an array of `shape` takes; nothing when it does not fit 63 bits.
std::optional<std::uint64_t> extent_of(const std::vector<std::int64_t>& shape, std::size_t element) {
  constexpr std::uint64_t limit = std::numeric_limits<std::int64_t>::max();
  std::uint64_t total = element;
  for (auto length : shape) {
    auto n = static_cast<std::uint64_t>(length);
    if (n != 0 && total > limit / n)
      return std::nullopt;
    total *= n;
  }
  return total;
}

/// A non-negative JSON integer that fits std::int64_t.
std::optional<std::int64_t> natural(const json& value) {
  constexpr std::uint64_t limit = std::numeric_limits<std::int64_t>::max();
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > limit)
    return std::nullopt;
  return value.get<std::int64_t>();
}

std::optional<std::vector<std::int64_t>> naturals(const json& value) {
  if (!value.is_array())
    return std::nullopt;
  std::vector<std::int64_t> numbers;
  for (const auto& item : value) {
    auto number = natural(item);
    if (!number)
      return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

result<tensor_entry> read_entry(const std::string& name, const json& value,
                                std::span<const std::uint8_t> data) {
  if (!value.is_object() || !value.contains("dtype") || !value["dtype"].is_string()
      || !value.contains("shape") || !value.contains("data_offsets"))
    return malformed("tensor '" + name + "' lacks dtype, shape or data_offsets");
  auto type_name = value["dtype"].get<std::string>();
  auto row = std::find_if(types.begin(), types.end(),
                          [&](const type_row& candidate) { return candidate.name == type_name; });
  if (row == types.end())
    return fail(ec::unsupported, "safetensors: tensor '" + name + "' has elements of type " + type_name,
                "convert it to F16, BF16, F32, F64, I64, I32 or U8");
  auto shape = naturals(value["shape"]);
  auto extent = shape ? extent_of(*shape, row->size) : std::nullopt;
  if (!extent)
    return malformed("the shape of tensor '" + name + "' is not a list of sensible lengths");
  auto offsets = naturals(value["data_offsets"]);
  if (!offsets || offsets->size() != 2 || (*offsets)[0] > (*offsets)[1])
    return malformed("the data_offsets of tensor '" + name + "' are not [begin, end]");
  auto begin = static_cast<std::uint64_t>((*offsets)[0]);
  auto end = static_cast<std::uint64_t>((*offsets)[1]);
  if (end > data.size())
    return malformed("tensor '" + name + "' ends beyond the file");
  if (end - begin != *extent)
    return malformed("tensor '" + name + "' has " + std::to_string(end - begin)
                     + " bytes where its shape needs " + std::to_string(*extent));
  return tensor_entry{name, row->type, std::move(*shape), data.subspan(begin, end - begin)};
}

result<std::map<std::string, std::string>> read_metadata(const json& value) {
  if (!value.is_object())
    return malformed("__metadata__ is not an object");
  std::map<std::string, std::string> metadata;
  for (const auto& [key, text] : value.items()) {
    if (!text.is_string())
      return malformed("__metadata__ holds something other than text under '" + key + "'");
    metadata.emplace(key, text.get<std::string>());
  }
  return metadata;
}

/// Parses the header; the parser alone would let the last of two equal names win.
result<json> read_header(std::span<const std::uint8_t> text) {
  std::set<std::string> names;
  std::string repeated;
  auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    if (depth == 1 && event == json::parse_event_t::key && !names.insert(parsed.get<std::string>()).second)
      repeated = parsed.get<std::string>();
    return true;
  };
  // A header is an object right away: the format allows padding only behind it.
  auto header = text.empty() || text[0] != '{' ? json(json::value_t::discarded)
                                               : json::parse(text.begin(), text.end(), watch, false);
  if (!header.is_object())
    return malformed("the header is not a JSON object");
  if (!repeated.empty())
    return malformed("two tensors are named '" + repeated + "'");
  return header;
}

/// Sorts by place and checks that the tensors cover the data exactly.
result<void> check_cover(std::vector<tensor_entry>& tensors, std::span<const std::uint8_t> data) {
  std::stable_sort(tensors.begin(), tensors.end(), [](const tensor_entry& a, const tensor_entry& b) {
    return std::tuple(a.data.data(), a.data.size()) < std::tuple(b.data.data(), b.data.size());
  });
  const auto* expected = data.data();
  for (const auto& tensor : tensors) {
    if (tensor.data.data() != expected)
      return malformed("a hole or an overlap before tensor '" + tensor.name + "'");
    expected += tensor.data.size();
  }
  if (expected != data.data() + data.size())
    return malformed("bytes behind the last tensor");
  return {};
}

} // namespace

std::size_t size_of(scalar_type type) {
  return row_of(type).size;
}

std::string_view to_string(scalar_type type) {
  return row_of(type).name;
}

result<safetensors> read_safetensors(const blob& file) {
  auto all = file.view();
  if (all.size() < length_bytes)
    return malformed("the file ends within the header's length");
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < length_bytes; ++i)
    length |= static_cast<std::uint64_t>(all[i]) << (8 * i);
  if (length > max_header)
    return malformed("the header claims " + std::to_string(length) + " bytes");
  if (length > all.size() - length_bytes)
    return malformed("the file ends within the header");
  auto header = read_header(all.subspan(length_bytes, length));
  if (!header)
    return tl::unexpected(header.error());

  auto data = all.subspan(length_bytes + length);
  safetensors out;
  out.owner = file;
  for (const auto& [name, value] : header->items()) {
    if (name == metadata_key) {
      auto metadata = read_metadata(value);
      if (!metadata)
        return tl::unexpected(metadata.error());
      out.metadata = std::move(*metadata);
      continue;
    }
    auto entry = read_entry(name, value, data);
    if (!entry)
      return tl::unexpected(entry.error());
    out.tensors.push_back(std::move(*entry));
  }
  if (auto covered = check_cover(out.tensors, data); !covered)
    return tl::unexpected(covered.error());
  return out;
}

blob write_safetensors(std::span<const tensor_entry> tensors,
                       const std::map<std::string, std::string>& metadata) {
  auto header = json::object();
  if (!metadata.empty())
    header[std::string{metadata_key}] = metadata;
  std::uint64_t end = 0;
  for (const auto& tensor : tensors) {
    const auto& row = row_of(tensor.type);
    assert(extent_of(tensor.shape, row.size) == tensor.data.size());
    auto begin = std::exchange(end, end + tensor.data.size());
    header[tensor.name] = {{"dtype", row.name}, {"shape", tensor.shape}, {"data_offsets", {begin, end}}};
  }
  auto text = header.dump(-1, ' ', false, json::error_handler_t::replace);
  text.append((length_bytes - text.size() % length_bytes) % length_bytes, ' ');

  bytes out;
  out.reserve(length_bytes + text.size() + end);
  for (std::size_t i = 0; i < length_bytes; ++i)
    out.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(text.size()) >> (8 * i)));
  out.insert(out.end(), text.begin(), text.end());
  for (const auto& tensor : tensors)
    out.insert(out.end(), tensor.data.begin(), tensor.data.end());
  return blob{std::move(out)};
}

} // namespace ecco

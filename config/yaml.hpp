// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "messages/error.hpp"

namespace ecco {

/// Where a value was written: a file, an environment variable or an argument.
struct yaml_origin {
  /// As people know it: `demo.yaml`, `ECCO_SERVER__PORT`, `--set server.port`.
  std::string name;
  /// Relative paths in it begin here.
  std::filesystem::path folder;
};

/// A spot in an origin. Line and column count from 1; line 0 is the origin as a whole.
struct yaml_place {
  std::shared_ptr<const yaml_origin> origin;
  int line = 0, column = 0;
};

/// Returns `demo.yaml:12:5`.
std::string to_string(const yaml_place& place);

/// The error `invalid_argument` with the text "place: why".
error refusal(const yaml_place& where, const std::string& why, std::string hint = {});

enum class scalar_style : std::uint8_t {
  /// Means what YAML 1.2's core schema says: null, a boolean, a number, else text.
  plain,
  /// Text.
  quoted,
  /// From a shell, which took the quotes: whatever is wanted there.
  bare,
};

struct yaml_scalar {
  std::string text;
  scalar_style style = scalar_style::plain;
};

struct yaml_entry;

/// A YAML value that knows where it stands. `std::monostate` is null.
struct yaml_node {
  using list = std::vector<yaml_node>;
  using map = std::vector<yaml_entry>;

  yaml_place where;
  std::variant<std::monostate, yaml_scalar, list, map> value;
};

/// One key and its value. Keys of a map are distinct.
struct yaml_entry {
  std::string key;
  yaml_place where;
  yaml_node node;
};

enum class scalar_kind : std::uint8_t { boolean, integer, real, text };

/// What a scalar is by YAML 1.2: `yes` is text, and so is `010`, which 1.1 took for 8.
scalar_kind kind_of(const yaml_scalar& scalar);

/// Untrusted text is refused beyond these.
inline constexpr std::size_t max_yaml_bytes = 1 << 20;
inline constexpr std::size_t max_yaml_depth = 32;
/// Values, copies made by aliases included.
inline constexpr std::size_t max_yaml_nodes = 50'000;

/// Reads one YAML document.
/// @returns `malformed_data`, beginning with the place, for what is not YAML, not UTF-8 or beyond the
///          bounds, a key set twice, a tag, or an alias to nothing.
result<yaml_node> parse_yaml(std::string_view text, std::shared_ptr<const yaml_origin> origin);

} // namespace ecco

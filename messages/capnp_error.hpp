// SPDX-License-Identifier: Apache-2.0
// Private to messages/.
#pragma once

#include <string>
#include <string_view>

#include <kj/exception.h>

namespace ecco {

/// What went wrong, without the source code that kj puts before it and the advice to programmers behind it:
/// "expected a < b; Message too short.  See capnp::ReaderOptions." is "Message too short.".
inline std::string readable(const kj::Exception& failure) {
  const auto description = failure.getDescription();
  std::string_view text{description.begin(), description.size()};
  if (text.starts_with("expected "))
    if (const auto end = text.find("; "); end != text.npos)
      text.remove_prefix(end + 2);
  return std::string{text.substr(0, text.find("  See "))};
}

} // namespace ecco

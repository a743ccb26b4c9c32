// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace ecco {

/// True when `text` is well-formed UTF-8 without NUL: what YAML, JSON and terminals can show.
bool is_text(std::string_view text);

/// Hides what must not be seen of a URL: user and password (`rtsp://***@host`), and the values of
/// parameters whose names speak of passwords, tokens or keys. Anything before the last `@` counts as
/// user and password, because a password that was not escaped may hold any character.
std::string redact(std::string url);

} // namespace ecco

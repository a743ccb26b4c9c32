// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ecco {

/// True when `text` is well-formed UTF-8 without NUL: what YAML, JSON and terminals can show.
bool is_text(std::string_view text);

/// The candidate that `word` was probably meant to be: within a third of its letters, at least one, of edit
/// distance (insert, delete, replace, swap neighbours). Empty when there is none.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

/// Hides what must not be seen of a URL: user and password (`rtsp://***@host`), and the values of
/// parameters whose names speak of passwords, tokens or keys. Anything before the last `@` counts as
/// user and password, because a password that was not escaped may hold any character.
std::string redact(std::string url);

} // namespace ecco

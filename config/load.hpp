// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "config/environment.hpp"
#include "config/settings.hpp"
#include "messages/error.hpp"

namespace ecco {

/// Reads the settings of all roles. Later sources win, value by value; lists are replaced as a whole:
///   1. built-in defaults,
///   2. `files`, in order, each with its own `config_version: 1`,
///   3. environment variables `ECCO_SECTION__KEY` (`ECCO_SERVER__PORT=0`): two underscores between the names
///      of the path, upper case for lower (so that names with a `-` cannot be reached),
///   4. `overrides`, in order, as `server.port=0` or `classes=[person, car]`.
/// Between 1 and 2 lie the settings of the preset that any of 2 to 4 names (config/presets.hpp). None of them may set
/// one of the preset's to another value.
/// In texts and paths `${NAME}` and `${NAME:default}` stand for environment variables, `$${` for `${`.
/// Relative paths in a file begin at the file's folder, all others (`files` too) at `outside.folder`; when
/// that is absolute, so are all in the result.
/// @returns `not_found` or `io_failed` for a file that cannot be read, `malformed_data` for text that is not
///          YAML, `invalid_argument` for all else: what is not a setting, has the wrong type or unit, is out
///          of range or contradicts another. Errors begin with the place: "demo.yaml:12:5: ...".
result<settings> load_settings(std::span<const std::filesystem::path> files,
                               std::span<const std::string> overrides, const environment& outside);

/// Writes every setting of `value` as a file that `load_settings` reads back to an equal value, wherever it
/// is stored, if the paths in `value` are absolute. Passwords in it are readable: store it with mode 0600.
/// @pre validate(value)
std::string to_yaml(const settings& value);

} // namespace ecco

// SPDX-License-Identifier: Apache-2.0
#include "config/layers.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "config/fields.hpp"
#include "config/presets.hpp"
#include "config/text.hpp"

namespace ecco {

namespace {

/// Puts `later` over `base`: maps are united key by key, all else is replaced.
void merge(yaml_node& base, yaml_node later) {
  auto* ours = std::get_if<yaml_node::map>(&base.value);
  auto* theirs = std::get_if<yaml_node::map>(&later.value);
  if (ours && std::holds_alternative<std::monostate>(later.value))
    return; // a section with all its lines commented out
  if (!ours || !theirs) {
    base = std::move(later);
    return;
  }
  for (auto& entry : *theirs) {
    const auto known =
        std::find_if(ours->begin(), ours->end(), [&](const yaml_entry& e) { return e.key == entry.key; });
    if (known == ours->end())
      ours->push_back(std::move(entry));
    else {
      known->where = entry.where;
      merge(known->node, std::move(entry.node));
    }
  }
}

/// Reads `file`, which errors call `name`.
result<std::string> read_file(const std::filesystem::path& file, const std::string& name) {
  std::error_code problem;
  if (!std::filesystem::exists(file, problem))
    return fail(ec::not_found, name + ": there is no such file",
                "give the path of a configuration, for example config/ecco.yaml");
  if (std::filesystem::is_directory(file, problem))
    return fail(ec::io_failed, name + ": is a folder", "give the path of a file");
  std::ifstream stream{file, std::ios::binary};
  std::string text(max_yaml_bytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad() || (!stream && !stream.eof()))
    return fail(ec::io_failed, name + ": cannot be read: " + std::strerror(errno));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

/// Takes `config_version` off a file's tree.
result<void> check_version(yaml_node& root) {
  auto* entries = std::get_if<yaml_node::map>(&root.value);
  if (!entries && !std::holds_alternative<std::monostate>(root.value))
    return tl::unexpected{refusal(root.where, "is not a list of settings", "begin with 'config_version: 1'")};
  const auto is_version = [](const yaml_entry& entry) { return entry.key == "config_version"; };
  const auto found =
      entries ? std::find_if(entries->begin(), entries->end(), is_version) : yaml_node::map::iterator{};
  if (!entries || found == entries->end())
    return tl::unexpected{
        refusal(root.where, "config_version is missing", "begin the file with 'config_version: 1'")};
  const auto* version = std::get_if<yaml_scalar>(&found->node.value);
  if (!version || kind_of(*version) != scalar_kind::integer || version->text != "1")
    return tl::unexpected{refusal(found->node.where, "config_version must be 1, the only one there is",
                                  "use the ecco that the file was written for")};
  entries->erase(found);
  return {};
}

result<yaml_node> read_layer(const std::filesystem::path& file, const environment& outside) {
  const auto path = outside.folder / file;
  const auto text = read_file(path, file.string());
  if (!text)
    return tl::unexpected{text.error()};
  auto root =
      parse_yaml(*text, std::make_shared<const yaml_origin>(yaml_origin{file.string(), path.parent_path()}));
  if (!root)
    return root;
  if (auto checked = check_version(*root); !checked)
    return tl::unexpected{checked.error()};
  return root;
}

/// The value of an argument or variable: YAML when it begins like a list, a section or a quoted text, else
/// taken to the letter.
result<yaml_node> read_bare(const std::string& text, const std::shared_ptr<const yaml_origin>& origin) {
  const yaml_place where{origin};
  if (!is_text(text))
    return fail(ec::malformed_data, to_string(where) + ": is not UTF-8 text");
  if (text.find_first_of("[{\"'") != 0)
    return yaml_node{where, yaml_scalar{text, scalar_style::bare}};
  return parse_yaml(text, origin);
}

/// Puts one value that was written as `text` at the place that `path` names.
result<void> add_value(yaml_node& base, std::span<const std::string> path, const std::string& text,
                       yaml_origin written) {
  const yaml_place where{std::make_shared<const yaml_origin>(std::move(written))};
  if (path.size() > max_yaml_depth)
    return tl::unexpected{refusal(where, "is nested too deep to be a setting")};
  auto value = read_bare(text, where.origin);
  if (!value)
    return tl::unexpected{value.error()};
  for (auto key = path.rbegin(); key != path.rend(); ++key) {
    yaml_node parent{where, yaml_node::map{}};
    std::get<yaml_node::map>(parent.value).push_back({*key, where, std::move(*value)});
    value = std::move(parent);
  }
  merge(base, std::move(*value));
  return {};
}

std::vector<std::string> split(std::string_view text, std::string_view separator) {
  std::vector<std::string> parts;
  for (auto at = text.find(separator); at != text.npos; at = text.find(separator)) {
    parts.emplace_back(text.substr(0, at));
    text.remove_prefix(at + separator.size());
  }
  parts.emplace_back(text);
  return parts;
}

/// True for settings that lie in no section, which no `__` tells from other variables named ECCO_.
bool is_top_level_value(const std::string& name) {
  bool found = false;
  settings all;
  fields(all, [&](std::string_view field, auto& member, const auto&) {
    using type = std::remove_reference_t<decltype(member)>;
    found = found || (field == name && !section<type> && !named_sections<type>);
  });
  return found;
}

result<void> add_variables(yaml_node& base, const environment& outside) {
  constexpr std::string_view prefix = "ECCO_";
  for (const auto& [name, text] : outside.variables) {
    if (!name.starts_with(prefix))
      continue;
    auto path = split(std::string_view{name}.substr(prefix.size()), "__");
    for (auto& key : path)
      std::transform(key.begin(), key.end(), key.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    if (path.size() == 1 && !is_top_level_value(path.front()))
      continue;
    if (auto added = add_value(base, path, text, {name, outside.folder}); !added)
      return added;
  }
  return {};
}

result<void> add_overrides(yaml_node& base, std::span<const std::string> overrides,
                           const environment& outside) {
  for (const auto& text : overrides) {
    const auto sign = text.find('=');
    if (sign == text.npos || sign == 0)
      return fail(ec::invalid_argument, "--set " + redact(text) + ": is not of the form path=value",
                  "write for example server.port=0");
    const auto path = text.substr(0, sign);
    if (auto added =
            add_value(base, split(path, "."), text.substr(sign + 1), {"--set " + path, outside.folder});
        !added)
      return added;
  }
  return {};
}

// -- presets -----------------------------------------------------------------------------------------

const yaml_entry* find_entry(const yaml_node& node, std::string_view key) {
  const auto* entries = std::get_if<yaml_node::map>(&node.value);
  if (!entries)
    return nullptr;
  const auto found = std::find_if(entries->begin(), entries->end(), [&](const yaml_entry& e) { return e.key == key; });
  return found == entries->end() ? nullptr : &*found;
}

/// The first value in `written` that is another than in `fixed`, which is made of maps and scalars.
struct contradiction {
  std::string path;
  const yaml_node* written = nullptr;
  std::string has, wants;
};

std::optional<contradiction> find_contradiction(const yaml_node& fixed, const yaml_node& written,
                                                const std::string& path) {
  if (const auto* wanted = std::get_if<yaml_scalar>(&fixed.value)) {
    const auto* has = std::get_if<yaml_scalar>(&written.value);
    if (has && has->text == wanted->text)
      return {};
    return contradiction{path, &written, has ? redact(has->text) : "no word", wanted->text};
  }
  const auto* entries = std::get_if<yaml_node::map>(&fixed.value);
  if (!entries)
    return {};
  for (const auto& entry : *entries)
    if (const auto* same = find_entry(written, entry.key))
      if (auto found = find_contradiction(entry.node, same->node, join(path, entry.key)))
        return found;
  return {};
}

/// Puts what was written over the preset that it names. What makes that system is not to be changed under its name:
/// results that say `ekya` are Ekya's.
result<yaml_node> lay_preset_beneath(yaml_node written) {
  const auto* chosen = find_entry(written, "preset");
  const auto* name = chosen ? std::get_if<yaml_scalar>(&chosen->node.value) : nullptr;
  const auto* known = name ? find_preset(name->text) : nullptr;
  if (!known)
    return written; // none, or a name that is refused when it is read
  const auto origin = std::make_shared<const yaml_origin>(yaml_origin{"preset " + name->text, {}});
  auto all = parse_yaml(known->yaml, origin);
  if (!all)
    return all;
  if (auto checked = check_version(*all); !checked)
    return tl::unexpected{checked.error()};
  if (const auto found = find_contradiction(*all, written, ""))
    return tl::unexpected{refusal(found->written->where,
                                  found->path + " is " + found->has + ", but the preset " + name->text + " ("
                                    + to_string(chosen->node.where) + ") sets it to " + found->wants
                                    + ": it would not be that system",
                                  "leave it out, or leave out the preset")};
  merge(*all, std::move(written));
  return all;
}

} // namespace

result<yaml_node> stack_layers(std::span<const std::filesystem::path> files,
                               std::span<const std::string> overrides, const environment& outside) {
  yaml_node all{{}, yaml_node::map{}};
  for (const auto& file : files) {
    auto layer = read_layer(file, outside);
    if (!layer)
      return tl::unexpected{layer.error()};
    merge(all, std::move(*layer));
  }
  if (auto added = add_variables(all, outside); !added)
    return tl::unexpected{added.error()};
  if (auto added = add_overrides(all, overrides, outside); !added)
    return tl::unexpected{added.error()};
  return lay_preset_beneath(std::move(all));
}

} // namespace ecco

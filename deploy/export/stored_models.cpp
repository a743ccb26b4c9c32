// SPDX-License-Identifier: Apache-2.0
#include "deploy/export/stored_models.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "runtime/store/zoo_shelf.hpp"

namespace ecco {

namespace {

namespace fs = std::filesystem;

constexpr auto models_folder = "models";

bool is_meant(const revision& one, const model_choice& choice) {
  const auto was_given = [&](const camera_id& camera) {
    return std::ranges::find(one.deployed, camera) != one.deployed.end();
  };
  return (!choice.revision || one.model.revision == *choice.revision)
         && (!choice.group || one.group == *choice.group) && (!choice.camera || was_given(*choice.camera));
}

std::string text_of(const model_choice& choice) {
  std::string out = choice.revision ? "model revision " + std::to_string(*choice.revision) : "model";
  if (choice.group)
    out += " of group " + to_string(*choice.group);
  if (choice.camera)
    out += " of camera " + choice.camera->value;
  return out;
}

} // namespace

result<group_id> parse_group(std::string_view text) {
  const auto digits = text.starts_with("g-") ? text.substr(2) : text;
  group_id out;
  const auto* end = digits.data() + digits.size();
  const auto [stop, failure] = std::from_chars(digits.data(), end, out.value);
  if (failure != std::errc{} || stop != end || out.value == 0)
    return fail(ec::invalid_argument, "'" + std::string{text} + "' is no group", "write 7 or g-0007");
  return out;
}

result<stored_models> list_models(const fs::path& state) {
  std::error_code ignored;
  if (!fs::is_directory(state, ignored))
    return fail(ec::not_found, state.string() + ": there is no such folder",
                "it is server.state of the configuration");
  // Not made here when it is missing, as a server would.
  if (!fs::is_directory(state / models_folder, ignored))
    return fail(ec::not_found, state.string() + ": there are no models in it",
                "is it a server's state folder?");
  auto store = open_revision_store(state / models_folder);
  if (!store)
    return tl::unexpected{store.error()};
  auto known = (*store)->list();
  if (!known)
    return tl::unexpected{known.error()};
  if (known->empty())
    return fail(ec::not_found, state.string() + ": there are no models in it",
                "is it a server's state folder?");
  auto shelf = open_zoo_shelf(state / models_folder)->load();
  if (!shelf)
    return tl::unexpected{shelf.error()};
  stored_models out{std::move(*known), {}};
  for (const auto& one : shelf->experts)
    out.zoo.insert(one.revision);
  return out;
}

result<stored_model> load_stored_model(const fs::path& state, const model_choice& choice) {
  const auto known = list_models(state);
  if (!known)
    return tl::unexpected{known.error()};
  const auto found = std::find_if(known->revisions.rbegin(), known->revisions.rend(),
                                  [&](const revision& one) { return is_meant(one, choice); });
  if (found == known->revisions.rend())
    return fail(ec::not_found, state.string() + ": there is no " + text_of(choice),
                "`ecco model export " + state.string() + "` lists those there are");
  auto store = open_revision_store(state / models_folder);
  if (!store)
    return tl::unexpected{store.error()};
  auto weights = (*store)->load(found->model);
  if (!weights)
    return tl::unexpected{weights.error()};
  return stored_model{*found, std::move(*weights)};
}

} // namespace ecco

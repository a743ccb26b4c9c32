// SPDX-License-Identifier: Apache-2.0
#include "runtime/store/revisions.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "messages/sha256.hpp"
#include "runtime/store/synced_file.hpp"

namespace ecco {

namespace {

namespace fs = std::filesystem;
using json = nlohmann::json;

constexpr auto weights_name = "weights.safetensors";
constexpr auto manifest_name = "manifest.json";
/// No student of ours comes near it; a larger file is not one.
constexpr std::uintmax_t most_weight_bytes = 1u << 30;

std::string folder_name(std::uint32_t number) {
  char text[16];
  std::snprintf(text, sizeof text, "%06u", number);
  return text;
}

json to_manifest(const revision& one) {
  auto deployed = json::array();
  for (const auto& camera : one.deployed)
    deployed.push_back(camera.value);
  auto accuracy = json::object();
  for (const auto& [camera, score] : one.accuracy)
    if (std::isfinite(score))
      accuracy[camera.value] = score;
  return {{"revision", one.model.revision}, {"sha256", one.model.sha256},     {"parent", one.parent},
          {"group", one.group.value},       {"window", one.window},           {"deployed", std::move(deployed)},
          {"classes", one.student.classes}, {"input", {one.student.input_width, one.student.input_height}},
          {"accuracy", std::move(accuracy)}};
}

result<void> write_manifest(const fs::path& path, const revision& one) {
  const auto text = to_manifest(one).dump(2) + "\n";
  return write_synced(path, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

/// What manifests of earlier versions lack.
void read_what_is_new(revision& one, const json& root) {
  if (!root.contains("classes"))
    return;
  one.student.classes = root.at("classes").get<std::vector<std::string>>();
  one.student.input_width = root.at("input").at(0).get<std::uint16_t>();
  one.student.input_height = root.at("input").at(1).get<std::uint16_t>();
  for (const auto& [camera, score] : root.at("accuracy").items())
    one.accuracy[camera_id{camera}] = score.get<double>();
}

std::optional<revision> from_manifest(const bytes& text) {
  const auto root = json::parse(text, nullptr, false);
  if (!root.is_object())
    return std::nullopt;
  try {
    revision one;
    one.model.revision = root.at("revision").get<std::uint32_t>();
    one.model.sha256 = root.at("sha256").get<std::string>();
    one.parent = root.at("parent").get<std::uint32_t>();
    one.group.value = root.at("group").get<std::uint32_t>();
    one.window = root.at("window").get<window_number>();
    for (const auto& camera : root.at("deployed"))
      one.deployed.emplace_back(camera.get<std::string>());
    read_what_is_new(one, root);
    return one;
  } catch (const json::exception&) {
    return std::nullopt; // damaged: not listed
  }
}

std::optional<revision> read_manifest(const fs::path& folder) {
  const auto text = read_file(folder / manifest_name, 1u << 20);
  return text ? from_manifest(*text) : std::nullopt;
}

tl::unexpected<error> no_such(const model_ref& model) {
  return fail(ec::not_found, "there is no model revision " + std::to_string(model.revision));
}

class folder_store : public revision_store {
 public:
  explicit folder_store(fs::path folder) : folder_(std::move(folder)) {}

  result<std::vector<revision>> list() override {
    std::vector<revision> out;
    std::error_code failure;
    for (const auto& entry : fs::directory_iterator{folder_, failure}) {
      auto one = read_manifest(entry.path());
      if (one && entry.path().filename() == folder_name(one->model.revision) && load(one->model))
        out.push_back(std::move(*one));
    }
    if (failure)
      return fail(ec::io_failed, folder_.string() + " cannot be read: " + failure.message());
    std::sort(out.begin(), out.end(),
              [](const auto& a, const auto& b) { return a.model.revision < b.model.revision; });
    return out;
  }

  result<void> save(const revision& added, const blob& weights) override {
    const auto name = folder_name(added.model.revision);
    const auto draft = folder_ / (name + ".part");
    std::error_code failure;
    fs::remove_all(draft, failure);
    fs::create_directory(draft, failure);
    if (failure)
      return fail(ec::io_failed, draft.string() + " cannot be made: " + failure.message());
    auto written = write_synced(draft / weights_name, weights.view()).and_then([&] {
      return write_manifest(draft / manifest_name, added);
    });
    if (!written) {
      fs::remove_all(draft, failure);
      return written;
    }
    sync_folder(draft);
    fs::rename(draft, folder_ / name, failure);
    if (failure)
      return fail(ec::io_failed, (folder_ / name).string() + " cannot be made: " + failure.message(),
                  "is another server using this folder?");
    sync_folder(folder_);
    return {};
  }

  result<void> update(const revision& changed) override {
    const auto folder = folder_ / folder_name(changed.model.revision);
    const auto known = read_manifest(folder);
    if (!known || known->model != changed.model)
      return no_such(changed.model);
    const auto draft = folder / (std::string{manifest_name} + ".part");
    std::error_code failure;
    if (auto written = write_manifest(draft, changed); !written) {
      fs::remove(draft, failure);
      return written;
    }
    fs::rename(draft, folder / manifest_name, failure);
    if (failure)
      return fail(ec::io_failed, (folder / manifest_name).string() + " cannot be replaced: " + failure.message());
    sync_folder(folder);
    return {};
  }

  result<blob> load(const model_ref& model) override {
    const auto path = folder_ / folder_name(model.revision) / weights_name;
    auto data = read_file(path, most_weight_bytes);
    if (!data)
      return fail(ec::io_failed, path.string() + " cannot be read");
    if (sha256_hex(*data) != model.sha256)
      return fail(ec::malformed_data, path.string() + " is not what was written: its SHA-256 differs",
                  "remove the folder; cameras go on with an earlier revision");
    return blob{std::move(*data)};
  }

 private:
  fs::path folder_;
};

class memory_store : public revision_store {
 public:
  result<std::vector<revision>> list() override {
    std::vector<revision> out;
    for (const auto& [number, kept] : kept_)
      out.push_back(kept.first);
    return out;
  }

  result<void> save(const revision& added, const blob& weights) override {
    kept_[added.model.revision] = {added, weights};
    return {};
  }

  result<void> update(const revision& changed) override {
    const auto found = kept_.find(changed.model.revision);
    if (found == kept_.end() || found->second.first.model != changed.model)
      return no_such(changed.model);
    found->second.first = changed;
    return {};
  }

  result<blob> load(const model_ref& model) override {
    const auto found = kept_.find(model.revision);
    if (found == kept_.end() || found->second.first.model != model)
      return no_such(model);
    return found->second.second;
  }

 private:
  std::map<std::uint32_t, std::pair<revision, blob>> kept_;
};

} // namespace

result<std::unique_ptr<revision_store>> open_revision_store(const std::filesystem::path& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure)
    return fail(ec::io_failed, folder.string() + " cannot be made: " + failure.message(), "set server.state");
  return std::make_unique<folder_store>(folder);
}

std::unique_ptr<revision_store> make_memory_store() {
  return std::make_unique<memory_store>();
}

} // namespace ecco

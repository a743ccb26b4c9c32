// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "messages/model.hpp"

namespace ecco {

/// What weights do not say of themselves. Nothing is known of those that an earlier ecco wrote.
struct student_traits {
  /// Names of its classes, in their order.
  std::vector<std::string> classes{};
  /// Of the network, in pixels.
  std::uint16_t input_width = 0, input_height = 0;

  friend bool operator==(const student_traits&, const student_traits&) = default;
};

/// What is known of one set of weights besides the weights.
struct revision {
  model_ref model;
  /// Revision its training began from; 0 for the first.
  std::uint32_t parent = 0;
  /// Group and window that made it; 0 for the first.
  group_id group;
  window_number window = 0;
  /// Cameras that were given it and did not go back: a camera runs the last revision that names it.
  std::vector<camera_id> deployed;
  student_traits student{};
  /// mAP@0.5 of those it was made for, on their held-out frames, when it was judged;
  /// not of one where there was no object.
  std::map<camera_id, double> accuracy{};

  friend bool operator==(const revision&, const revision&) = default;
};

/// Keeps model revisions: each is written completely, then it exists.
class revision_store {
 public:
  virtual ~revision_store() = default;

  /// All complete revisions in ascending order. Incomplete or damaged ones are left where they are and not listed.
  virtual result<std::vector<revision>> list() = 0;

  /// Writes one; on error nothing of it is listed.
  virtual result<void> save(const revision& added, const blob& weights) = 0;

  /// Rewrites what is known of a revision besides its weights; on error nothing has changed.
  /// @returns `not_found` when there is no such revision
  virtual result<void> update(const revision& changed) = 0;

  /// Reads the weights back; they are what their SHA-256 says or an error.
  virtual result<blob> load(const model_ref& model) = 0;
};

/// One folder a revision, `models/000007/{weights.safetensors,manifest.json}`: written beside and renamed into
/// place, synced, so that a crash leaves either all or nothing; a manifest alone is rewritten the same way.
result<std::unique_ptr<revision_store>> open_revision_store(const std::filesystem::path& folder);

/// For virtual time: gone with the process.
std::unique_ptr<revision_store> make_memory_store();

} // namespace ecco

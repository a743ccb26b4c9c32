// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "deploy/world/label_files.hpp"
#include "runtime/world/address.hpp"

namespace ecco {

/// Which cameras, and when. A camera is given as in its address, without "world:": `downtown-1?rain=1@5`.
struct world_request {
  std::vector<std::string> cameras;
  /// Seconds of the world.
  std::vector<double> at{0};
  std::optional<std::uint64_t> seed;
  /// Length of what is rendered, and pictures a second.
  double seconds = 10;
  std::optional<double> fps;
  std::optional<label_format> labels;
  std::filesystem::path out;
  bool boxes = false;
  int columns = 0;
};

/// What was written.
struct world_result {
  std::vector<std::string> files;
  std::size_t pictures = 0;
  /// Labelled objects by class name.
  std::map<std::string, std::size_t> objects;
};

/// Is told how many pictures of how many are done.
using world_progress = std::function<void(std::size_t done, std::size_t all)>;

/// Every camera at every moment, on one sheet of pictures: a PNG at `out`.
result<world_result> show_world(const world_request& asked);

/// A video of each camera, and labels and pictures where `labels` asks for them. With one camera they lie in
/// `out`, with several in `out`/NAME.
result<world_result> render_world(const world_request& asked, const world_progress& progress);

} // namespace ecco

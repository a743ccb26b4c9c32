// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "config/settings.hpp"
#include "deploy/report/profile_log.hpp"
#include "runtime/learn/learner.hpp"

namespace ecco {

/// Which part of a camera's stream is profiled, by stream time.
struct profile_scene {
  camera_id camera;
  duration from{}, length = std::chrono::seconds{60};
};

/// Asked between pieces of work of a second or two; false stops.
using may_go_on = std::function<bool()>;

/// Trains a camera's student with one sampling configuration after the other, as the system would: frames of the
/// training parts of the scene are sampled at f, encoded at q and the configured bit rate, decoded, and labelled by the
/// teacher; then the student learns from them until its part of the device's time is over, labelling included (decision
/// 39). It is scored on the held-out parts, which are the same for all runs: full size, not compressed.
class profiler {
 public:
  /// Reads the scene, and has its held-out frames labelled.
  /// @returns `invalid_argument` for a scene without training or held-out frames or of more than 2 GiB of pictures;
  ///          whatever the source, the teacher and the device say; `unavailable` when stopped.
  static result<std::unique_ptr<profiler>> make(const settings& from, const profile_scene& scene,
                                                const may_go_on& go_on);

  /// A student that knows the world before the scene: trained for `length` on what the camera showed then, from the
  /// weights the settings name.
  result<blob> learn_before(duration length, const may_go_on& go_on);

  /// One configuration, whose frames are prepared once and serve runs of every budget.
  /// @returns `unavailable` when stopped
  result<void> prepare(const sampling_choice& choice, const may_go_on& go_on);

  /// Trains from `base` with what was prepared last.
  /// @param devices part of one device's time
  result<profile_record> run(const blob& base, double devices, const may_go_on& go_on);

 private:
  struct shown_frame {
    duration media_time{}, stream_time{};
    image picture;
  };

  profiler(const settings& from, const profile_scene& scene, std::unique_ptr<learner> device)
      : settings_(from), scene_(scene), device_(std::move(device)) {}

  result<void> read_scene(const may_go_on& go_on);
  result<std::vector<labelled_frame>> compress(const sampling_choice& choice);
  result<double> label(std::vector<labelled_frame>& frames, const may_go_on& go_on);
  result<train_report> train(const blob& start, std::vector<labelled_frame> frames, duration length,
                             const may_go_on& go_on);

  settings settings_;
  profile_scene scene_;
  std::unique_ptr<learner> device_;
  std::vector<shown_frame> training_;
  std::vector<labelled_frame> before_, held_out_;
  /// What was prepared last.
  sampling_choice choice_;
  std::vector<labelled_frame> frames_;
  double labelling_ = 0;
  std::uint32_t runs_ = 0;
};

} // namespace ecco

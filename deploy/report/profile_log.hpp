// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "runtime/policy/sampling_table.hpp"

namespace ecco {

/// One training run of the profiler.
struct profile_record {
  /// Part of one device's time, (0, 1].
  double devices = 0;
  sampling_choice choice;
  /// mAP@0.5 on held-out frames, [0, 1], NaN when they show no object; and its standard error.
  double accuracy = 0, standard_error = 0;
  /// Frames that were labelled and trained on; images trained, repetitions counted; their pixels in the network's
  /// input.
  std::uint32_t frames = 0, images = 0;
  std::uint64_t pixels = 0;
  /// Seconds of device time.
  double labelling = 0, training = 0;

  friend bool operator==(const profile_record&, const profile_record&) = default;
};

/// What the results depend on, by name: runs of other circumstances are not to be mixed with them.
using profile_facts = std::map<std::string, std::string>;

/// The results file of a profile: a line of JSON for its facts, then one a finished run, each on the disk before the
/// next begins. Killed anywhere, it lacks the run in progress at most: a last line that is not whole is cut off.
class profile_log {
 public:
  /// Opens `file`, or begins it.
  /// @returns `invalid_argument` when it is of other facts, `malformed_data` with the line for what is no results file,
  ///          `unavailable` while another process writes to it, `io_failed`.
  static result<profile_log> open(const std::filesystem::path& file, const profile_facts& facts);

  profile_log(profile_log&& other) noexcept;
  profile_log& operator=(profile_log&&) = delete;
  ~profile_log();

  result<void> append(const profile_record& run);
  std::span<const profile_record> runs() const { return runs_; }
  bool has(double devices, const sampling_choice& choice) const;

 private:
  profile_log(std::filesystem::path file, int descriptor) : file_(std::move(file)), descriptor_(descriptor) {}

  result<void> read(const profile_facts& facts);
  result<void> write(std::string line);

  std::filesystem::path file_;
  int descriptor_;
  std::vector<profile_record> runs_;
};

/// Pixels that a device trains on in a second, over all runs; 0 when none trained.
double pixel_rate_of(std::span<const profile_record> runs);

/// The camera's table by these runs.
sampling_table table_of(std::span<const profile_record> runs);

/// A run as one line of JSON; an accuracy that is not known is null.
std::string to_json(const profile_record& run);

} // namespace ecco

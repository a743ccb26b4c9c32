// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "messages/ids.hpp"

namespace ecco {

/// One who wants a part of something, in proportion to `weight` (> 0) but never more than `cap`.
struct claim {
  double weight = 1;
  std::optional<double> cap;
};

/// Divides `total` by weight; what a cap leaves over goes to the others by weight (max-min, "water filling"). What
/// nobody may take stays undivided. The order of the claims does not matter, to the last bit.
std::vector<double> fill(double total, std::span<const claim> claims);

struct correction_options {
  /// How far one correction follows what was measured: it multiplies by clamp(wanted / measured, least, most)^power.
  double least = 0.5, most = 2, power = 0.7;
  /// A camera's correction stays within this factor of 1, either way.
  double widest = 32;
  /// Raised so far above where it was best, without bringing more than `gained` of that, a camera is limited
  /// elsewhere: by its own link, or by what it has to send.
  double in_vain = 2.5, gained = 1.15;
};

/// The server's part of the corrected rate law: it sees what arrives of every camera, and corrects the weights until
/// the shares are those wanted, whatever rule the network loses packets by (algorithms.md, section 5). A camera
/// that its own link holds back is left alone, and what it cannot take is wanted for the others.
class share_correction {
 public:
  explicit share_correction(const correction_options& options = {}) : options_(options) {}

  /// Who competes, and by which weight (p_j / n_j); replaces all earlier ones. Weights that are not finite and
  /// positive are left out. What was learnt of a camera that stays is kept.
  void set_weights(const std::map<camera_id, double>& weights);

  /// Bits a second that arrived of each camera since the last correction; of one not named nothing did.
  void correct(const std::map<camera_id, double>& measured);

  struct standing {
    /// Parts of the whole, wanted and as last measured.
    double wanted = 0, measured = 0;
    /// Additive increase in those of a Reno flow. Its mean over the cameras is 1.
    double increase = 1;
    bool limited = false;
  };
  std::map<camera_id, standing> standings() const;

 private:
  struct camera {
    double weight = 1, correction = 1, measured = 0;
    /// The most that arrived, and the correction that brought it.
    double best = 0, best_at = 1;
    /// Bits a second beyond which it cannot go, when that is known.
    std::optional<double> limit;
  };

  void look_for_limit(camera& one, double wanted) const;
  std::vector<double> wanted() const;

  correction_options options_;
  std::map<camera_id, camera> cameras_;
};

} // namespace ecco

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "actors/interfaces.hpp"

namespace ecco {

/// What a micro-window is trained with.
struct training_terms {
  allocator_actor allocator;
  micro_window_grant grant;
  /// The order in whole, and with only what came since the last one.
  train_order whole, fresh;
  /// Workers of the last grant, in its order, that keep the state `whole.base` and all samples but the fresh ones; none
  /// when nobody does.
  std::vector<worker_id> keepers;
};

/// One micro-window's training, on one worker or on all that the grant names: each is sent its order, and whoever forgot
/// the job is sent all of it. Whatever one worker fails in is lost for all. Done when all have answered, so that none is
/// still at it when the next begins.
class training_round : public std::enable_shared_from_this<training_round> {
 public:
  /// Hears rank 0's report, with the time that all ranks spent.
  using callback = std::function<void(result<train_report>&)>;

  /// Begins to ask. `done` is called once, from `self`'s handlers.
  static void begin(group_job_actor::pointer self, training_terms terms, callback done);

 private:
  training_round(group_job_actor::pointer self, training_terms terms, callback done);

  bool keeps_state(std::size_t rank) const;
  void send(std::size_t rank, bool whole);
  void trained(std::size_t rank, train_report& report);
  void failed(std::size_t rank, bool whole, error why);
  void one_less();

  group_job_actor::pointer self_;
  training_terms terms_;
  callback done_;
  std::vector<worker_id> workers_;
  std::size_t outstanding_ = 0;
  time_spent spent_;
  std::optional<train_report> report_;
  std::optional<error> failure_;
};

} // namespace ecco

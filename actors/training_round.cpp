// SPDX-License-Identifier: Apache-2.0
#include "actors/training_round.hpp"

#include <algorithm>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/failure.hpp"

namespace ecco {

namespace {

/// On top of the slice: moving the state, and the work the device had before.
constexpr duration train_patience = std::chrono::seconds{25};

} // namespace

training_round::training_round(group_job_actor::pointer self, training_terms terms, callback done)
    : self_(self), terms_(std::move(terms)), done_(std::move(done)), workers_{terms_.grant.worker} {
  workers_.insert(workers_.end(), terms_.grant.others.begin(), terms_.grant.others.end());
  outstanding_ = workers_.size();
}

void training_round::begin(group_job_actor::pointer self, training_terms terms, callback done) {
  const std::shared_ptr<training_round> one{new training_round{self, std::move(terms), std::move(done)}};
  for (std::size_t rank = 0; rank < one->workers_.size(); ++rank)
    one->send(rank, !one->keeps_state(rank));
}

/// Rank 0 keeps the state itself, the others only samples: who had the one part lacks something in the other.
bool training_round::keeps_state(std::size_t rank) const {
  const auto& keepers = terms_.keepers;
  const auto found = std::find(keepers.begin(), keepers.end(), workers_[rank]);
  return found != keepers.end() && !found->value.empty() && (found == keepers.begin()) == (rank == 0);
}

void training_round::send(std::size_t rank, bool whole) {
  auto order = whole ? terms_.whole : terms_.fresh;
  order.worker = workers_[rank];
  if (workers_.size() > 1)
    order.together = {terms_.grant.token, static_cast<std::uint16_t>(rank),
                      static_cast<std::uint16_t>(workers_.size())};
  if (rank > 0)
    order.checkpoint = {}; // rank 0 passes it on
  self_->request(terms_.allocator, order.slice + train_patience, std::move(order))
    .then([one = shared_from_this(), rank](train_report& report) { one->trained(rank, report); },
          [one = shared_from_this(), rank, whole](const caf::error& failure) {
            one->failed(rank, whole, from_caf(failure));
          });
}

void training_round::trained(std::size_t rank, train_report& report) {
  spent_.training += report.spent.training;
  spent_.evaluation += report.spent.evaluation;
  spent_.other += report.spent.other;
  if (rank == 0)
    report_ = std::move(report);
  one_less();
}

void training_round::failed(std::size_t rank, bool whole, error why) {
  if (why.code == ec::stale && !whole)
    return send(rank, true);
  // What went wrong in one is `unavailable` to those who waited for it.
  if (!failure_ || failure_->code == ec::unavailable)
    failure_ = std::move(why);
  one_less();
}

void training_round::one_less() {
  if (--outstanding_ > 0)
    return;
  result<train_report> outcome;
  if (failure_) {
    outcome = tl::unexpected{*failure_};
  } else {
    report_->spent = spent_;
    outcome = std::move(*report_);
  }
  done_(outcome);
}

} // namespace ecco

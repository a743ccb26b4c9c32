// SPDX-License-Identifier: Apache-2.0
#include "actors/cross_evaluation.hpp"

#include <memory>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

namespace ecco {

namespace {

/// Training goes on meanwhile, and each order waits for it.
constexpr duration patience = std::chrono::seconds{120};

struct round {
  std::function<void(const std::vector<cross_evaluation>&)> done;
  std::size_t outstanding = 0;
  std::vector<cross_evaluation> scores;

  void one_less() {
    if (--outstanding == 0)
      done(scores);
  }
};

} // namespace

void evaluate_crosswise(grouper_actor::pointer self, const std::vector<group_pair>& pairs,
                        std::function<void(const std::vector<cross_evaluation>&)> done) {
  const auto all = std::make_shared<round>(round{std::move(done), 2 * pairs.size(), {}});
  const auto try_on = [&](const group_pair::side& model, const group_pair::side& members) {
    self->request(model.job, patience, eval_order{}, scorer_actor{members.job})
      .then(
        [all, of = model.group](const eval_report& report) {
          for (const auto& score : report.scores)
            all->scores.push_back({of, score});
          all->one_less();
        },
        [all](const caf::error&) { all->one_less(); });
  };
  for (const auto& [first, second] : pairs) {
    try_on(first, second);
    try_on(second, first);
  }
}

} // namespace ecco

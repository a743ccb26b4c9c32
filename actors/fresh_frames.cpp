// SPDX-License-Identifier: Apache-2.0
#include "actors/fresh_frames.hpp"

#include <iterator>
#include <memory>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

namespace ecco {

namespace {

constexpr duration subsample_patience = std::chrono::seconds{30};

struct collection {
  std::function<void(std::vector<labelled_frame>)> done;
  std::size_t outstanding = 0;
  std::vector<std::vector<labelled_frame>> by_source;

  void one_less() {
    if (--outstanding > 0)
      return;
    std::vector<labelled_frame> all;
    for (auto& frames : by_source)
      std::ranges::move(frames, std::back_inserter(all));
    done(std::move(all));
  }
};

} // namespace

void gather_frames(grouper_actor::pointer self, const std::vector<ingest_actor>& sources, const subsample_order& what,
                   std::function<void(std::vector<labelled_frame>)> done) {
  const auto all = std::make_shared<collection>(
    collection{std::move(done), sources.size(), std::vector<std::vector<labelled_frame>>(sources.size())});
  for (std::size_t i = 0; i < sources.size(); ++i)
    self->request(sources[i], subsample_patience, what)
      .then(
        [all, i](sample_batch& batch) {
          all->by_source[i] = std::move(batch.frames);
          all->one_less();
        },
        [all](const caf::error&) { all->one_less(); });
}

} // namespace ecco

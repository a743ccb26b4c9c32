// SPDX-License-Identifier: Apache-2.0
// Cameras that say hello, and what is known of their groups from before the server started.
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/clock.hpp"
#include "actors/failure.hpp"
#include "actors/grouper.hpp"
#include "runtime/base/event_ids.hpp"

namespace ecco {

namespace {

constexpr duration store_patience = std::chrono::seconds{10};
/// Cameras that start together get this long to say hello before the bootstrap begins without the rest.
constexpr duration muster = std::chrono::seconds{3};

} // namespace

void grouper_state::camera_there(const camera_hello& hello, const camera_actor& device, const ingest_actor& video) {
  cameras[hello.camera] = {hello, device, video};
  if (const auto seat = policy.take_seat(hello.camera); seat && !jobs.contains(*seat)
                                                        && policy.groups().at(*seat).members.size() == 1)
    return reopen(*seat, hello.camera);
  policy.moved(hello.camera, hello.place);
  if (const auto group = policy.group_of(hello.camera)) {
    if (!jobs.contains(*group))
      return; // it is being reopened, and all who are there then enter it
    enter(hello.camera, *group, regroup_kind::joined, "back after a break");
    resized(*group);
  } else if (config.bootstrap > duration::zero() && !bootstrap_begun) {
    bootstrap_begun = true;
    self->delayed_send(self, muster, due_atom_v);
  }
}

void grouper_state::reopen(group_id group, const camera_id& first) {
  self->request(models, store_patience, model_query{0, first})
    .then(
      [this, group](const model_update& initial) {
        const auto found = policy.groups().find(group);
        if (found == policy.groups().end() || jobs.contains(group))
          return; // it ended, or others reopened it, meanwhile
        start_job(group, initial, {});
        for (const auto& [camera, member] : found->second.members)
          enter(camera, group, regroup_kind::joined, "it was in it before the server started anew");
        resized(group);
      },
      [this, group](const caf::error& failure) { end_group(group, render(from_caf(failure))); });
}

void grouper_state::keep_seats() {
  if (bootstrap_group)
    return; // a server that starts anew bootstraps anew
  if (auto kept = config.store->save(policy.keep(now(self), window)); !kept)
    tell(event_id::seats_unkept, {}, {}, "a server that starts anew will not know: " + render(kept.error()));
}

} // namespace ecco

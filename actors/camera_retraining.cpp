// SPDX-License-Identifier: Apache-2.0
// A camera notices drift, asks to be retrained, and takes on what was learnt.
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/camera.hpp"
#include "actors/clock.hpp"
#include "actors/failure.hpp"
#include "runtime/base/event_ids.hpp"

namespace ecco {

namespace {

constexpr duration request_patience = std::chrono::seconds{90};
constexpr duration ask_again_after = std::chrono::seconds{2};

double smooth(double old, double now) {
  return old + 0.1 * (now - old);
}

} // namespace

void camera_state::watch(std::span<const detection> seen) {
  auto observed = observe(seen);
  status.confidence = smooth(status.confidence, observed.confidence);
  status.objects = smooth(status.objects, observed.count);
  if (grouped || asked || model.revision == 0 || !desk)
    return;
  if (looks_at_features(config.drift.kind))
    observed.features = eye->features();
  const auto alarm = drift->add(observed);
  status.drift_score = drift->score();
  if (!alarm)
    return;
  noticed = now(self);
  tell(event_id::drift_detected, drift->score(), drift->cause());
  ask({request_id{config.process.value ^ next_request++}, config.camera, status.place.value_or(config.place), {},
       request_reason::drift, model});
}

void camera_state::ask(const retrain_request& request) {
  asked = request;
  if (!desk)
    return; // asked again with the same id when the server is back
  auto with_age = request;
  with_age.age = now(self) - noticed;
  tell(event_id::request_sent, seconds_of(with_age.age));
  self->request(desk, request_patience, with_age)
    .then(
      [this](const request_answer& answered) {
        asked.reset();
        if (answered.group == group_id{}) // a false alarm: what is seen now is the new normal
          drift->reset();
      },
      [this, request](const caf::error&) { self->delayed_send(self, ask_again_after, due_atom_v, request); });
}

caf::result<model_ack> camera_state::load(const model_update& update) {
  if (!eye) {
    auto promise = self->make_response_promise<model_ack>();
    early.emplace(update, promise);
    return promise;
  }
  if (auto loaded = eye->load(update.weights); !loaded)
    return to_caf(loaded.error());
  return adopt(update.model);
}

model_ack camera_state::adopt(const model_ref& loaded) {
  model = loaded;
  status.model = model;
  drift->reset();
  return {config.camera, model};
}

} // namespace ecco

// SPDX-License-Identifier: Apache-2.0
#include "actors/stand_ins.hpp"

#include <utility>

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/failure.hpp"

namespace ecco {

namespace {

constexpr duration label_patience = std::chrono::seconds{60};
constexpr duration eval_patience = std::chrono::seconds{60};
constexpr duration train_patience = std::chrono::seconds{25};
constexpr duration update_patience = std::chrono::seconds{60};

template <class Answer, class Self, class Message>
caf::result<Answer> carry(Self* self, const courier_actor& carrier, duration patience, Message message) {
  auto promise = self->template make_response_promise<Answer>();
  self
    ->request(carrier, patience, parcel{std::make_shared<const envelope>(std::move(message)), patience})
    .then(
      [promise](const parcel& back) mutable {
        if (const auto* answered = std::get_if<Answer>(back.message.get()))
          promise.deliver(*answered);
        else if (const auto* failure = std::get_if<error>(back.message.get()))
          promise.deliver(to_caf(*failure));
        else
          promise.deliver(to_caf({ec::malformed_data, "the other node answered with another kind of message", {}}));
      },
      [promise](const caf::error& failure) mutable { promise.deliver(failure); });
  return promise;
}

template <class Message>
void carry_only(const courier_actor& carrier, Message message) {
  caf::anon_send(carrier, parcel{std::make_shared<const envelope>(std::move(message)), {}});
}

/// A stand-in without its courier speaks for nobody.
template <class Self>
void end_with(Self* self, const courier_actor& carrier) {
  self->set_down_handler([self](const caf::down_msg& down) { self->quit(down.reason); });
  self->monitor(carrier);
}

} // namespace

gpu_worker_actor::behavior_type remote_worker(gpu_worker_actor::pointer self, courier_actor carrier) {
  end_with(self, carrier);
  return {
    [=](label_order& order) { return carry<labels>(self, carrier, label_patience, std::move(order)); },
    [=](train_order& order) {
      const auto patience = order.slice + train_patience;
      return carry<train_report>(self, carrier, patience, std::move(order));
    },
    [=](eval_order& order) { return carry<eval_report>(self, carrier, eval_patience, std::move(order)); },
    [=](const job_ended& ended) { carry_only(carrier, ended); },
    [](due_atom) {},
  };
}

camera_actor::behavior_type remote_camera(camera_actor::pointer self, courier_actor carrier) {
  end_with(self, carrier);
  return {
    [=](model_update& update) { return carry<model_ack>(self, carrier, update_patience, std::move(update)); },
    [=](const gpu_share& share) { carry_only(carrier, share); },
    [=](const sampling_plan& plan) { carry_only(carrier, plan); },
    [=](const rate_plan& plan) { carry_only(carrier, plan); },
    [=](const regroup_event& changed) { carry_only(carrier, changed); },
    // Its own node tells the camera of servers, and only itself of what is due.
    [](const camera_welcome&, const request_desk_actor&, const telemetry_actor&) {},
    [](adrift_atom) {},
    [](due_atom) {},
    [](due_atom, const retrain_request&) {},
  };
}

} // namespace ecco

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <type_traits>
#include <variant>

#include <caf/error.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/type_id.hpp>

#include "messages/envelope.hpp"

namespace ecco {

template <class T, class Variant>
inline constexpr bool is_alternative = false;
template <class T, class... Ts>
inline constexpr bool is_alternative<T, std::variant<Ts...>> = (std::is_same_v<T, Ts> || ...);

/// One of the structs in messages/. CAF carries each as a single byte vector that holds its Cap'n Proto
/// encoding, so CAF's own serialiser (whose floats are broken in 0.17) never sees a field.
template <class T>
concept wire_message = is_alternative<T, envelope>;

/// Decodes `data` into `target`, which must already hold the expected alternative.
caf::error decode_expecting(const bytes& data, envelope& target);

bytes encode_for_wire(const envelope& message);

/// CAF's hook for every message type.
template <class Inspector, wire_message T>
typename Inspector::result_type inspect(Inspector& f, T& x) {
  if constexpr (std::is_void_v<typename Inspector::result_type>) {
    f(caf::meta::type_name("message"));
  } else if constexpr (Inspector::writes_state) {
    bytes data;
    if (auto failure = f(data))
      return failure;
    envelope target{std::in_place_type<T>};
    if (auto failure = decode_expecting(data, target))
      return failure;
    x = std::get<T>(std::move(target));
    return caf::none;
  } else {
    auto data = encode_for_wire(envelope{x});
    return f(data);
  }
}

} // namespace ecco

CAF_BEGIN_TYPE_ID_BLOCK(ecco_messages, first_custom_type_id)
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::error))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::retrain_request))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::request_answer))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::subsample_order))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::join_order))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::leave_order))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::regroup_event))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::job_started))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::job_ended))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::window_closed))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::gpu_share))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::sampling_plan))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::encoded_segment))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::sample_batch))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::label_order))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::labels))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::micro_window_grant))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::micro_window_report))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::train_order))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::train_report))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::eval_order))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::eval_report))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::model_update))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::model_ack))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::model_candidate))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::gate_verdict))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::model_query))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::rollback_order))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::camera_hello))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::camera_welcome))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::worker_hello))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::worker_welcome))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::chunk))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::chunk_ack))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::camera_status))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::arrival_report))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::event))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::status_query))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::status_report))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::inject_order))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::inject_answer))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::expert_query))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::archive_order))
  CAF_ADD_TYPE_ID(ecco_messages, (ecco::rate_plan))
CAF_END_TYPE_ID_BLOCK(ecco_messages)

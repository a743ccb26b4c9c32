// SPDX-License-Identifier: Apache-2.0
#include "actors/spoken.hpp"

#include <typeindex>
#include <unordered_map>
#include <utility>

#include <caf/all.hpp>

#include "actors/failure.hpp"
#include "actors/interfaces.hpp"
#include "messages/codec.hpp"

namespace ecco {

namespace {

using name_source = std::function<std::string(const caf::strong_actor_ptr&)>;
using part_reader = void (*)(const void* part, recorded_message& to, const name_source& name_of);

void say(recorded_message& to, const std::string& what) {
  to.detail += (to.detail.empty() ? "" : " ") + what;
}

/// The first part names the whole, but an atom comes before all.
void call(recorded_message& to, std::string_view kind) {
  if (to.kind.empty())
    to.kind = kind;
}

template <class T>
void read_message(const void* part, recorded_message& to, const name_source&) {
  if (to.message)
    return say(to, "and another message");
  to.message = *static_cast<const T*>(part);
  call(to, kind_of(*to.message));
}

void read_parcel(const void* part, recorded_message& to, const name_source&) {
  const auto& carried = *static_cast<const parcel*>(part);
  if (carried.message)
    to.message = *carried.message;
  call(to, to.message ? kind_of(*to.message) : "peer");
  say(to, "parcel");
}

template <class Handle>
void read_handle(const void* part, recorded_message& to, const name_source& name_of) {
  to.handles.push_back(name_of(caf::actor_cast<caf::strong_actor_ptr>(*static_cast<const Handle*>(part))));
}

std::string text_of(const caf::error& reason) {
  if (reason.category() == caf::atom("exit"))
    return caf::to_string(static_cast<caf::exit_reason>(reason.code()));
  return reason ? render(from_caf(reason)) : "normal";
}

void read_exit(const void* part, recorded_message& to, const name_source&) {
  call(to, "exit");
  say(to, text_of(static_cast<const caf::exit_msg*>(part)->reason));
}

void read_down(const void* part, recorded_message& to, const name_source& name_of) {
  const auto& down = *static_cast<const caf::down_msg*>(part);
  call(to, "down");
  to.handles.push_back(name_of(caf::actor_cast<caf::strong_actor_ptr>(down.source)));
  say(to, text_of(down.reason));
}

void read_failure(const void* part, recorded_message& to, const name_source&) {
  to.message = from_caf(*static_cast<const caf::error*>(part));
  call(to, "error");
}

/// How CAF itself says that an answer did not come.
void read_system_failure(const void* part, recorded_message& to, const name_source&) {
  to.message = from_caf(caf::make_error(*static_cast<const caf::sec*>(part)));
  call(to, "error");
}

template <std::size_t... I>
std::unordered_map<std::type_index, part_reader> readers_of_messages(std::index_sequence<I...>) {
  return {{std::type_index{typeid(std::variant_alternative_t<I, envelope>)},
           &read_message<std::variant_alternative_t<I, envelope>>}...};
}

/// By type, of those that are ecco's own.
const std::unordered_map<std::type_index, part_reader>& readers() {
  static const auto all = [] {
    auto out = readers_of_messages(std::make_index_sequence<std::variant_size_v<envelope>>{});
    out[typeid(parcel)] = &read_parcel;
    out[typeid(caf::sec)] = &read_system_failure;
    const auto add = [&out]<class Handle>(Handle) { out[typeid(Handle)] = &read_handle<Handle>; };
    add(whereabouts_actor{});
    add(telemetry_actor{});
    add(gpu_worker_actor{});
    add(scorer_actor{});
    add(group_job_actor{});
    add(request_desk_actor{});
    add(camera_actor{});
    add(rate_divider_actor{});
    add(ingest_actor{});
    add(grouper_actor{});
    add(allocator_actor{});
    add(model_store_actor{});
    add(courier_actor{});
    add(reception_actor{});
    return out;
  }();
  return all;
}

/// Of CAF's own types.
part_reader reader_of(std::uint16_t number) {
  switch (number) {
    case caf::type_nr<caf::error>::value: return &read_failure;
    case caf::type_nr<caf::strong_actor_ptr>::value: return &read_handle<caf::strong_actor_ptr>;
    case caf::type_nr<caf::actor>::value: return &read_handle<caf::actor>;
    case caf::type_nr<caf::exit_msg>::value: return &read_exit;
    case caf::type_nr<caf::down_msg>::value: return &read_down;
    default: return nullptr;
  }
}

part_reader reader_of(const caf::rtti_pair& type) {
  if (type.second == nullptr)
    return reader_of(type.first);
  const auto found = readers().find(*type.second);
  return found == readers().end() ? nullptr : found->second;
}

/// `due` for CAF's 'due'.
std::string without_quotes(std::string text) {
  std::erase(text, '\'');
  return text;
}

} // namespace

void describe(const caf::type_erased_tuple& content, recorded_message& to, const name_source& name_of) {
  for (std::size_t i = 0; i < content.size(); ++i) {
    const auto type = content.type(i);
    if (const auto read = reader_of(type))
      read(content.get(i), to, name_of);
    else if (type.first == caf::type_nr<caf::atom_value>::value)
      call(to, without_quotes(content.stringify(i)));
    else
      say(to, content.stringify(i));
  }
  if (to.kind.empty())
    to.kind = !to.handles.empty() ? "peer" : content.empty() ? "done" : "other";
}

} // namespace ecco

// SPDX-License-Identifier: Apache-2.0
#include "actors/courier.hpp"

#include <algorithm>
#include <utility>

#include <boost/crc.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/dispatch.hpp"
#include "messages/codec.hpp"

namespace ecco {

namespace {

/// 64 KiB at a time, four in flight: control messages wait less than 25 ms behind bulk at 100 Mbit/s, with the same
/// throughput as one large message (caf.md 3.4).
constexpr std::size_t chunk_bytes = 64u << 10;
constexpr std::size_t most_in_flight = 4;
constexpr duration chunk_patience = std::chrono::seconds{10};
constexpr duration call_patience = std::chrono::seconds{120};
/// Messages whose chunks take turns, and how many may be half arrived: more than an honest peer ever has.
constexpr std::size_t most_taking_turns = 16;
constexpr std::size_t most_assembling = 32;

std::uint32_t crc_of(const bytes& data) {
  boost::crc_32_type crc;
  crc.process_bytes(data.data(), data.size());
  return crc.checksum();
}

constexpr bool is_answer(std::uint64_t transfer) {
  return transfer & 1;
}

bool has_reply(const envelope& message) {
  return std::visit([]<class T>(const T&) { return !std::is_void_v<typename reply<T>::type>; }, message);
}

} // namespace

void courier_state::meet(const caf::strong_actor_ptr& peer_courier) {
  peer = caf::actor_cast<courier_actor>(peer_courier);
  self->monitor(peer);
  pump();
}

// -- out ---------------------------------------------------------------------------------------------

void courier_state::post(std::uint64_t transfer, const envelope& message) {
  auto data = encode(message);
  const auto crc = crc_of(data);
  queue.push_back({transfer, crc, std::move(data), 0});
  pump();
}

void courier_state::pump() {
  while (peer && in_flight < most_in_flight && !queue.empty()) {
    auto current = std::move(queue.front());
    queue.pop_front();
    const auto size = std::min(chunk_bytes, current.data.size() - current.sent);
    const auto begin = current.data.begin() + static_cast<std::ptrdiff_t>(current.sent);
    chunk part{current.transfer, current.sent, current.data.size(), current.crc,
               bytes{begin, begin + static_cast<std::ptrdiff_t>(size)}};
    current.sent += size;
    const auto transfer = current.transfer;
    if (current.sent < current.data.size()) {
      const auto turn = std::min(queue.size(), most_taking_turns - 1);
      queue.insert(queue.begin() + static_cast<std::ptrdiff_t>(turn), std::move(current));
    }
    ++in_flight;
    self->request(peer, chunk_patience, std::move(part))
      .then(
        [this](const chunk_ack&) {
          --in_flight;
          pump();
        },
        [this, transfer](const caf::error& failure) {
          --in_flight;
          lost(transfer, from_caf(failure));
          pump();
        });
  }
}

void courier_state::lost(std::uint64_t transfer, const error& why) {
  std::erase_if(queue, [&](const outgoing& other) { return other.transfer == transfer; });
  if (const auto call = calls.find(transfer); call != calls.end()) {
    call->second.deliver(to_caf(why));
    calls.erase(call);
  }
}

// -- in ----------------------------------------------------------------------------------------------

result<chunk_ack> courier_state::take(const chunk& part) {
  if (part.total > max_message_bytes || part.part.empty() || part.part.size() > chunk_bytes
      || part.offset + part.part.size() > part.total)
    return fail(ec::malformed_data, "a chunk of impossible size");
  auto found = assembling.find(part.transfer);
  if (found == assembling.end()) {
    if (assembling.size() >= most_assembling)
      assembling.erase(assembling.begin()); // its sender has given up, or does not keep to the rules
    found = assembling.emplace(part.transfer, incoming{part.total, part.crc, {}}).first;
  }
  auto& message = found->second;
  if (part.offset != message.data.size() || part.total != message.total || part.crc != message.crc) {
    assembling.erase(found);
    return fail(ec::malformed_data, "a chunk out of order");
  }
  message.data.insert(message.data.end(), part.part.begin(), part.part.end());
  const chunk_ack ack{part.transfer, message.data.size()};
  if (message.data.size() == message.total) {
    const auto whole = std::move(message);
    assembling.erase(found);
    if (crc_of(whole.data) != whole.crc)
      return fail(ec::malformed_data, "a message whose checksum does not match");
    arrived(part.transfer, whole.data);
  }
  return ack;
}

void courier_state::arrived(std::uint64_t transfer, const bytes& data) {
  auto message = decode(data);
  if (!is_answer(transfer)) {
    if (message)
      serve(transfer, *message);
    else
      post(transfer | 1, message.error());
    return;
  }
  const auto call = calls.find(transfer & ~std::uint64_t{1});
  if (call == calls.end())
    return; // its caller has given up
  if (!message)
    call->second.deliver(to_caf(message.error()));
  else
    call->second.deliver(parcel{std::make_shared<const envelope>(std::move(*message)), {}});
  calls.erase(call);
}

void courier_state::serve(std::uint64_t transfer, const envelope& call) {
  if (!target) {
    post(transfer | 1, error{ec::unsupported, "this end takes no messages", {}});
    return;
  }
  dispatch(self, target, call, call_patience, [this, transfer, answered = has_reply(call)](dispatched outcome) {
    if (!outcome && answered)
      post(transfer | 1, outcome.error());
    else if (outcome && *outcome)
      post(transfer | 1, **outcome);
  });
}

// -- behavior ----------------------------------------------------------------------------------------

void courier_state::end(const caf::error& why) {
  for (auto& [transfer, promise] : calls)
    promise.deliver(to_caf({ec::unreachable, "the connection to the other node is gone", {}}));
  calls.clear();
  self->quit(why);
}

courier_actor::behavior_type courier_state::make_behavior() {
  self->set_down_handler([this](const caf::down_msg&) { end(caf::exit_reason::remote_link_unreachable); });
  self->set_exit_handler([this](const caf::exit_msg& told) { end(told.reason); });
  self->set_default_handler(caf::drop); // the sender hears of it; the node's log is not a stranger's to fill
  return {
    [this](const chunk& part) { return answer(take(part)); },
    [this](const parcel& out) -> caf::result<parcel> {
      const auto transfer = 2 * next_call++;
      auto promise = self->make_response_promise<parcel>();
      if (has_reply(*out.message))
        calls.emplace(transfer, promise);
      else
        promise.deliver(parcel{});
      post(transfer, *out.message);
      return promise;
    },
    [this](const caf::strong_actor_ptr& peer_courier) { meet(peer_courier); },
  };
}

courier_actor::behavior_type courier(courier_actor::stateful_pointer<courier_state> self, caf::actor target) {
  self->state.target = std::move(target);
  return self->state.make_behavior();
}

} // namespace ecco

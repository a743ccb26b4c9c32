// SPDX-License-Identifier: Apache-2.0
// What crosses from node to node: CAF's real broker, couriers, stand-ins and the uplink, in virtual time.
#include "actors/courier.hpp"

#include <boost/crc.hpp>

#include "actors/frames.hpp"
#include "actors/mock.hpp"
#include "actors/stand_ins.hpp"
#include "messages/codec.hpp"
#include "messages/samples.hpp"
#include "support/two_nodes.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(courier_test)

namespace {

constexpr std::size_t chunk_bytes = 64u << 10;

/// Bytes that no chunk of another place could replace.
blob large_blob(std::size_t size) {
  bytes out(size);
  std::uint32_t state = 1;
  for (auto& one : out)
    one = static_cast<std::uint8_t>((state = state * 1664525u + 1013904223u) >> 24);
  return blob{std::move(out)};
}

/// Everything a device's node has to say goes through the courier that it finds at the front.
struct a_connection : two_nodes {
  std::vector<model_update> updates;
  std::vector<gpu_share> shares;
  /// Both, in order of arrival.
  std::vector<std::string> order;
  bool silent = false;
  courier_actor at_server, at_device;
  camera_actor stand_in;

  a_connection() {
    const auto state = this;
    auto camera =
        keep(device.system.spawn([state](camera_actor::pointer self) -> camera_actor::behavior_type {
          return {
              [=](const model_update& update) -> caf::result<model_ack> {
                state->updates.push_back(update);
                state->order.emplace_back("update");
                if (state->silent)
                  return self->make_response_promise<model_ack>();
                return model_ack{camera_id{"north"}, update.model};
              },
              [=](const gpu_share& share) {
                state->shares.push_back(share);
                state->order.emplace_back("share");
              },
              [](const sampling_plan&) {},
              [](const rate_plan&) {},
              [](const regroup_event&) {},
              [](const camera_welcome&, const request_desk_actor&, const telemetry_actor&) {},
              [](adrift_atom) {},
              [](due_atom) {},
              [](due_atom, const retrain_request&) {},
          };
        }));
    at_server = keep(server.system.spawn(courier, caf::actor{}));
    at_device = keep(device.system.spawn(courier, caf::actor_cast<caf::actor>(camera)));
    stand_in = keep(server.system.spawn(remote_camera, at_server));
    publish(at_server);
    const auto front = connect<courier_actor>();
    caf::anon_send(at_device, caf::actor_cast<caf::strong_actor_ptr>(front));
    // As reception does: the device's courier introduces itself by its handle.
    caf::anon_send(front, caf::actor_cast<caf::strong_actor_ptr>(at_device));
    settle();
  }

  template <class Answer, class Question>
  pending<Answer> ask_camera(const Question& question) {
    auto out = std::make_shared<std::optional<result<Answer>>>();
    keep(server.system.spawn([=, to = stand_in](caf::event_based_actor* self) {
      self->request(to, caf::infinite, question)
          .then([out](const Answer& answered) { *out = answered; },
                [out](const caf::error& failure) { *out = tl::unexpected{from_caf(failure)}; });
    }));
    return out;
  }

  /// When `handle`, on the server, ended.
  template <class Handle>
  std::shared_ptr<bool> ended(const Handle& handle) {
    auto out = std::make_shared<bool>(false);
    keep(server.system.spawn([=](caf::event_based_actor* self) -> caf::behavior {
      self->set_down_handler([out](const caf::down_msg&) { *out = true; });
      self->monitor(handle);
      return {[](caf::unit_t) {}};
    }));
    settle();
    return out;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_large_message_arrives_intact_while_a_small_one_overtakes_it, a_connection) {
  const model_update large{{2, std::string(64, 'a')}, large_blob(10u << 20)};
  const auto ack = ask_camera<model_ack>(large);
  server.scheduler.advance_time(0ns);
  while (server.scheduler.try_run_once()) // until the first chunks are on their way
    ;
  caf::anon_send(stand_in, gpu_share{group_id{7}, 1, .5, 5s, 2});
  settle();
  BOOST_TEST_REQUIRE(ack->has_value());
  BOOST_TEST_REQUIRE((*ack)->has_value());
  BOOST_TEST((*ack)->value().model.revision == 2u);
  BOOST_TEST_REQUIRE(updates.size() == 1u);
  BOOST_TEST((updates.front() == large));
  BOOST_TEST((order == std::vector<std::string>{"share", "update"}));
}

BOOST_FIXTURE_TEST_CASE(more_large_messages_than_a_courier_assembles_at_once_all_arrive, a_connection) {
  std::vector<pending<model_ack>> acks;
  for (std::uint32_t i = 1; i <= 40; ++i)
    acks.push_back(ask_camera<model_ack>(model_update{{i, {}}, large_blob(300'000)}));
  settle();
  for (const auto& ack : acks) {
    BOOST_TEST_REQUIRE(ack->has_value());
    BOOST_TEST((*ack)->has_value());
  }
}

BOOST_FIXTURE_TEST_CASE(pending_calls_fail_and_the_stand_in_ends_when_the_wire_is_cut, a_connection) {
  const auto gone = ended(stand_in);
  advance(30s); // heartbeats hold the connection
  BOOST_TEST(!*gone);
  silent = true;
  const auto ack = ask_camera<model_ack>(model_update{{2, {}}, text_blob("small")});
  settle();
  BOOST_TEST_REQUIRE(updates.size() == 1u);
  cut = true;
  advance(4s);
  BOOST_TEST(!*gone);
  BOOST_TEST(!ack->has_value());
  advance(2s + 100ms); // timeout and interval
  BOOST_TEST(*gone);
  BOOST_TEST_REQUIRE(ack->has_value());
  BOOST_TEST(((*ack)->error().code == ec::unreachable));
}

BOOST_FIXTURE_TEST_CASE(every_kind_of_message_crosses_the_wire_unchanged, two_nodes) {
  auto echo = keep(server.system.spawn([](caf::event_based_actor* self) -> caf::behavior {
    self->set_default_handler(caf::reflect);
    return {[](caf::unit_t) {}};
  }));
  publish(echo);
  const auto remote = connect<caf::actor>();
  std::size_t back = 0;
  for (const auto& message : samples())
    std::visit(
        [&]<class T>(const T& sent) {
          keep(device.system.spawn([&](caf::event_based_actor* self) {
            self->request(remote, caf::infinite, sent)
                .then(
                    [&](const T& received) {
                      ++back;
                      BOOST_TEST((received == sent), "a " << kind_of(message) << " changed on its way");
                    },
                    [&](const caf::error& failure) {
                      BOOST_ERROR(kind_of(message) << ": " << render(from_caf(failure)));
                    });
          }));
          settle();
        },
        message);
  BOOST_TEST(back == std::variant_size_v<envelope>);
}

// -- chunks of a peer that does not keep to the rules ---------------------------------------------------

namespace {

/// A courier whose peer is the test.
struct a_receiver : virtual_system {
  mock<camera_actor> camera{*this};
  mock<courier_actor> peer{*this};
  courier_actor courier = keep(system().spawn(ecco::courier, caf::actor_cast<caf::actor>(camera.handle())));
  std::vector<chunk> replies;

  a_receiver() {
    camera.take<gpu_share>();
    camera.take<sampling_plan>();
    peer.answer<chunk>([this](const chunk& part) -> result<chunk_ack> {
      replies.push_back(part);
      return chunk_ack{part.transfer, part.offset + part.part.size()};
    });
    tell(courier, caf::actor_cast<caf::strong_actor_ptr>(peer.handle()));
  }

  static std::vector<chunk> cut_up(std::uint64_t transfer, const envelope& message,
                                   std::size_t size = chunk_bytes) {
    const auto data = encode(message);
    boost::crc_32_type crc;
    crc.process_bytes(data.data(), data.size());
    std::vector<chunk> out;
    for (std::size_t at = 0; at < data.size(); at += size) {
      const auto begin = data.begin() + static_cast<std::ptrdiff_t>(at);
      out.push_back({transfer, at, data.size(), static_cast<std::uint32_t>(crc.checksum()),
                     bytes{begin, begin + static_cast<std::ptrdiff_t>(std::min(size, data.size() - at))}});
    }
    return out;
  }

  ec refused(const chunk& part) {
    const auto taken = ask<chunk_ack>(courier, part);
    return taken ? ec{} : taken.error().code;
  }

  void send(const std::vector<chunk>& parts) {
    for (const auto& part : parts)
      BOOST_TEST(ask<chunk_ack>(courier, part).has_value());
  }
};

const gpu_share a_share{group_id{7}, 1, .5, 5s, 2};

} // namespace

BOOST_FIXTURE_TEST_CASE(no_chunk_is_larger_than_64_kib, a_receiver) {
  camera.answer<model_update>([](const model_update& update) -> result<model_ack> {
    return model_ack{camera_id{"north"}, update.model};
  });
  keep(system().spawn([=, this](caf::event_based_actor* self) {
    const envelope large = model_update{{1, {}}, large_blob(1u << 20)};
    self->request(courier, caf::infinite, parcel{std::make_shared<const envelope>(large), 60s})
        .then([](const parcel&) {}, [](const caf::error&) {});
  }));
  settle();
  BOOST_TEST(replies.size() >= 17u); // a megabyte and its frame
  for (const auto& part : replies)
    BOOST_TEST(part.part.size() <= chunk_bytes);
}

BOOST_FIXTURE_TEST_CASE(a_chunk_out_of_order_is_refused_and_the_message_begins_anew, a_receiver) {
  const auto parts = cut_up(2, a_share, 24);
  BOOST_TEST_REQUIRE(parts.size() > 2u);
  BOOST_TEST((refused(parts[1]) == ec::malformed_data));
  BOOST_TEST(ask<chunk_ack>(courier, parts[0]).has_value());
  BOOST_TEST((refused(parts[2]) == ec::malformed_data));
  BOOST_TEST((refused(parts[1]) == ec::malformed_data)); // what was there is gone
  BOOST_TEST(camera.got<gpu_share>().empty());
  send(parts);
  BOOST_TEST((camera.got<gpu_share>() == std::vector{a_share}));
}

BOOST_FIXTURE_TEST_CASE(chunks_of_impossible_sizes_are_refused, a_receiver) {
  auto part = cut_up(2, a_share).front();
  auto huge = part;
  huge.total = max_message_bytes + 1;
  auto empty = part;
  empty.part.clear();
  auto long_part = part;
  long_part.part.assign(chunk_bytes + 1, 0);
  long_part.total = 1u << 20;
  auto beyond = part;
  beyond.total = part.part.size() - 1;
  auto wraps = part;
  wraps.offset = ~std::uint64_t{0};
  for (const auto& bad : {huge, empty, long_part, beyond, wraps})
    BOOST_TEST((refused(bad) == ec::malformed_data));
  send({part});
  BOOST_TEST(camera.got<gpu_share>().size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_wrong_checksum_is_refused, a_receiver) {
  auto flipped = cut_up(2, a_share).front();
  flipped.part.back() ^= 1;
  BOOST_TEST((refused(flipped) == ec::malformed_data));
  auto parts = cut_up(4, a_share, 24);
  parts[1].crc ^= 1; // not the one it began with
  BOOST_TEST(ask<chunk_ack>(courier, parts[0]).has_value());
  BOOST_TEST((refused(parts[1]) == ec::malformed_data));
  BOOST_TEST(camera.got<gpu_share>().empty());
}

BOOST_FIXTURE_TEST_CASE(messages_that_were_never_finished_do_not_shut_the_door, a_receiver) {
  for (std::uint64_t transfer = 0; transfer < 200; transfer += 2)
    ask<chunk_ack>(courier, cut_up(transfer, a_share, 24).front());
  send(cut_up(1000, a_share, 24));
  BOOST_TEST(camera.got<gpu_share>().size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_question_that_cannot_be_read_is_answered_with_why, a_receiver) {
  const bytes garbage(100, 0xab);
  boost::crc_32_type crc;
  crc.process_bytes(garbage.data(), garbage.size());
  send({{2, 0, garbage.size(), static_cast<std::uint32_t>(crc.checksum()), garbage}});
  BOOST_TEST_REQUIRE(replies.size() == 1u);
  BOOST_TEST(replies.front().transfer == 3u);
  const auto why = decode(replies.front().part);
  BOOST_TEST_REQUIRE(why.has_value());
  BOOST_TEST((std::get<error>(*why).code == ec::malformed_data));
}

BOOST_AUTO_TEST_SUITE_END()

// SPDX-License-Identifier: Apache-2.0
// The media link among strangers, and when the line is slow or breaks.
#include <thread>

#include <netinet/in.h>

#include <boost/test/unit_test.hpp>

#include "messages/codec.hpp"
#include "runtime/net/tcp_watch.hpp"
#include "runtime/net/wire.hpp"
#include "tests/net/peers.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t token = 0x1122334455667788;

bytes joined(bytes first, const bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

bytes a_frame(const encoded_segment& segment) {
  return wire::make_frame(encode(segment));
}

/// A receiver that admits the camera `gate`.
struct gate_receiver {
  inbox arrived;
  std::unique_ptr<media_receiver> receiver;

  explicit gate_receiver(const receiver_options& options = {}) : receiver(listen_for_media(options).value()) {
    receiver->admit(camera_id{"gate"}, token, arrived.handler());
  }

  raw_peer stranger() const { return raw_peer{receiver->port()}; }

  std::unique_ptr<media_sender> camera() const {
    return connect_media("127.0.0.1", receiver->port(), token, long_enough).value();
  }

  /// Whatever strangers did, a camera is served.
  bool still_serves() {
    const auto before = arrived.await(0).size();
    const auto sender = camera();
    return sender->send(a_segment("gate", 1000)) && arrived.await(before + 1).size() == before + 1;
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(tcp_link)

BOOST_AUTO_TEST_CASE(a_peer_that_says_no_proper_hello_is_closed) {
  gate_receiver server;
  auto wrong_magic = wire::make_hello(token);
  wrong_magic[0] = 'X';
  for (const auto& hello : {wrong_magic, bytes(16), wire::make_hello(token + 1), bytes(100'000, 0xff)}) {
    auto peer = server.stranger();
    peer.say(hello);
    BOOST_TEST(peer.hears_the_end());
  }
  auto http = server.stranger();
  const std::string request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  http.say(bytes(request.begin(), request.end()));
  BOOST_TEST(http.hears_the_end());
  auto impatient = server.stranger();
  impatient.say(bytes(wire::magic.begin(), wire::magic.end()));
  impatient.stop_talking();
  BOOST_TEST(impatient.hears_the_end());
  BOOST_TEST(server.still_serves());
}

BOOST_AUTO_TEST_CASE(a_peer_that_says_nothing_is_closed_in_the_end) {
  gate_receiver server;
  auto peer = server.stranger();
  BOOST_TEST(peer.hears_the_end());
  BOOST_TEST(server.still_serves());
}

BOOST_AUTO_TEST_CASE(the_sender_sees_what_its_link_does) {
  gate_receiver server;
  const auto sender = server.camera();
  BOOST_TEST(sender->send(a_segment("gate", 0, 1'000'000)).has_value());
  BOOST_TEST(!flush(*sender, 1));
  BOOST_TEST(server.arrived.await(1).size() == 1u);
  link_observation seen;
  std::uint64_t delivered = 0;
  for (const auto until = std::chrono::steady_clock::now() + long_enough;
       delivered < 1'000'000 && std::chrono::steady_clock::now() < until; delivered += seen.delivered)
    seen = sender->observe();
  BOOST_TEST(delivered >= 1'000'000u);
  BOOST_TEST(delivered < 1'010'000u); // each byte once
  BOOST_TEST((seen.round_trip > 0ns));
  BOOST_TEST((seen.least_round_trip > 0ns));
  BOOST_TEST((seen.least_round_trip <= seen.round_trip));
}

BOOST_AUTO_TEST_CASE(a_pace_is_the_kernels_to_keep) {
  const unique_fd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  for (const auto& [bits, bytes] : {std::pair{800e3, 100'000u}, {0.0, 1000u}, {80e6, 10'000'000u}}) {
    limit_pace(socket.get(), bits);
    std::uint64_t kept = 0;
    socklen_t size = sizeof kept;
    BOOST_TEST(::getsockopt(socket.get(), SOL_SOCKET, SO_MAX_PACING_RATE, &kept, &size) == 0);
    BOOST_TEST(kept == bytes);
  }
}

BOOST_AUTO_TEST_CASE(hello_and_segment_may_come_in_single_bytes) {
  gate_receiver server;
  auto peer = server.stranger();
  for (const auto byte : joined(wire::make_hello(token), a_frame(a_segment("gate", 3))))
    peer.say(std::span{&byte, 1});
  BOOST_TEST((server.arrived.await(1) == std::vector{a_segment("gate", 3)}));
}

BOOST_AUTO_TEST_CASE(several_segments_may_come_at_once) {
  gate_receiver server;
  auto peer = server.stranger();
  const auto two = joined(a_frame(a_segment("gate", 0)), a_frame(a_segment("gate", 1)));
  peer.say(joined(wire::make_hello(token), two));
  BOOST_TEST(server.arrived.await(2).size() == 2u);
  BOOST_TEST(server.arrived.wire_bytes() == two.size());
}

BOOST_AUTO_TEST_CASE(a_message_that_is_too_long_is_refused_by_its_length) {
  receiver_options options;
  options.max_segment_bytes = 10'000;
  gate_receiver server{options};
  auto peer = server.stranger();
  bytes announced;
  wire::append_number(announced, 10'001, wire::length_bytes);
  peer.say(joined(wire::make_hello(token), announced));
  BOOST_TEST(peer.hears_the_end());
  BOOST_TEST(server.still_serves());
}

BOOST_AUTO_TEST_CASE(a_peer_that_sends_no_segment_is_closed) {
  gate_receiver server;
  const auto hello = wire::make_hello(token);
  for (const auto& frame :
       {wire::make_frame({}), wire::make_frame(bytes(64, 0xab)), wire::make_frame(bytes(64)),
        wire::make_frame(encode(status_query{})), a_frame(a_segment("yard", 0))}) {
    auto peer = server.stranger();
    peer.say(joined(hello, frame));
    BOOST_TEST(peer.hears_the_end());
  }
  BOOST_TEST(server.arrived.await(0).empty());
  BOOST_TEST(server.still_serves());
}

BOOST_AUTO_TEST_CASE(half_a_segment_is_no_segment) {
  gate_receiver server;
  auto peer = server.stranger();
  auto half = a_frame(a_segment("gate", 0, 5000));
  half.resize(half.size() / 2);
  peer.say(joined(wire::make_hello(token), half));
  peer.stop_talking();
  BOOST_TEST(peer.hears_the_end());
  BOOST_TEST(server.arrived.await(0).empty());
  BOOST_TEST(server.still_serves());
}

BOOST_AUTO_TEST_CASE(connections_are_bounded) {
  receiver_options options;
  options.max_connections = 1;
  gate_receiver server{options};
  const auto camera = server.camera();
  BOOST_TEST(camera->send(a_segment("gate", 0)).has_value());
  BOOST_TEST(server.arrived.await(1).size() == 1u);
  for (int i = 0; i < 20; ++i)
    BOOST_TEST(server.stranger().hears_the_end());
  BOOST_TEST(camera->send(a_segment("gate", 1)).has_value());
  BOOST_TEST(server.arrived.await(2).size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_port_in_use_is_named) {
  const auto first = listen_for_media({}).value();
  receiver_options options;
  options.port = first->port();
  const auto second = listen_for_media(options);
  BOOST_REQUIRE(!second);
  BOOST_TEST((second.error().code == ec::io_failed));
  BOOST_TEST(second.error().what.find(std::to_string(first->port())) != std::string::npos);
  BOOST_TEST(!second.error().hint.empty());
}

BOOST_AUTO_TEST_CASE(only_loopback_is_spoken_to) {
  for (const auto* host : {"0.0.0.0", "192.168.1.1", "::", "example.org", "", "127.0.0.1.example.org"}) {
    receiver_options options;
    options.host = host;
    const auto receiver = listen_for_media(options);
    BOOST_REQUIRE(!receiver);
    BOOST_TEST((receiver.error().code == ec::unsupported));
    BOOST_TEST(!receiver.error().hint.empty());
    BOOST_TEST((connect_media(host, 1, token, 1s).error().code == ec::unsupported));
  }
  for (const auto* host : {"localhost", "127.0.0.1", "127.8.9.10"}) {
    receiver_options options;
    options.host = host;
    BOOST_TEST(listen_for_media(options).has_value());
  }
}

BOOST_AUTO_TEST_CASE(a_server_that_is_not_there_is_unreachable) {
  std::uint16_t free_port = 0;
  { free_port = listen_for_media({}).value()->port(); }
  const auto sender = connect_media("127.0.0.1", free_port, token, long_enough);
  BOOST_TEST((sender.error().code == ec::unreachable));
  BOOST_TEST(sender.error().what.find(std::to_string(free_port)) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_sender_notices_that_the_receiver_is_gone) {
  auto server = std::make_unique<gate_receiver>();
  const auto sender = server->camera();
  BOOST_TEST(sender->send(a_segment("gate", 0)).has_value());
  BOOST_TEST(server->arrived.await(1).size() == 1u);
  server.reset();
  BOOST_TEST(gets_closed(*sender));
  BOOST_TEST((sender->send(a_segment("gate", 1)).error().code == ec::unreachable));
  BOOST_TEST((sender->pump().error().code == ec::unreachable));
}

BOOST_AUTO_TEST_CASE(a_full_queue_drops_the_oldest_waiting_segments_and_counts_them) {
  raw_listener silent;
  constexpr std::size_t stream = 200'000, queue = 1'000'000;
  constexpr std::uint64_t total = 100;
  const auto sender = connect_media("127.0.0.1", silent.port(), token, long_enough, queue).value();
  auto server = silent.accept();
  for (std::uint64_t i = 0; i < total; ++i)
    BOOST_REQUIRE(sender->send(a_segment("gate", i, stream)));
  BOOST_TEST(sender->sent().segments_dropped > 0u);
  BOOST_TEST(sender->sent().segments_sent < total);

  // Now the server reads: it finds whole segments in order, the newest among them.
  std::vector<std::uint64_t> sequences;
  std::size_t heard_bytes = 0;
  std::thread reader{[&] {
    heard_bytes += server.hear(wire::hello_bytes).size();
    while (sequences.empty() || sequences.back() != total - 1) {
      const auto length = server.hear(wire::length_bytes);
      const auto envelope = server.hear(wire::number_in(length));
      heard_bytes += length.size() + envelope.size();
      const auto message = decode(envelope);
      if (!message)
        return;
      sequences.push_back(std::get<encoded_segment>(*message).sequence);
    }
  }};
  BOOST_TEST(!flush(*sender, total - sender->sent().segments_dropped));
  reader.join();
  const auto counters = sender->sent();
  BOOST_TEST(counters.segments_sent + counters.segments_dropped == total);
  BOOST_TEST(counters.segments_sent == sequences.size());
  BOOST_TEST(counters.bytes_sent == heard_bytes);
  BOOST_REQUIRE(!sequences.empty());
  BOOST_TEST(sequences.front() == 0u, "what was partly sent is never dropped");
  BOOST_TEST(std::is_sorted(sequences.begin(), sequences.end()));
  BOOST_TEST(sequences.back() == total - 1);
}

BOOST_AUTO_TEST_CASE(a_segment_larger_than_the_queue_is_refused) {
  raw_listener silent;
  const auto sender = connect_media("127.0.0.1", silent.port(), token, long_enough, 10'000).value();
  BOOST_TEST((sender->send(a_segment("gate", 0, 20'000)).error().code == ec::invalid_argument));
  BOOST_TEST(sender->send(a_segment("gate", 1, 1000)).has_value());
}

BOOST_AUTO_TEST_CASE(cameras_come_and_go_while_others_send) {
  gate_receiver server;
  const auto sender = server.camera();
  std::thread changer{[&] {
    inbox unused;
    for (int i = 0; i < 200; ++i) {
      const camera_id yard{"yard"};
      server.receiver->admit(yard, 5, unused.handler());
      const auto other = connect_media("127.0.0.1", server.receiver->port(), 5, long_enough).value();
      static_cast<void>(other->send(a_segment("yard", 0)));
      server.receiver->dismiss(yard);
    }
  }};
  for (std::uint64_t i = 0; i < 200; ++i)
    BOOST_REQUIRE(sender->send(a_segment("gate", i, 3000)));
  BOOST_TEST(!flush(*sender, 200));
  changer.join();
  BOOST_TEST(server.arrived.await(200).size() == 200u);
}

BOOST_AUTO_TEST_SUITE_END()

// SPDX-License-Identifier: Apache-2.0
#include "deploy/client.hpp"

#include <chrono>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/io/middleman.hpp>
#include <caf/scoped_actor.hpp>

#include "actors/failure.hpp"
#include "actors/interfaces.hpp"
#include "actors/system_config.hpp"

namespace ecco {

namespace {

constexpr duration connect_patience = std::chrono::seconds{5};
constexpr duration status_patience = std::chrono::seconds{10};
/// Longer than the server waits for the actor that is asked.
constexpr duration inject_patience = std::chrono::seconds{65};
constexpr std::size_t client_threads = 1;
/// Orders on their way at once.
constexpr std::size_t most_unanswered = 256;

/// Once more after a connect whose handshake met a heartbeat of CAF's, which drops it (caf.md 3.2).
constexpr int connect_tries = 2;

result<reception_actor> connect(caf::scoped_actor& self, const settings& from) {
  const auto where = from.server.host + ":" + std::to_string(from.server.port);
  result<reception_actor> out = fail(ec::unreachable, "no ecco server answers at " + where,
                                     "start one with `ecco server`, or name its port with --set server.port=N");
  for (int i = 0; i < connect_tries && !out; ++i)
    self
      ->request(self->system().middleman().actor_handle(), connect_patience, caf::connect_atom_v, from.server.host,
                from.server.port)
      .receive([&](const caf::node_id&, const caf::strong_actor_ptr& front,
                   const std::set<std::string>&) { out = caf::actor_cast<reception_actor>(front); },
               [](const caf::error&) {});
  return out;
}

template <class Answer, class Question>
result<Answer> ask(const settings& from, const Question& question, duration patience) {
  system_config config{actor_network::on, client_threads};
  caf::actor_system system{config};
  caf::scoped_actor self{system};
  auto server = connect(self, from);
  if (!server)
    return tl::unexpected{server.error()};
  result<Answer> out = fail(ec::internal, "no answer");
  self->request(*server, patience, question)
    .receive([&](Answer& answered) { out = std::move(answered); },
             [&](const caf::error& failure) { out = tl::unexpected{from_caf(failure)}; });
  return out;
}

} // namespace

result<status_report> ask_status(const settings& from) {
  return ask<status_report>(from, status_query{}, status_patience);
}

result<inject_answer> ask_inject(const settings& from, const inject_order& order) {
  return ask<inject_answer>(from, order, inject_patience);
}

result<injection_count> ask_inject_all(const settings& from, const order_source& next, double speed) {
  system_config config{actor_network::on, client_threads};
  caf::actor_system system{config};
  caf::scoped_actor self{system};
  auto server = connect(self, from);
  if (!server)
    return tl::unexpected{server.error()};
  injection_count out;
  std::deque<decltype(self->request(*server, inject_patience, inject_order{}))> asked;
  const auto hear_one = [&] {
    asked.front().receive([&](const inject_answer&) { ++out.taken; },
                          [&](const caf::error& failure) {
                            if (out.refused++ == 0)
                              out.first_refusal = render(from_caf(failure));
                          });
    asked.pop_front();
  };
  const auto began = std::chrono::steady_clock::now();
  std::optional<duration> first;
  while (true) {
    auto order = next();
    if (!order)
      return tl::unexpected{order.error()};
    if (!*order)
      break;
    first = first.value_or((*order)->at);
    if (speed > 0)
      std::this_thread::sleep_until(began + from_seconds(seconds_of((*order)->at - *first) / speed));
    if (asked.size() >= most_unanswered)
      hear_one();
    asked.push_back(self->request(*server, inject_patience, std::move((*order)->order)));
  }
  while (!asked.empty())
    hear_one();
  return out;
}

} // namespace ecco

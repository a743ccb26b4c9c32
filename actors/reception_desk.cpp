// SPDX-License-Identifier: Apache-2.0
// What people ask of a server: how it stands, and to deliver a message or inject a fault.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <caf/typed_event_based_actor.hpp>

#include "actors/failure.hpp"
#include "actors/injection.hpp"
#include "actors/reception.hpp"
#include "actors/tap.hpp"
#include "runtime/policy/status_merge.hpp"

namespace ecco {

namespace {

constexpr duration status_patience = std::chrono::seconds{5};

} // namespace

std::vector<std::string> reception_state::actor_names() const {
  std::vector<std::string> out;
  for (const auto& [called, handle] : by_name)
    out.push_back(called);
  return out;
}

caf::result<status_report> reception_state::report() {
  auto promise = self->make_response_promise<status_report>();
  auto whole = std::make_shared<status_report>();
  whole->actors = actor_names();
  auto outstanding = std::make_shared<int>(3);
  auto one_less = [whole, outstanding, promise]() mutable {
    if (--*outstanding > 0)
      return;
    place_cameras_in_groups(*whole);
    promise.deliver(std::move(*whole));
  };
  auto merge_in = [whole, one_less](const status_report& part) mutable {
    merge(*whole, part);
    one_less();
  };
  auto go_without = [one_less](const caf::error&) mutable { one_less(); };
  self->request(telemetry, status_patience, status_query{}).then(merge_in, go_without);
  self->request(grouper, status_patience, status_query{}).then(merge_in, go_without);
  self->request(allocator, status_patience, status_query{}).then(merge_in, go_without);
  return promise;
}

caf::result<inject_answer> reception_state::inject(const inject_order& order) {
  if (order.fault) {
    const auto through = tap_of(self->system());
    if (!through)
      return to_caf({ec::unsupported, "this server injects no faults", "start it with --set server.faults=true"});
    if (auto added = through->add(*order.fault); !added)
      return to_caf(added.error());
    return inject_answer{};
  }
  const auto found = by_name.find(order.to);
  if (found == by_name.end()) {
    std::string names;
    for (const auto& called : actor_names())
      names += (names.empty() ? "" : ", ") + called;
    return to_caf({ec::not_found, "there is no actor named '" + order.to + "'", "there are: " + names});
  }
  return ecco::inject(self, found->second, order);
}

} // namespace ecco

// SPDX-License-Identifier: Apache-2.0
#include "actors/allocator.hpp"

#include <algorithm>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/clock.hpp"
#include "actors/failure.hpp"
#include "runtime/base/event_ids.hpp"
#include "runtime/base/random.hpp"
#include "runtime/policy/status_merge.hpp"

namespace ecco {

namespace {

/// How long to wait before a slice that came to nothing is granted again: long enough that a job without samples
/// does not turn the allocator into a busy loop.
constexpr duration retry_after = std::chrono::milliseconds{250};
/// How long the grouper may take to settle a window.
constexpr duration settle_patience = std::chrono::seconds{60};
/// Longer than anybody who sends an order waits for it: they give up first.
constexpr duration order_patience = std::chrono::hours{1};

} // namespace

// -- windows -----------------------------------------------------------------------------------------

void allocator_state::open_window() {
  ++window;
  index = 0;
  closing = false;
  shares_final = false;
  passed.clear();
  window_end = now(self) + config.window;
  const auto lanes = config.mode == gpu_mode::exclusive ? 1 : std::max<std::size_t>(1, devices.size());
  policy.open_window(config.micro_windows * static_cast<std::uint32_t>(lanes));
  tell(event_id::window_opened, {}, {}, static_cast<double>(jobs.size()));
  announce_shares();
  self->delayed_send(self, config.window, close_atom_v, window);
  grant_free_devices();
}

void allocator_state::close_window() {
  closing = true;
  settle_window();
}

void allocator_state::settle_window() {
  if (!closing || outstanding > 0)
    return;
  closing = false;
  window_end = {}; // nothing is granted until the next window opens
  tell(event_id::window_closed, {}, {}, static_cast<double>(index));
  self->request(grouper, settle_patience, window_closed{window, policy.standings()})
    .then([this](const eval_report&) { open_window(); },
          [this](const caf::error& failure) {
            tell(event_id::window_unsettled, {}, {}, 0, render(from_caf(failure)));
            open_window();
          });
}

void allocator_state::grant_free_devices() {
  while (!devices.next(config.mode).empty()) {
    const auto left = window_end - now(self);
    if (closing || left < config.slice() / 2)
      return;
    const auto group = policy.grant();
    if (!group)
      return;
    issue(*group, devices.next(config.mode, jobs.at(*group).last_on), std::min(left, config.slice()));
  }
}

void allocator_state::issue(group_id group, const std::vector<worker_id>& on, duration slice) {
  auto& served = jobs.at(group);
  served.last_on = on.front();
  const auto held = devices.hold(on);
  const auto token = seed_for(config.token_seed + devices.reunions(), "rendezvous");
  const micro_window_grant grant{config.term, window, index++, group, on.front(),
                                 slice, {on.begin() + 1, on.end()}, on.size() > 1 ? token : 0};
  ++outstanding;
  tell_of_all(event_id::grant_issued, grant, seconds_of(slice));
  self->request(served.handle, slice + config.patience, grant)
    .then([this, grant, held](const micro_window_report& report) { grant_done(grant, report, held); },
          [this, grant, held](const caf::error& failure) { grant_lost(grant, held, from_caf(failure)); });
}

void allocator_state::grant_done(const micro_window_grant& grant, const micro_window_report& report,
                                 std::uint64_t held) {
  --outstanding;
  policy.complete(report.group, {report.accuracy_before, report.accuracy_after, report.standard_error});
  rates.trained(report.pixels, report.spent.training);
  const auto busy = report.spent.training + report.spent.evaluation + report.spent.other;
  devices.release(held, busy);
  tell_of_all(event_id::grant_done, grant, seconds_of(busy) / static_cast<double>(1 + grant.others.size()));
  passed.insert(report.group);
  const auto has_passed = [this](const auto& entry) { return passed.contains(entry.first); };
  if (!shares_final && std::all_of(jobs.begin(), jobs.end(), has_passed)) {
    shares_final = true;
    announce_shares();
  }
  settle_window();
  grant_free_devices();
}

void allocator_state::grant_lost(const micro_window_grant& grant, std::uint64_t held, const error& why) {
  --outstanding;
  policy.refund(grant.group);
  devices.lose(held);
  tell_of_all(event_id::grant_lost, grant, seconds_of(grant.slice), render(why));
  settle_window();
  self->delayed_send(self, retry_after, due_atom_v);
}

void allocator_state::announce_shares() {
  if (!grouper)
    return;
  const auto capacity = config.window * std::max<std::size_t>(1, devices.size());
  for (const auto& share : policy.shares()) {
    const auto c = from_seconds(share.p * seconds_of(capacity));
    self->send(grouper, gpu_share{share.group, window, share.p, c, 0, rates.pixels_per_second(), rates.labels_per_second()});
    tell(event_id::share_announced, share.group, {}, share.p);
  }
}

// -- devices -----------------------------------------------------------------------------------------

void allocator_state::worker_up(const worker_hello& hello, const gpu_worker_actor& handle) {
  if (workers.contains(hello.worker))
    worker_down(hello.worker); // a new incarnation: what the old one had is lost
  workers[hello.worker] = handle;
  devices.add(hello.worker, hello.device);
  self->monitor(handle);
  tell(event_id::worker_up, {}, hello.worker, 0, hello.device);
  grant_free_devices();
}

void allocator_state::end_job(group_id group) {
  jobs.erase(group);
  policy.end_job(group);
  for (const auto& [id, handle] : workers)
    self->send(handle, job_ended{group});
}

void allocator_state::down(const caf::actor_addr& who) {
  // A job that ends may announce a change of size on its way out, after it was ended here; its own end comes last.
  for (const auto& [group, served] : jobs)
    if (served.handle.address() == who)
      return end_job(group);
  for (const auto& [id, handle] : workers)
    if (handle.address() == who)
      return worker_down(id);
}

void allocator_state::worker_down(worker_id gone) {
  // CAF 0.17 does not answer what a dead actor had promised. With a grant among it, the group job reports the
  // failure and its slice is granted again.
  devices.remove(gone, {ec::unreachable, "worker " + gone.value + " is gone", {}});
  tell(event_id::worker_down, {}, gone, 0);
  workers.erase(gone);
}

template <class Answer, class Order>
caf::result<Answer> allocator_state::pass_on(const worker_id& wanted, Order& order) {
  const auto by = devices.take_turn(wanted);
  if (!by)
    return to_caf({ec::unavailable,
                   wanted.value.empty() ? "there is no GPU worker" : "there is no GPU worker " + wanted.value,
                   "start one with `ecco worker`"});
  auto promise = self->make_response_promise<Answer>();
  const auto number =
    devices.begin_order(*by, [promise](const error& why) mutable { promise.deliver(to_caf(why)); });
  self->request(workers.at(*by), order_patience, std::move(order))
    .then(
      [this, by = *by, number, promise](Answer& done) mutable {
        if constexpr (std::is_same_v<Answer, labels>)
          rates.labelled(done.frames.size(), done.busy);
        if (devices.end_order(by, number))
          promise.deliver(std::move(done));
      },
      [this, by = *by, number, promise](const caf::error& failure) mutable {
        if (devices.end_order(by, number))
          promise.deliver(failure);
      });
  return promise;
}

status_report allocator_state::report() const {
  status_report out;
  out.term = config.term;
  out.window = window;
  out.micro_window = index;
  out.groups = group_standings(policy);
  out.workers = devices.standings();
  return out;
}

void allocator_state::tell(std::string_view id, group_id group, const worker_id& on, double value, std::string text) {
  self->send(telemetry, event{{}, std::string{id}, {}, group, on, window, value, std::move(text)});
}

void allocator_state::tell_of_all(std::string_view id, const micro_window_grant& grant, double value,
                                  const std::string& text) {
  tell(id, grant.group, grant.worker, value, text);
  for (const auto& other : grant.others)
    tell(id, grant.group, other, value, text);
}

// -- behavior ----------------------------------------------------------------------------------------

allocator_actor::behavior_type allocator_state::make_behavior() {
  self->set_down_handler([this](const caf::down_msg& gone) { down(gone.source); });
  self->set_default_handler(caf::drop); // who injects what it does not take is told so
  return {
    [this](const worker_hello& hello, const gpu_worker_actor& handle) { worker_up(hello, handle); },
    [this](label_order& order) { return pass_on<labels>({}, order); },
    [this](train_order& order) {
      const auto wanted = order.worker;
      return pass_on<train_report>(wanted, order);
    },
    [this](eval_order& order) { return pass_on<eval_report>({}, order); },
    [this](const grouper_actor& whom) {
      grouper = whom;
      open_window();
    },
    [this](const job_started& started, const group_job_actor& handle) {
      if (jobs.try_emplace(started.group, job{handle, {}}).second)
        self->monitor(handle);
      policy.start_job(started.group, started.members);
      grant_free_devices();
    },
    [this](const job_ended& ended) { end_job(ended.group); },
    [this](const status_query&) { return report(); },
    [this](due_atom) { grant_free_devices(); },
    [this](close_atom, window_number which) {
      if (which == window)
        close_window();
    },
  };
}

allocator_actor::behavior_type allocator(allocator_actor::stateful_pointer<allocator_state> self,
                                         allocator_config config, telemetry_actor telemetry) {
  self->state.config = std::move(config);
  self->state.policy = allocation{self->state.config.policy};
  self->state.telemetry = std::move(telemetry);
  return self->state.make_behavior();
}

} // namespace ecco

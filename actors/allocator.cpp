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

} // namespace

allocator_state::allocator_state(allocator_actor::stateful_pointer<allocator_state> selfptr)
    : self(selfptr), workers(selfptr, [this](duration busy) { budget.charge(busy); }) {}

// -- windows -----------------------------------------------------------------------------------------

void allocator_state::open_window() {
  account_for_window();
  ++window;
  index = 0;
  closing = false;
  window_end = now(self) + config.window;
  budget.open({config.window, config.micro_windows, static_cast<std::uint32_t>(workers.devices.size()),
               config.mode == gpu_mode::exclusive});
  policy.open_window(budget.micro_windows_left());
  tell(event_id::window_opened, {}, {}, static_cast<double>(jobs.size()));
  announce_shares(true);
  shares_due = true;
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
  const auto& devices = workers.devices;
  const auto lanes = config.mode == gpu_mode::exclusive ? 1 : static_cast<std::uint32_t>(devices.size());
  while (!devices.next(config.mode).empty()) {
    const auto left = window_end - now(self);
    if (closing || left < config.slice() / 2)
      break;
    const auto chosen = policy.grant({budget.micro_windows_left(), lanes});
    if (!chosen)
      break;
    const auto on = devices.next(config.mode, jobs.at(chosen->group).last_on);
    const auto slice = from_seconds(seconds_of(config.slice()) * chosen->part);
    issue(chosen->group, on, budget.fitting(std::min(left, slice), static_cast<std::uint32_t>(on.size())));
  }
  if (shares_due && policy.initial_pass_is_over()) {
    shares_due = false;
    announce_shares(false);
  }
}

void allocator_state::issue(group_id group, const std::vector<worker_id>& on, duration slice) {
  auto& served = jobs.at(group);
  served.last_on = on.front();
  micro_window_grant grant{config.term, window, index++, group, on.front(), slice, {on.begin() + 1, on.end()}, 0};
  if (on.size() > 1)
    grant.token = seed_for(config.token_seed + workers.devices.reunions(), "rendezvous");
  const granted which{std::move(grant), workers.devices.hold(on),
                      budget.begin(slice, static_cast<std::uint32_t>(on.size()))};
  ++outstanding;
  tell_of_all(event_id::grant_issued, which.grant, seconds_of(slice));
  self->request(served.handle, slice + config.patience, which.grant)
      .then([this, which](const micro_window_report& report) { grant_done(which, report); },
            [this, which](const caf::error& failure) { grant_lost(which, from_caf(failure)); });
}

void allocator_state::grant_done(const granted& which, const micro_window_report& report) {
  --outstanding;
  const auto group = which.grant.group;
  policy.complete(group, {report.accuracy_before, report.accuracy_after, report.standard_error});
  workers.rates.trained(report.pixels, report.spent.training);
  const auto busy = report.spent.training + report.spent.evaluation + report.spent.other;
  workers.devices.release(which.held, busy);
  budget.end(which.charged, group, busy);
  tell_of_all(event_id::grant_done, which.grant,
              seconds_of(busy) / static_cast<double>(1 + which.grant.others.size()));
  settle_window();
  grant_free_devices();
}

void allocator_state::grant_lost(const granted& which, const error& why) {
  --outstanding;
  policy.refund(which.grant.group);
  workers.devices.lose(which.held);
  budget.refund(which.charged);
  tell_of_all(event_id::grant_lost, which.grant, seconds_of(which.grant.slice), render(why));
  settle_window();
  self->delayed_send(self, retry_after, due_atom_v);
}

void allocator_state::announce_shares(bool all) {
  if (!grouper || window_end == duration::zero())
    return; // the next window begins with all of them
  for (const auto& share : news.tell(policy.shares(), all)) {
    const auto c = from_seconds(share.p * seconds_of(budget.for_training()));
    budget.promise(share.group, c);
    self->send(grouper, gpu_share{share.group, window, share.p, c, 0, workers.rates.pixels_per_second(),
                                  workers.rates.labels_per_second()});
    tell(event_id::share_announced, share.group, {}, share.p);
  }
}

void allocator_state::account_for_window() {
  if (window == 0)
    return;
  for (const auto& kept : budget.promises())
    tell(event_id::share_given, kept.group, {}, seconds_of(kept.given), to_text(kept));
  tell(event_id::window_accounted, {}, {}, seconds_of(budget.trained()), to_text(budget));
}

// -- jobs --------------------------------------------------------------------------------------------

void allocator_state::start_job(const job_started& started, const group_job_actor& handle) {
  const auto is_new = jobs.try_emplace(started.group, job{handle, {}}).second;
  if (is_new)
    self->monitor(handle);
  policy.start_job(started.group, started.members);
  news.forget(started.group); // its cameras hear of their part anew (decision 23)
  shares_due = shares_due || is_new;
  announce_shares(false);
  grant_free_devices();
}

void allocator_state::end_job(group_id group) {
  jobs.erase(group);
  news.forget(group);
  policy.end_job(group);
  workers.forget(group);
}

// -- devices -----------------------------------------------------------------------------------------

void allocator_state::worker_up(const worker_hello& hello, const gpu_worker_actor& handle) {
  if (workers.up(hello, handle))
    tell(event_id::worker_down, {}, hello.worker, 0);
  tell(event_id::worker_up, {}, hello.worker, 0, hello.device);
  devices_changed();
}

void allocator_state::worker_down(const worker_id& gone) {
  workers.down(gone);
  tell(event_id::worker_down, {}, gone, 0);
  devices_changed();
}

void allocator_state::devices_changed() {
  budget.devices_are(static_cast<std::uint32_t>(workers.devices.size()), window_end - now(self));
  grant_free_devices();
}

void allocator_state::down(const caf::actor_addr& who) {
  // A job that ends may announce a change of size on its way out, after it was ended here; its own end comes last.
  for (const auto& [group, served] : jobs)
    if (served.handle.address() == who)
      return end_job(group);
  if (const auto gone = workers.find(who))
    worker_down(*gone);
}

status_report allocator_state::report() const {
  status_report out;
  out.term = config.term;
  out.window = window;
  out.micro_window = index;
  out.groups = group_standings(policy);
  out.workers = workers.devices.standings();
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
      [this](label_order& order) { return workers.pass_on(order); },
      [this](train_order& order) { return workers.pass_on(order); },
      [this](eval_order& order) { return workers.pass_on(order); },
      [this](const grouper_actor& whom) {
        grouper = whom;
        open_window();
      },
      [this](const job_started& started, const group_job_actor& handle) { start_job(started, handle); },
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

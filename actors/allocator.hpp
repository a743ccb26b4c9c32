// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include <caf/typed_event_based_actor.hpp>

#include "actors/interfaces.hpp"
#include "actors/worker_desk.hpp"
#include "runtime/policy/allocation.hpp"
#include "runtime/policy/share_news.hpp"
#include "runtime/policy/window_budget.hpp"

namespace ecco {

struct allocator_config {
  allocation_options policy;
  /// |T|, and W: micro-windows a window and device. In `exclusive` mode all devices have theirs together.
  duration window = std::chrono::seconds{60};
  std::uint32_t micro_windows = 12;
  /// `exclusive`: all devices have each of those micro-windows together, so that a window costs as much GPU time.
  gpu_mode mode = gpu_mode::spread;
  /// This server's term; higher after every restart, so that grants of an earlier one are refused.
  epoch term{1};
  /// Rendezvous tokens are drawn from it; hard to guess when strangers share the computer.
  std::uint64_t token_seed = 1;
  /// How much longer than its slice a grant may take before it counts as lost.
  duration patience = std::chrono::seconds{30};

  duration slice() const { return window / micro_windows; }
};

struct allocator_state {
  static constexpr const char* name = "allocator";

  explicit allocator_state(allocator_actor::stateful_pointer<allocator_state> selfptr);

  allocator_actor::behavior_type make_behavior();

  struct job {
    group_job_actor handle;
    /// It keeps the job's state: moving it to another costs time.
    worker_id last_on;
  };
  /// A grant that is out, with its numbers in the pool of devices and in the budget.
  struct granted {
    micro_window_grant grant;
    std::uint64_t held = 0, charged = 0;
  };

  // -- windows -------------------------------------------------------------------------------------

  void open_window();
  void close_window();
  /// Tells the grouper that the window is over, once no grant is out any more.
  void settle_window();
  /// Grants every free device to the job that the policy chooses, while the window's time and budget last.
  void grant_free_devices();
  void issue(group_id group, const std::vector<worker_id>& on, duration slice);
  void grant_done(const granted& which, const micro_window_report& report);
  void grant_lost(const granted& which, const error& why);
  /// Tells the grouper the shares that changed since they were told, or all of them.
  void announce_shares(bool all);
  /// What became of the window's time, and of what the jobs were told to expect.
  void account_for_window();

  // -- jobs ----------------------------------------------------------------------------------------

  void start_job(const job_started& started, const group_job_actor& handle);
  void end_job(group_id group);

  // -- devices -------------------------------------------------------------------------------------

  void worker_up(const worker_hello& hello, const gpu_worker_actor& handle);
  void worker_down(const worker_id& gone);
  void devices_changed();
  void down(const caf::actor_addr& who);
  status_report report() const;
  void tell(std::string_view id, group_id group, const worker_id& on, double value, std::string text = {});
  /// The same of each worker of the grant.
  void tell_of_all(std::string_view id, const micro_window_grant& grant, double value, const std::string& text = {});

  allocator_actor::stateful_pointer<allocator_state> self;
  allocator_config config;
  allocation policy{{}};
  telemetry_actor telemetry;
  grouper_actor grouper;
  window_budget budget;
  share_news news;
  std::map<group_id, job> jobs;
  worker_desk workers;
  window_number window = 0;
  std::uint32_t index = 0;
  duration window_end{};
  /// Grants that are out.
  std::uint32_t outstanding = 0;
  bool closing = false;
  /// The shares that were told stand until the initial pass is over, which corrects them (decision 20).
  bool shares_due = false;
};

/// Opens its first window when it learns of the grouper, and the next when the grouper has settled the last.
allocator_actor::behavior_type allocator(allocator_actor::stateful_pointer<allocator_state> self,
                                         allocator_config config, telemetry_actor telemetry);

} // namespace ecco

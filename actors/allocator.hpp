// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>

#include "actors/interfaces.hpp"
#include "runtime/policy/allocation.hpp"

namespace ecco {

struct allocator_config {
  allocation_options policy;
  /// |T|, and W: micro-windows a window and device.
  duration window = std::chrono::seconds{60};
  std::uint32_t micro_windows = 12;
  /// This server's term; higher after every restart, so that grants of an earlier one are refused.
  epoch term{1};
  /// How much longer than its slice a grant may take before it counts as lost.
  duration patience = std::chrono::seconds{30};

  duration slice() const { return window / micro_windows; }
};

struct allocator_state {
  static constexpr const char* name = "allocator";

  struct worker {
    worker_id id;
    gpu_worker_actor handle;
    std::string device;
    /// A micro-window is granted on it.
    bool granted = false;
    duration busy{};
    /// Orders that are with it, each with what tells its sender that the worker is gone.
    std::map<std::uint64_t, std::function<void(const error&)>> orders;
  };

  explicit allocator_state(allocator_actor::stateful_pointer<allocator_state> selfptr) : self(selfptr) {}

  allocator_actor::behavior_type make_behavior();

  // -- windows -------------------------------------------------------------------------------------

  void open_window();
  void close_window();
  /// Tells the grouper that the window is over, once no grant is out any more.
  void settle_window();
  /// Grants every free device to the job that gains most.
  void grant_free_devices();
  void issue(group_id group, duration slice);
  /// The free device that keeps the job's state, or any free one; null when none is free.
  worker* free_device(const worker_id& preferred);
  void grant_done(const micro_window_report& report);
  void grant_lost(const micro_window_grant& grant, const error& why);
  void announce_shares();

  // -- devices -------------------------------------------------------------------------------------

  void worker_up(const worker_hello& hello, const gpu_worker_actor& handle);
  void worker_down(const caf::actor_addr& who);
  void down(const caf::actor_addr& who);
  void end_job(group_id group);
  /// The device named, or the least busy one; nothing when there is none.
  worker* device_for(const worker_id& wanted);
  /// Gives the order to a device. Its sender hears at once when the device dies with it.
  template <class Answer, class Order>
  caf::result<Answer> pass_on(const worker_id& wanted, Order& order);
  /// Forgets an order; false when it was answered for already.
  bool answered(const worker_id& by, std::uint64_t order);
  status_report report() const;
  void tell(std::string_view id, group_id group, const worker_id& on, double value, std::string text = {});

  allocator_actor::stateful_pointer<allocator_state> self;
  allocator_config config;
  allocation policy{{}};
  telemetry_actor telemetry;
  grouper_actor grouper;
  struct job {
    group_job_actor handle;
    /// It keeps the job's state: moving it to another costs time.
    worker_id last_on;
  };
  std::map<group_id, job> jobs;
  std::map<worker_id, worker> workers;
  /// Where the next order without a name goes.
  std::uint32_t turn = 0;
  std::uint64_t next_order = 0;
  window_number window = 0;
  std::uint32_t index = 0;
  duration window_end{};
  /// Grants that are out.
  std::uint32_t outstanding = 0;
  bool closing = false;
  /// Jobs that had a micro-window of this window.
  std::set<group_id> passed;
  /// The shares of this window were corrected by its initial pass (decision 20).
  bool shares_final = false;
};

/// Opens its first window when it learns of the grouper, and the next when the grouper has settled the last.
allocator_actor::behavior_type allocator(allocator_actor::stateful_pointer<allocator_state> self,
                                         allocator_config config, telemetry_actor telemetry);

} // namespace ecco

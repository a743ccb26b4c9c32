// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "messages/status.hpp"

namespace ecco {

/// The GPU workers' devices: which is free for a micro-window, which takes an order, and which orders are
/// with it. A worker that is gone, or back under its name, is not confused with what it was: slices and
/// orders are numbered.
class device_pool {
 public:
  /// Tells an order's sender that it will not be answered, and why.
  using order_lost = std::function<void(const error&)>;

  /// @pre no worker of this name is in the pool
  void add(const worker_id& worker, std::string name);
  /// Takes the worker out, and tells the senders of its orders why.
  void remove(const worker_id& worker, const error& why);
  std::size_t size() const { return devices_.size(); }

  // -- micro-windows -------------------------------------------------------------------------------

  /// The device named when it is free, or any that is; nothing when none is.
  std::optional<worker_id> free(const worker_id& preferred = {}) const;
  /// Holds the device, which is free, for a slice. @returns the slice's number
  std::uint64_t hold(const worker_id& worker);
  /// The slice is over: it took `busy` of the device's time. Nothing happens when the device is not held for
  /// it.
  void release(const worker_id& worker, std::uint64_t slice, duration busy = {});

  // -- orders --------------------------------------------------------------------------------------

  /// Who takes the next order: the worker named; without a name a free one, or else each in turn. Nothing
  /// when there is no such worker.
  std::optional<worker_id> take_turn(const worker_id& wanted);
  /// An order goes to the worker. @returns its number
  std::uint64_t begin_order(const worker_id& with, order_lost lost);
  /// The order is answered. @returns false when its sender has heard already that it was lost
  bool end_order(const worker_id& with, std::uint64_t order);

  std::vector<worker_standing> standings() const;

 private:
  struct device {
    std::string name;
    std::optional<std::uint64_t> slice;
    duration busy{};
    std::map<std::uint64_t, order_lost> orders;
  };

  std::map<worker_id, device> devices_;
  std::uint64_t next_number_ = 0;
  /// Where the next order without a name goes.
  std::size_t turn_ = 0;
};

} // namespace ecco

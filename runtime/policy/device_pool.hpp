// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/gpu_mode.hpp"
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

  /// Devices for the next slice; none when none can be had. In `spread` the one named when it is free, or any that is;
  /// in `exclusive` all, once none is held any more, always in the same order.
  std::vector<worker_id> next(gpu_mode mode, const worker_id& preferred = {}) const;
  /// Holds the devices, which are free, for a slice. @returns the slice's number
  std::uint64_t hold(const std::vector<worker_id>& workers);
  /// The slice is over: it took `busy` of the time of all its devices together, an equal part of each. Those that are
  /// not held for it are left alone.
  void release(std::uint64_t slice, duration busy);
  /// The slice came to nothing. Devices that were to train together may not be together any more.
  void lose(std::uint64_t slice);
  /// Another number after everything that may have parted devices which trained together: one came or went, or a slice
  /// was lost.
  std::uint64_t reunions() const { return reunions_; }

  // -- orders --------------------------------------------------------------------------------------

  /// Who takes the next order: the worker named; without a name a free one, or else each in turn. Nothing
  /// when there is no such worker.
  std::optional<worker_id> take_turn(const worker_id& wanted);
  /// An order goes to the worker. @returns its number
  std::uint64_t begin_order(const worker_id& with, order_lost lost, bool for_labels = false);
  /// The order is answered. @returns false when its sender has heard already that it was lost
  bool end_order(const worker_id& with, std::uint64_t order);
  /// Labels for this order have come. A device does one order after the other, and labels hardly ever pass each other on
  /// a link: those for the label orders before it are lost, and their senders are told why. One who is told so in error
  /// has them made again.
  void labelled(const worker_id& with, std::uint64_t order, const error& why);

  std::vector<worker_standing> standings() const;

 private:
  struct device {
    std::string name;
    std::optional<std::uint64_t> slice;
    duration busy{};
    std::map<std::uint64_t, order_lost> orders;
    /// Those of them that are for labels.
    std::set<std::uint64_t> labelling;
  };

  std::optional<worker_id> free(const worker_id& preferred = {}) const;

  std::map<worker_id, device> devices_;
  std::uint64_t reunions_ = 0;
  std::uint64_t next_number_ = 0;
  /// Where the next order without a name goes.
  std::size_t turn_ = 0;
};

} // namespace ecco

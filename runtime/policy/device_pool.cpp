// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/device_pool.hpp"

#include <iterator>
#include <utility>

namespace ecco {

void device_pool::add(const worker_id& worker, std::string name) {
  devices_[worker].name = std::move(name);
  ++reunions_;
}

void device_pool::remove(const worker_id& worker, const error& why) {
  const auto gone = devices_.extract(worker);
  if (!gone)
    return;
  ++reunions_;
  for (const auto& [order, lost] : gone.mapped().orders)
    lost(why);
}

std::optional<worker_id> device_pool::free(const worker_id& preferred) const {
  std::optional<worker_id> any;
  for (const auto& [worker, one] : devices_)
    if (!one.slice && (!any || worker == preferred))
      any = worker;
  return any;
}

std::vector<worker_id> device_pool::next(gpu_mode mode, const worker_id& preferred) const {
  std::vector<worker_id> out;
  if (mode == gpu_mode::spread) {
    if (const auto one = free(preferred))
      out.push_back(*one);
    return out;
  }
  for (const auto& [worker, one] : devices_) {
    if (one.slice)
      return {};
    out.push_back(worker);
  }
  return out;
}

std::uint64_t device_pool::hold(const std::vector<worker_id>& workers) {
  const auto slice = next_number_++;
  for (const auto& worker : workers)
    devices_.at(worker).slice = slice;
  return slice;
}

void device_pool::release(std::uint64_t slice, duration busy) {
  std::vector<device*> held;
  for (auto& [worker, one] : devices_)
    if (one.slice == slice)
      held.push_back(&one);
  for (auto* one : held) {
    one->slice.reset();
    one->busy += busy / static_cast<std::int64_t>(held.size());
  }
}

void device_pool::lose(std::uint64_t slice) {
  release(slice, {});
  ++reunions_;
}

std::optional<worker_id> device_pool::take_turn(const worker_id& wanted) {
  if (devices_.contains(wanted))
    return wanted;
  if (!wanted.value.empty() || devices_.empty())
    return std::nullopt;
  if (auto idle = free())
    return idle;
  return std::next(devices_.begin(), static_cast<std::ptrdiff_t>(turn_++ % devices_.size()))->first;
}

std::uint64_t device_pool::begin_order(const worker_id& with, order_lost lost, bool for_labels) {
  const auto order = next_number_++;
  auto& one = devices_.at(with);
  one.orders.emplace(order, std::move(lost));
  if (for_labels)
    one.labelling.insert(order);
  return order;
}

bool device_pool::end_order(const worker_id& with, std::uint64_t order) {
  const auto found = devices_.find(with);
  if (found == devices_.end())
    return false;
  found->second.labelling.erase(order);
  return found->second.orders.erase(order) == 1;
}

void device_pool::labelled(const worker_id& with, std::uint64_t order, const error& why) {
  const auto found = devices_.find(with);
  if (found == devices_.end())
    return;
  auto& one = found->second;
  std::vector<order_lost> lost;
  while (!one.labelling.empty() && *one.labelling.begin() < order)
    if (auto gone = one.orders.extract(one.labelling.extract(one.labelling.begin()).value()))
      lost.push_back(std::move(gone.mapped()));
  for (const auto& tell : lost) // who may send the next at once
    tell(why);
}

std::vector<worker_standing> device_pool::standings() const {
  std::vector<worker_standing> out;
  for (const auto& [worker, one] : devices_)
    out.push_back({worker, one.name, true, one.busy});
  return out;
}

} // namespace ecco

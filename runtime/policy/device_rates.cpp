// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/device_rates.hpp"

#include <cmath>

namespace ecco {

namespace {

constexpr double half_life = 30;

} // namespace

void device_rates::account::add(double amount, duration spent) {
  const auto took = seconds_of(spent);
  if (!(amount > 0) || !(took > 0))
    return;
  const auto keep = std::exp2(-took / half_life);
  sum = keep * sum + (1 - keep) * amount / took;
  weight = keep * weight + (1 - keep);
}

} // namespace ecco

// SPDX-License-Identifier: Apache-2.0
#include "actors/virtual_system.hpp"

#include <algorithm>

namespace ecco {

void virtual_system::end() {
  for (const auto& one : endings_)
    one();
  endings_.clear();
  settle();
}

duration virtual_system::elapsed() const {
  return std::chrono::duration_cast<duration>(scheduler_.clock().now() - began_);
}

void virtual_system::settle() {
  while (scheduler_.try_run_once()) {
  }
}

void virtual_system::advance(duration span) {
  settle();
  auto& clock = scheduler_.clock();
  const auto end = clock.now() + span;
  for (;;) {
    const auto& due = clock.schedule();
    if (due.empty() || due.begin()->first > end)
      break;
    // What is due may have been so before it was said.
    clock.advance_time(std::max(due.begin()->first, clock.now()) - clock.now());
    settle();
  }
  clock.advance_time(end - clock.now());
}

} // namespace ecco

// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/grant_order.hpp"

#include <string>
#include <tuple>

namespace ecco {

namespace {

std::string text(epoch term, window_number window, std::uint32_t index) {
  return std::to_string(term.value) + "/" + std::to_string(window) + "/" + std::to_string(index);
}

} // namespace

result<void> grant_order::check(const micro_window_grant& grant) const {
  const auto called = to_string(group_);
  if (grant.group != group_)
    return fail(ec::invalid_argument, "a grant for " + to_string(grant.group) + " reached " + called);
  if (grant.slice <= duration::zero())
    return fail(ec::invalid_argument, called + ": a grant needs a slice longer than zero");
  if (std::tuple{grant.term, grant.window, grant.index} < std::tuple{term_, window_, next_index_})
    return fail(ec::stale, called + ": grant " + text(grant.term, grant.window, grant.index)
                             + " (term/window/index) is over; the newest was "
                             + text(term_, window_, next_index_ == 0 ? 0 : next_index_ - 1));
  return {};
}

void grant_order::begin(const micro_window_grant& grant) {
  term_ = grant.term;
  window_ = grant.window;
  next_index_ = grant.index + 1;
}

} // namespace ecco

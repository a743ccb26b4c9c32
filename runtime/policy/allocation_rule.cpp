// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/allocation_rule.hpp"

#include "runtime/policy/objective_rule.hpp"
#include "runtime/policy/thief_rule.hpp"
#include "runtime/policy/turn_rule.hpp"

namespace ecco {

std::unique_ptr<allocation_rule> make_allocation_rule(const allocation_options& options) {
  switch (options.kind) {
    case allocation_kind::ecco: return std::make_unique<objective_rule>(ecco_objective(options));
    case allocation_kind::recl: return std::make_unique<objective_rule>(recl_objective(options));
    case allocation_kind::ekya: return std::make_unique<thief_rule>();
    case allocation_kind::uniform: break;
  }
  return std::make_unique<turn_rule>();
}

} // namespace ecco

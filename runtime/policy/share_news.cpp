// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/share_news.hpp"

#include <cmath>

namespace ecco {

std::vector<job_share> share_news::tell(std::span<const job_share> present, bool all) {
  std::vector<job_share> out;
  for (const auto& share : present) {
    const auto [at, is_new] = told_.try_emplace(share.group, share.p);
    if (!all && !is_new && std::abs(share.p - at->second) < least_change)
      continue;
    at->second = share.p;
    out.push_back(share);
  }
  return out;
}

} // namespace ecco

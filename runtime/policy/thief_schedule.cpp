// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/thief_schedule.hpp"

#include <algorithm>
#include <cmath>

namespace ecco {

namespace {

/// Shares are sums of steps: what is this close to a bound has reached it, and no smaller improvement is one.
constexpr double tolerance = 1e-9;

/// PICK for one job: how long it trains with so many devices, and EST of that. A longer training is worth
/// more later and leaves less time for it, so that the estimate rises to one maximum and falls.
thief_share pick(const thief_job& job, double devices, const thief_terms& terms) {
  thief_share out{job.group, devices, 0, job.accuracy_before};
  const auto most = static_cast<std::uint32_t>(devices * terms.rest + tolerance);
  for (std::uint32_t length = 1; length <= most; ++length) {
    const auto after = job.curve.at(job.trained + length);
    const auto done = std::min(1.0, length / devices / terms.rest);
    const auto estimate = done * job.accuracy_before + (1 - done) * after;
    if (estimate > out.mean_accuracy + tolerance) {
      out.length = length;
      out.mean_accuracy = estimate;
    } else if (out.length > 0) {
      break;
    }
  }
  return out;
}

/// Everything the thief takes from the victim in a row.
void steal(std::vector<thief_share>& shares, std::span<const thief_job> jobs, std::size_t thief,
           std::size_t victim, const thief_terms& terms) {
  while (shares[victim].devices + tolerance >= terms.step
         && shares[thief].devices + terms.step <= terms.most_devices + tolerance) {
    const auto richer = pick(jobs[thief], shares[thief].devices + terms.step, terms);
    const auto poorer = pick(jobs[victim], std::max(0.0, shares[victim].devices - terms.step), terms);
    if (richer.mean_accuracy + poorer.mean_accuracy
        <= shares[thief].mean_accuracy + shares[victim].mean_accuracy + tolerance)
      return;
    shares[thief] = richer;
    shares[victim] = poorer;
  }
}

} // namespace

std::vector<thief_share> thief_schedule(std::span<const thief_job> jobs, const thief_terms& terms) {
  std::vector<thief_share> shares;
  const auto fair = std::min(terms.most_devices,
                             terms.devices / static_cast<double>(std::max<std::size_t>(1, jobs.size())));
  for (const auto& job : jobs)
    shares.push_back(pick(job, fair, terms));
  for (std::size_t thief = 0; thief < jobs.size(); ++thief)
    for (std::size_t victim = 0; victim < jobs.size(); ++victim)
      if (victim != thief)
        steal(shares, jobs, thief, victim, terms);
  return shares;
}

} // namespace ecco

// SPDX-License-Identifier: Apache-2.0
#include "deploy/experiment/experiment_results.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "runtime/base/event_ids.hpp"

namespace ecco {

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
/// Seconds over which readings before a change, and at the end of what follows it, are averaged.
constexpr double span = 30;
/// Points of the course.
constexpr double course_points = 400;

class mean_of {
 public:
  void add(double value) {
    if (!std::isfinite(value))
      return;
    sum_ += value;
    ++count_;
  }
  double value() const { return count_ > 0 ? sum_ / static_cast<double>(count_) : unknown; }

 private:
  double sum_ = 0;
  std::size_t count_ = 0;
};

using readings = std::span<const accuracy_reading>;

/// Those in [from, to).
readings between(const std::vector<accuracy_reading>& all, double from, double to) {
  const auto at = [&](double time) {
    return std::lower_bound(all.begin(), all.end(), time, [](const accuracy_reading& r, double t) { return r.at < t; });
  };
  return {at(from), at(std::max(from, to))};
}

double mean(readings some) {
  mean_of out;
  for (const auto& reading : some)
    out.add(reading.map50);
  return out.value();
}

double lowest(readings some) {
  double out = unknown;
  for (const auto& reading : some)
    out = std::fmin(out, reading.map50);
  return out;
}

/// When the first of two readings in a row reached `target`, after one that had not.
std::optional<double> regained_at(readings some, double target) {
  bool fell = false;
  for (std::size_t i = 0; i < some.size(); ++i) {
    fell = fell || some[i].map50 < target;
    if (fell && i + 1 < some.size() && some[i].map50 >= target && some[i + 1].map50 >= target)
      return some[i].at;
  }
  return {};
}

/// One change of a camera's world and what followed, until the next.
struct episode {
  double before = 0, lowest = 0, end = 0;
  /// Empty when the camera did not fall below the target.
  std::optional<waiting_time> response;
};

episode follow(const camera_course& course, std::size_t nth, const experiment_facts& facts) {
  const auto at = course.changes[nth].at;
  const auto since = nth > 0 ? course.changes[nth - 1].at : 0;
  const auto until = nth + 1 < course.changes.size() ? course.changes[nth + 1].at : facts.seconds;
  const auto after = between(course.accuracy, at, until);
  episode out{mean(between(course.accuracy, std::max(since, at - span), at)), lowest(after),
              mean(between(course.accuracy, std::max(at, until - span), until)), {}};
  if (!(out.lowest < facts.target))
    return out;
  const auto noticed = std::lower_bound(course.noticed.begin(), course.noticed.end(), at);
  const auto asked = noticed != course.noticed.end() && *noticed < until ? *noticed : at;
  const auto regained = regained_at(after, facts.target);
  out.response = waiting_time{std::max(0., regained.value_or(until) - asked), regained.has_value()};
  return out;
}

/// Collects the numbers of several cameras.
class tally {
 public:
  explicit tally(std::string name) { out_.name = std::move(name); }

  void add(const camera_course& course, const experiment_facts& facts) {
    ++out_.cameras;
    means_.add(mean(course.accuracy));
    truths_.add(mean(course.truth));
    teachers_.add(mean(course.teacher));
    out_.bytes_sent += course.bytes_sent;
    out_.models += course.models;
    for (std::size_t i = 0; i < course.changes.size(); ++i) {
      const auto one = follow(course, i, facts);
      ++out_.changes;
      before_.add(one.before);
      lowest_.add(one.lowest);
      end_.add(one.end);
      if (one.response)
        responses_.push_back(*one.response);
    }
  }

  region_result result() const {
    auto out = out_;
    out.mean = means_.value();
    out.truth = truths_.value();
    out.teacher = teachers_.value();
    out.before = before_.value();
    out.lowest = lowest_.value();
    out.end = end_.value();
    out.fallen = responses_.size();
    out.answered = static_cast<std::size_t>(
      std::count_if(responses_.begin(), responses_.end(), [](const waiting_time& t) { return t.came; }));
    out.response = mean_waiting(responses_);
    return out;
  }

 private:
  region_result out_;
  mean_of means_, truths_, teachers_, before_, lowest_, end_;
  std::vector<waiting_time> responses_;
};

/// Each camera's last reading, averaged, at equal distances.
std::vector<accuracy_reading> course_of(const experiment_record& run, const experiment_facts& facts) {
  const auto step = facts.planned / course_points;
  std::vector<accuracy_reading> out;
  std::vector<std::size_t> next(run.cameras().size());
  for (int i = 1; i <= course_points && i * step <= facts.seconds; ++i) {
    mean_of now;
    std::size_t nth = 0;
    for (const auto& [name, course] : run.cameras()) {
      auto& at = next[nth++];
      while (at < course.accuracy.size() && course.accuracy[at].at <= i * step)
        ++at;
      if (at > 0)
        now.add(course.accuracy[at - 1].map50);
    }
    if (std::isfinite(now.value()))
      out.push_back({i * step, now.value()});
  }
  return out;
}

} // namespace

double mean_waiting(std::vector<waiting_time> times) {
  if (times.empty())
    return unknown;
  // What came at a moment came before what was last seen at that moment.
  std::sort(times.begin(), times.end(), [](const waiting_time& a, const waiting_time& b) {
    return a.seconds != b.seconds ? a.seconds < b.seconds : a.came > b.came;
  });
  double area = 0, still_waiting = 1, last = 0;
  auto watched = static_cast<double>(times.size());
  for (const auto& time : times) {
    area += still_waiting * (time.seconds - last);
    last = time.seconds;
    if (time.came)
      still_waiting *= 1 - 1 / watched;
    --watched;
  }
  return area;
}

experiment_result summarize(const experiment_record& run, const experiment_facts& facts) {
  experiment_result out;
  out.facts = facts;
  std::map<std::string, tally> regions;
  tally all{"all"};
  out.worst = unknown;
  for (const auto& [camera, course] : run.cameras()) {
    const auto known = facts.regions.find(camera);
    const auto& region = known == facts.regions.end() ? camera.value : known->second;
    regions.try_emplace(region, region).first->second.add(course, facts);
    all.add(course, facts);
    out.worst = std::fmin(out.worst, mean(course.accuracy));
  }
  for (const auto& [name, of] : regions)
    out.regions.push_back(of.result());
  out.all = all.result();
  out.gpu = run.gpu();
  out.windows = run.count(event_id::window_closed);
  out.grants = run.count(event_id::grant_done);
  out.groups_opened = run.count(event_id::group_opened);
  out.groups_joined = run.count(event_id::group_joined);
  out.events = run.events();
  out.course = course_of(run, facts);
  return out;
}

} // namespace ecco

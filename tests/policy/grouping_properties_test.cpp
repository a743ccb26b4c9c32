// SPDX-License-Identifier: Apache-2.0
// What holds of the groups whatever happens: requests, moves, scores, comparisons and ends in any order.
#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include "policy/town.hpp"

using namespace ecco;
using namespace ecco::test;

namespace {

constexpr int most_cameras = 10;

std::string name_of(int camera) {
  return std::string(1, static_cast<char>('a' + camera));
}

int any_camera() {
  return *rc::gen::inRange(0, most_cameras);
}

double any_accuracy() {
  const auto i = *rc::gen::inRange(0, 22);
  return i == 21 ? std::nan("") : i / 20.;
}

/// Line 4 as the paper says it, over all groups.
std::vector<group_id> near_by_linear_scan(const grouping& policy, const grouping_options& options,
                                          const retrain_request& request, duration now) {
  std::vector<group_id> out;
  for (const auto& [id, g] : policy.groups())
    if (std::all_of(g.members.begin(), g.members.end(), [&](const auto& entry) {
          const auto& m = entry.second;
          const auto drift = now - request.age;
          return distance_m(m.place, request.place) <= options.max_distance_m && drift >= m.since - options.max_age
                 && drift <= m.until + options.max_age;
        }))
      out.push_back(id);
  return out;
}

std::map<std::string, std::uint32_t> seats_in(const town& t) {
  std::map<std::string, std::uint32_t> out;
  for (int i = 0; i < most_cameras; ++i)
    if (const auto group = t.group(name_of(i)); group != 0)
      out[name_of(i)] = group;
  return out;
}

/// A town in which anything happens, and what must hold is checked as it does.
struct anything_goes {
  grouping_options options;
  town t{options};
  std::uint32_t highest_group = 0;
  std::uint32_t moves = 0;
  /// The first window of the server that runs.
  window_number began = 1;
  std::map<std::string, window_number> moved;
  /// Camera and group, and the last window in which they are barred from each other.
  std::map<std::pair<std::string, std::uint32_t>, window_number> barred;

  explicit anything_goes(const grouping_options& with) : options(with), t{with} {}

  void check_groups() {
    RC_ASSERT(is_consistent(t.policy));
    for (const auto& [camera, group] : seats_in(t))
      highest_group = std::max(highest_group, group);
  }

  void ask() {
    const auto camera = name_of(any_camera());
    auto request = request_of(camera, 45. * *rc::gen::inRange(0, 10));
    request.age = std::chrono::seconds{*rc::gen::inRange(0, 200)};
    const auto before = t.group(camera);
    const auto found = t.policy.candidates(request, t.now, t.window);
    std::vector<candidate_score> scores;
    auto expected = near_by_linear_scan(t.policy, options, request, t.now);
    std::erase_if(expected, [&](group_id id) {
      const auto at = barred.find({camera, id.value});
      return at != barred.end() && t.window <= at->second && moved[camera] + options.barred == at->second;
    });
    RC_ASSERT(found == expected);
    for (const auto id : found)
      scores.push_back({id, any_accuracy(), *rc::gen::inRange(0, 2) == 0});
    const auto where = t.policy.place(request, any_accuracy(), scores, t.now, t.window);
    RC_ASSERT(t.group(camera) == where.group.value);
    if (before != 0)
      RC_ASSERT(where.group.value == before);
    else if (!where.joined)
      RC_ASSERT(where.group.value > highest_group); // never used before
  }

  void note_move(const std::string& camera, std::uint32_t from) {
    RC_ASSERT(moved[camera] < t.window - 1 || moved[camera] == 0); // once in a window
    moved[camera] = t.window - 1;
    barred[{camera, from}] = t.window - 1 + options.barred;
    RC_ASSERT(++moves <= options.most_moves);
  }

  void close() {
    std::vector<member_score> scores;
    for (int i = 0; i < most_cameras; ++i)
      if (*rc::gen::inRange(0, 8) > 0)
        scores.push_back({camera_id{name_of(i)}, any_accuracy(), *rc::gen::inRange(0, 3) / 50., any_accuracy()});
    const auto before = seats_in(t);
    std::map<std::string, window_number> joined;
    for (const auto& [id, g] : t.policy.groups())
      for (const auto& [camera, m] : g.members)
        joined[camera.value] = m.joined;
    auto copy = t.policy;
    t.now += 60s;
    const auto out = t.policy.close_window(t.window, scores, t.now);
    std::mt19937 random{*rc::gen::inRange(0u, 100u)};
    std::shuffle(scores.begin(), scores.end(), random);
    RC_ASSERT(copy.close_window(t.window, scores, t.now) == out);
    ++t.window;
    moves = 0;
    auto expected = before;
    for (const auto& gone : out) {
      RC_ASSERT(before.at(gone.camera.value) == gone.group.value);
      RC_ASSERT(t.group(gone.camera.value) == 0u);
      RC_ASSERT(t.window - 1 >= joined.at(gone.camera.value) + options.dwell);
      note_move(gone.camera.value, gone.group.value);
      expected.erase(gone.camera.value);
    }
    RC_ASSERT(seats_in(t) == expected); // nobody else moved
  }

  void compare() {
    if (t.window <= began)
      return; // it has closed none yet
    const auto closed = t.window - 1;
    const auto pairs = t.policy.pairs_to_compare(closed);
    RC_ASSERT(pairs.size() <= options.most_pairs);
    std::vector<cross_score> scores;
    for (const auto& [a, b] : pairs)
      for (const auto& [model, of] : {std::pair{a, b}, std::pair{b, a}})
        for (const auto& [camera, m] : t.policy.groups().at(of).members)
          scores.push_back({model, camera, any_accuracy(), *rc::gen::inRange(0, 3) / 50.});
    const auto before = seats_in(t);
    std::map<camera_id, window_number> joined;
    for (const auto& [id, g] : t.policy.groups())
      for (const auto& [camera, m] : g.members)
        joined[camera] = m.joined;
    auto copy = t.policy;
    const auto out = t.policy.unite(closed, scores, t.now);
    std::mt19937 random{*rc::gen::inRange(0u, 100u)};
    std::shuffle(scores.begin(), scores.end(), random);
    RC_ASSERT(copy.unite(closed, scores, t.now) == out);
    auto expected = before;
    for (const auto& [from, to, cameras, whole, why] : out) {
      RC_ASSERT(whole == !t.policy.groups().contains(from));
      for (const auto& camera : cameras) {
        RC_ASSERT(before.at(camera.value) == from.value);
        if (const auto at = barred.find({camera.value, to.value});
            at != barred.end() && moved[camera.value] + options.barred == at->second)
          RC_ASSERT(closed > at->second);
        note_move(camera.value, from.value);
        expected[camera.value] = to.value;
      }
      // Whole groups may go at any time, but nobody leaves others behind before its stay is over.
      if (!whole && moves < options.most_moves)
        for (const auto& camera : cameras)
          RC_ASSERT(closed >= joined.at(camera) + options.dwell);
    }
    RC_ASSERT(seats_in(t) == expected);
  }

  void open() {
    std::vector<retrain_request> wishes;
    for (int i = 0; i < most_cameras; ++i)
      if (*rc::gen::inRange(0, 3) == 0)
        wishes.push_back(request_of(name_of(i), 45. * *rc::gen::inRange(0, 10)));
    auto expected = seats_in(t);
    const auto id = t.policy.open(wishes, t.now, t.window);
    RC_ASSERT(wishes.empty() == (id == group_id{}));
    RC_ASSERT(wishes.empty() || id.value > highest_group);
    for (const auto& wish : wishes)
      expected[wish.camera.value] = id.value;
    RC_ASSERT(seats_in(t) == expected);
  }

  /// The server starts anew, and some cameras return at once. Who was barred from where is forgotten.
  void restart() {
    const auto before = seats_in(t);
    const auto kept = t.policy.keep(t.now, t.window - 1);
    t.policy = grouping{options};
    t.policy.resume(kept, t.now);
    barred.clear();
    began = t.window;
    auto expected = std::map<std::string, std::uint32_t>{};
    for (int i = 0; i < most_cameras; ++i) {
      if (*rc::gen::inRange(0, 3) == 0)
        continue;
      const auto taken = t.policy.take_seat(camera_id{name_of(i)});
      if (const auto had = before.find(name_of(i)); had != before.end()) {
        RC_ASSERT(taken.has_value());
        expected[name_of(i)] = had->second;
      } else if (taken) { // kept since an earlier start
        expected[name_of(i)] = taken->value;
      }
    }
    RC_ASSERT(seats_in(t) == expected);
  }

  void step() {
    switch (*rc::gen::inRange(0, 14)) {
      case 12: open(); break;
      case 13: restart(); break;
      case 0: t.policy.leave(camera_id{name_of(any_camera())}); break;
      case 1:
        t.policy.moved(camera_id{name_of(any_camera())}, request_of("", 45. * *rc::gen::inRange(0, 10)).place);
        break;
      case 2:
        if (const group_id id{*rc::gen::inRange(0u, highest_group + 2)};
            t.policy.settle(id, *rc::gen::inRange(0, 3) == 0))
          t.policy.end(id);
        break;
      case 3: compare(); break;
      case 4:
      case 5: close(); break;
      default: ask();
    }
    check_groups();
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(groups_whatever_happens)

RC_BOOST_PROP(every_camera_has_one_seat_and_moves_no_more_often_than_the_cap_allows, ()) {
  grouping_options options;
  options.dwell = *rc::gen::inRange(0u, 4u);
  options.barred = *rc::gen::inRange(0u, 4u);
  options.most_moves = *rc::gen::inRange(0u, 4u);
  options.compare_every = *rc::gen::inRange(0u, 3u);
  options.most_pairs = *rc::gen::inRange(0u, 5u);
  options.max_distance_m = 50. * *rc::gen::inRange(0, 10);
  anything_goes world{options};
  const auto steps = *rc::gen::inRange(0, 60);
  for (int i = 0; i < steps; ++i)
    world.step();
}

BOOST_AUTO_TEST_SUITE_END()

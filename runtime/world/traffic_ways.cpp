// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/signals.hpp"
#include "runtime/world/traffic_flow.hpp"

namespace ecco::world {
namespace {

using street::directions;

/// A place where traffic enters: a street's end on the border.
struct gate {
  vec2 at;
  int approach;
  /// The first intersection.
  int column, row;
};

std::vector<gate> gates() {
  std::vector<gate> all;
  for (int row = 0; row < street::rows; ++row) {
    all.push_back({{street::west, street::y_of(row)}, 0, 0, row});
    all.push_back({{street::east, street::y_of(row)}, 2, street::columns - 1, row});
  }
  for (int column = 0; column < street::columns; ++column) {
    if (column != 4)
      all.push_back({{street::x_of(column), street::south}, 1, column, 0});
    all.push_back({{street::x_of(column), street::north}, 3, column, street::rows - 1});
  }
  return all;
}

/// What a slot is and which way it takes.
struct plan {
  gate from;
  bool bicycle = false, straight_on = false;
  object_class kind{};
  std::uint8_t model = 0;
  float enters = 0;
  std::uint64_t hash = 0;
};

/// Vehicles from each gate in a cycle, and how many more go through the tunnel.
constexpr int vehicles_a_gate = 3, more_in_tunnel = 3;

std::vector<plan> plans(std::uint64_t seed) {
  std::vector<plan> all;
  const auto from = gates();
  for (std::size_t g = 0; g < from.size(); ++g)
    for (int k = 0; k < vehicles_a_gate + 1 + more_in_tunnel; ++k) {
      const bool to_tunnel = from[g].row == 0 && from[g].approach % 2 == 0;
      if (k > vehicles_a_gate && !to_tunnel)
        break;
      plan made{from[g]};
      made.straight_on = k > vehicles_a_gate;
      made.hash = hashed(seed, 80, g, k);
      made.bicycle = k == vehicles_a_gate;
      const float draw = fraction(hashed(made.hash, 1));
      made.kind = made.bicycle  ? object_class::bicycle
                  : draw < .74f ? object_class::car
                  : draw < .88f ? object_class::truck
                                : object_class::bus;
      const float shape = fraction(hashed(made.hash, 2));
      made.model = made.kind == object_class::car     ? (shape < .3f    ? 0
                                                         : shape < .55f ? 1
                                                         : shape < .78f ? 2
                                                         : shape < .9f  ? 4
                                                                        : 3)
                   : made.kind == object_class::truck ? (shape < .6f ? 0 : 1)
                                                      : 0;
      made.enters = fraction(hashed(seed, 81, g)) * 60
                    + static_cast<float>(k) * between(hashed(made.hash, 3), 3.f, 6.f);
      all.push_back(made);
    }
  return all;
}

/// The next intersection ahead, or none when the street leaves the map.
bool advance(int& column, int& row, int approach) {
  const auto d = directions[static_cast<std::size_t>(approach)];
  for (;;) {
    column += static_cast<int>(d.x);
    row += static_cast<int>(d.y);
    if (column < 0 || column >= street::columns || row < 0 || row >= street::rows)
      return false;
    if (is_crossing(column, row))
      return true;
  }
}

bool may_leave(int column, int row, int approach) {
  // The street of column 4 ends in the north of the park.
  return !(column == 4 && row == 1 && approach == 3);
}

class way_builder {
 public:
  way_builder(const plan& from, slot& to)
      : plan_(from), offset_(from.bicycle ? street::bike_lane : street::lane), to_(to) {}

  std::vector<way_part> build();

 private:
  vec2 beside(vec2 middle, int approach) const {
    return middle + right_of(directions[static_cast<std::size_t>(approach)]) * offset_;
  }
  float reach(vec2 point) {
    if (!to_.path.empty()) {
      const float step = length(point - to_.path.back());
      if (step < .01f)
        return to_.along.back();
      to_.along.push_back(to_.along.back() + step);
    } else {
      to_.along.push_back(0);
    }
    to_.path.push_back(point);
    return to_.along.back();
  }
  int choose(int column, int row, int approach, int step) const;
  void cross(way_part& part, vec2 middle, int from, int to);

  const plan& plan_;
  float offset_;
  slot& to_;
};

/// The direction in which it leaves an intersection.
int way_builder::choose(int column, int row, int approach, int step) const {
  const float draw = fraction(hashed(plan_.hash, 10, step));
  const bool may_turn = !plan_.bicycle && !plan_.straight_on && step < 4;
  constexpr int straight = 0, right = 3;
  const int wanted = may_turn && draw > .68f ? right : straight;
  if (may_leave(column, row, (approach + wanted) % 4))
    return (approach + wanted) % 4;
  return (approach + (wanted == straight ? right : straight)) % 4;
}

void way_builder::cross(way_part& part, vec2 middle, int from, int to) {
  const auto in = directions[static_cast<std::size_t>(from)], out = directions[static_cast<std::size_t>(to)];
  const vec2 begin = beside(middle - in * street::stop_line, from),
             end = beside(middle + out * street::stop_line, to);
  part.turns = from != to;
  if (part.turns) {
    const vec2 corner = middle + right_of(in) * offset_ + right_of(out) * offset_;
    for (int i = 1; i < 12; ++i) {
      const float k = static_cast<float>(i) / 12;
      reach(begin * ((1 - k) * (1 - k)) + corner * (2 * k * (1 - k)) + end * (k * k));
    }
  }
  part.ends = reach(end);
}

std::vector<way_part> way_builder::build() {
  std::vector<way_part> parts;
  const int kinds = plan_.bicycle ? 4000 : 0;
  int column = plan_.from.column, row = plan_.from.row, approach = plan_.from.approach;
  float begins = reach(beside(plan_.from.at, approach));
  for (int step = 0;; ++step) {
    const vec2 middle{street::x_of(column), street::y_of(row)};
    const int here = (column * street::rows + row) * 4 + approach;
    way_part to_line;
    to_line.lane = kinds + here;
    to_line.begins = begins;
    to_line.ends =
        reach(beside(middle - directions[static_cast<std::size_t>(approach)] * street::stop_line, approach));
    to_line.column = column;
    to_line.row = row;
    to_line.approach = approach;
    parts.push_back(to_line);

    const int leaves = choose(column, row, approach, step);
    way_part over = to_line;
    over.crossing = true;
    over.begins = to_line.ends;
    over.lane = kinds + 1000 + here * 4 + leaves;
    cross(over, middle, approach, leaves);
    parts.push_back(over);
    begins = over.ends;
    approach = leaves;
    if (!advance(column, row, approach))
      break;
  }
  const vec2 d = directions[static_cast<std::size_t>(approach)], last = to_.path.back();
  const float left = d.x > 0   ? street::east - last.x
                     : d.x < 0 ? last.x - street::west
                     : d.y > 0 ? street::north - last.y
                               : last.y - street::south;
  way_part out;
  out.lane = kinds + 3000 + approach * 100 + (d.x != 0 ? row : column);
  out.begins = begins;
  out.ends = reach(last + d * left);
  parts.push_back(out);
  return parts;
}

} // namespace

std::vector<slot> make_slots(std::uint64_t seed) {
  std::vector<slot> all;
  for (const auto& from : plans(seed)) {
    slot made;
    made.kind = from.kind;
    made.model = from.model;
    made.enters = from.enters;
    way_builder{from, made}.build();
    all.push_back(std::move(made));
  }
  return all;
}

std::vector<way_part> parts_of(std::uint64_t seed, std::size_t index) {
  slot unused;
  const auto all = plans(seed);
  return way_builder{all[index], unused}.build();
}

vec2 point_on(const slot& from, float s) {
  auto next = static_cast<std::size_t>(std::upper_bound(from.along.begin(), from.along.end(), s)
                                       - from.along.begin());
  next = std::clamp<std::size_t>(next, 1, from.along.size() - 1);
  const float part = (s - from.along[next - 1]) / (from.along[next] - from.along[next - 1]);
  return from.path[next - 1] + (from.path[next] - from.path[next - 1]) * part;
}

} // namespace ecco::world

// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include "runtime/world/raster.hpp"
#include "runtime/world/truth.hpp"

namespace ecco {
namespace {

using namespace world;

BOOST_AUTO_TEST_SUITE(world_raster)

const view straight_ahead = look({0, 0, 2}, 0, 0, 0, 60, 64, 48);

/// An upright rectangle `far` metres ahead, facing the camera.
mesh a_board(float far, float y, float z, float wide, float tall) {
  mesh made;
  made.quad(material::plain, {1, 1, 1}, {far, y + wide, z}, {far, y, z}, {far, y, z + tall},
            {far, y + wide, z + tall});
  return made;
}

BOOST_AUTO_TEST_CASE(a_board_covers_the_samples_whose_centres_it_covers) {
  raster to;
  to.begin(straight_ahead);
  // At 6 m and focal length 60 a metre is 10 pixels, 20 samples.
  const auto board = a_board(6, -1, 2, 2, 1);
  std::uint32_t count = 0;
  to.draw(board, board.faces[0], 1, &count);
  BOOST_TEST(count == 40u * 20u);
  const auto where = to.take_touched();
  BOOST_TEST(where.x0 == 64 - 20);
  BOOST_TEST(where.x1 == 64 + 20);
  BOOST_TEST(where.y0 == 48 - 20);
  BOOST_TEST(where.y1 == 48);
}

BOOST_AUTO_TEST_CASE(the_back_of_a_face_is_not_seen) {
  raster to;
  to.begin(straight_ahead);
  mesh board;
  board.quad(material::plain, {1, 1, 1}, {6, -1, 2}, {6, 1, 2}, {6, 1, 3}, {6, -1, 3});
  to.draw(board, board.faces[0], 1);
  BOOST_TEST(to.take_touched().empty());
  board.faces[0].thin = true;
  to.draw(board, board.faces[0], 1);
  BOOST_TEST(!to.take_touched().empty());
}

BOOST_AUTO_TEST_CASE(what_lies_on_the_ground_last_is_seen) {
  raster to;
  to.begin(look({3, 1, 5}, .4f, -.3f, .02f, 60, 64, 48));
  mesh ground;
  add_ground(ground, material::grass, {}, rect{-100, -100, 100, 100});
  add_ground(ground, material::street, {}, rect{-90, -80, 90, 80});
  add_ground(ground, material::zebra, {}, rect{5, -60, 60, 60});
  for (const auto& one : ground.faces)
    to.draw(ground, one, 0);
  std::vector<std::size_t> count(4, 0);
  for (const auto index : to.shown())
    ++count[index];
  BOOST_TEST(count[3] > 1000u);
  // The street is seen only outside of the zebra: no sample of it lies between two of the zebra.
  for (int y = 0; y < to.height(); ++y) {
    const auto* row = to.shown().data() + y * to.width();
    int changes = 0;
    for (int x = 1; x < to.width(); ++x)
      changes += row[x] != row[x - 1] ? 1 : 0;
    BOOST_TEST(changes <= 4);
  }
}

BOOST_AUTO_TEST_CASE(visibility_is_what_brute_force_counts) {
  rc::check("share of samples not hidden by something nearer", [] {
    const auto count = *rc::gen::inRange<std::size_t>(1, 7);
    std::vector<mesh> boards;
    std::vector<float> far;
    for (std::size_t i = 0; i < count; ++i) {
      const auto at = [](int low, int high) {
        return static_cast<float>(*rc::gen::inRange(low, high)) * .1f;
      };
      far.push_back(at(30, 200) + static_cast<float>(i) * .013f);
      boards.push_back(a_board(far.back(), at(-60, 60), at(0, 30), at(5, 50), at(5, 40)));
    }
    raster all;
    all.begin(straight_ahead);
    std::vector<drawn_object> objects(count);
    for (std::size_t i = 0; i < count; ++i) {
      all.draw(boards[i], boards[i].faces[0], static_cast<std::uint32_t>(i + 1), &objects[i].samples);
      objects[i].where = all.take_touched();
    }
    std::vector<std::uint16_t> owners, numbers;
    const auto found = find_objects(all, objects, owners, numbers);

    // Each alone, and for each sample the nearest.
    std::vector<std::vector<bool>> covers(count);
    for (std::size_t i = 0; i < count; ++i) {
      raster alone;
      alone.begin(straight_ahead);
      alone.draw(boards[i], boards[i].faces[0], 1);
      for (const auto index : alone.shown())
        covers[i].push_back(index != no_face);
    }
    for (std::size_t k = 0; k < found.size(); ++k) {
      const auto i = numbers[k] - std::size_t{1};
      std::size_t whole = 0, seen = 0;
      for (std::size_t s = 0; s < covers[i].size(); ++s) {
        if (!covers[i][s])
          continue;
        ++whole;
        bool hidden = false;
        for (std::size_t j = 0; j < count; ++j)
          hidden = hidden || (covers[j][s] && far[j] < far[i]);
        seen += hidden ? 0 : 1;
      }
      RC_ASSERT(objects[i].samples == whole);
      RC_ASSERT(found[k].visible == static_cast<float>(seen) / static_cast<float>(whole));
    }
  });
}

BOOST_AUTO_TEST_CASE(drawing_on_another_leaves_it_as_it_was) {
  raster below, on;
  below.begin(straight_ahead);
  const auto wall = a_board(10, -3, 0, 6, 4), board = a_board(5, -1, 1, 2, 2);
  below.draw(wall, wall.faces[0], 0);
  const auto before = below.shown();
  std::vector<std::uint32_t> first;
  for (int round = 0; round < 3; ++round) {
    on.begin_on(below);
    std::uint32_t count = 0;
    on.draw(board, board.faces[0], 1, &count);
    BOOST_TEST(count == 48u * 48u);
    if (round == 0)
      first = on.shown();
    BOOST_TEST((on.shown() == first));
  }
  on.begin_on(below);
  BOOST_TEST((on.shown() == before));
  BOOST_TEST((below.shown() == before));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace ecco

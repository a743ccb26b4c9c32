// SPDX-License-Identifier: Apache-2.0
#include "deploy/export/one_polygon.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include "runtime/score/outline_mask.hpp"
#include "tests/export/an_archive.hpp"

using namespace ecco;
using namespace ecco::test;

BOOST_AUTO_TEST_SUITE(one_polygon_test)

BOOST_AUTO_TEST_CASE(one_ring_stays_as_it_is) {
  const outline shape{{{{1, 2}, {300, 4}, {5, 600}}}};
  BOOST_TEST((one_polygon(shape) == shape.rings[0]));
}

BOOST_AUTO_TEST_CASE(holes_stay_holes) {
  const outline one{{one_polygon(a_ring())}};
  const auto mask = mask_of(one, 480, 640);
  BOOST_TEST(area(mask) > 0u);
  BOOST_TEST((mask == mask_of(a_ring(), 480, 640)));
}

RC_BOOST_PROP(any_rings_cover_the_same_pixels, ()) {
  outline shape;
  shape.rings.resize(*rc::gen::inRange<std::size_t>(1, 5));
  const auto number = [] { return static_cast<std::uint16_t>(*rc::gen::inRange(0, 65536)); };
  for (auto& ring : shape.rings)
    for (int i = 0; i < 5; ++i)
      ring.push_back({number(), number()});
  RC_ASSERT(mask_of(outline{{one_polygon(shape)}}, 60, 80) == mask_of(shape, 60, 80));
}

BOOST_AUTO_TEST_SUITE_END()

// SPDX-License-Identifier: Apache-2.0
#include "runtime/dataset/class_map.hpp"

#include <boost/test/unit_test.hpp>

#include "runtime/dataset/cityflow.hpp"
#include "runtime/dataset/mot.hpp"
#include "runtime/dataset/visdrone.hpp"
#include "tests/dataset/copied.hpp"

using namespace ecco;
using namespace ecco::test;

namespace {

/// 'x' dropped, 'i' ignored, else the number of the configured class.
std::string fates(const std::vector<dataset_class>& of, const std::vector<std::string>& configured) {
  std::string out;
  for (const auto& fate : whole(map_classes(of, configured)))
    out += fate.what == class_fate::kind::dropped   ? 'x'
           : fate.what == class_fate::kind::ignored ? 'i'
                                                    : static_cast<char>('0' + fate.class_id);
  return out;
}

dataset_object at(const pixel_box& where) {
  dataset_object out;
  out.where = where;
  return out;
}

const std::vector<class_fate> person{{class_fate::kind::object, 0}};

} // namespace

BOOST_AUTO_TEST_SUITE(class_maps)

BOOST_AUTO_TEST_CASE(a_class_goes_by_its_own_name_then_by_others) {
  //                        pedestrian, on vehicle, car, bicycle, motorbike, ... reflection, crowd
  BOOST_TEST(fates(mot_classes(), {"person"}) == "0ixxxiiixxxii");
  BOOST_TEST(fates(mot_classes(), {"person", "bicycle", "car", "motorcycle"}) == "0i213iiixxxii");
  BOOST_TEST(fates(mot_classes(), {"car"}) == "xx0xxxxxxxxxx");
  //                     ignored, pedestrian, people, bicycle, car, van, truck, tricycle, awning, bus, motor, others
  BOOST_TEST(fates(visdrone_classes(), {"person", "car"}) == "i00x11xiixxi");
  BOOST_TEST(fates(visdrone_classes(), {"Pedestrian", "people", "awning_tricycle", "van"}) == "i01xx3xi2xxi");
  BOOST_TEST(fates(visdrone_classes(), {"truck"}) == "ixxxxi0xxxxi"); // a van is nearly one
}

/// The same after the user has chosen.
std::string fates_after(std::vector<dataset_class> of, const std::vector<class_choice>& choices,
                        const std::vector<std::string>& configured) {
  const auto chosen = choose_classes(of, choices);
  BOOST_TEST_REQUIRE(chosen.has_value(), (chosen ? "" : render(chosen.error())));
  return fates(of, configured);
}

BOOST_AUTO_TEST_CASE(what_the_user_says_goes_before_names_and_changes_nothing_else) {
  //                     ignored, pedestrian, people, bicycle, car, van, truck, tricycle, awning, bus, motor, others
  BOOST_TEST(fates_after(visdrone_classes(), {}, {"person", "car"}) == "i00x11xiixxi");
  BOOST_TEST(fates_after(visdrone_classes(), {{"van", ""}}, {"person", "car"}) == "i00x1ixiixxi");
  BOOST_TEST(fates_after(visdrone_classes(), {{"Awning_Tricycle", "CAR"}, {"motor", ""}}, {"person", "car"})
             == "i00x11xi1xii");
  BOOST_TEST(fates_after(visdrone_classes(), {{"ignored region", ""}}, {"car"}) == "ixxx00xiixxi");
  BOOST_TEST(fates_after(visdrone_classes(), {{"car", "truck"}, {"truck", "car"}}, {"car", "truck"}) == "ixxx100iixxi");
}

BOOST_AUTO_TEST_CASE(choices_that_cannot_be_are_refused) {
  auto classes = visdrone_classes();
  const std::vector<class_choice> misspelt{{"pedestrain", "person"}}, region{{"ignored region", "car"}},
      elsewhere{{"van", "lorry"}};
  const auto refused = choose_classes(classes, misspelt);
  check_refused(refused, "it has no class 'pedestrain' to choose for, but ignored region, pedestrian");
  BOOST_TEST(refused.error().hint == "did you mean pedestrian?");
  check_refused(choose_classes(classes, region), "is where nobody labelled, and cannot be 'car'");
  BOOST_TEST_REQUIRE(choose_classes(classes, elsewhere).has_value());
  check_refused(map_classes(classes, {"car"}), "its class 'van' is said to be 'lorry', which is none");
}

BOOST_AUTO_TEST_CASE(nothing_in_common_is_refused) {
  check_refused(map_classes(mot_classes(), {"dog", "cat"}), "is among the configured ones (dog, cat)");
}

BOOST_AUTO_TEST_CASE(boxes_become_fractions_and_are_clipped) {
  const auto seen = label_of(at({-10, 10, 40, 20}), person, 100, 50);
  BOOST_TEST_REQUIRE(seen.has_value());
  BOOST_TEST((seen->where == box{0, .2F, .3F, .6F}));
  BOOST_TEST(!seen->ignore);
  BOOST_TEST(!label_of(at({-50, 0, 40, 20}), person, 100, 50).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_doubtful_is_ignored_not_background) {
  BOOST_TEST(label_of(at({-30, 10, 40, 20}), person, 100, 50)->ignore); // mostly beyond the picture
  auto hidden = at({10, 10, 40, 20});
  hidden.visibility = .2;
  BOOST_TEST(label_of(hidden, person, 100, 50)->ignore);
  hidden.visibility = .25;
  BOOST_TEST(!label_of(hidden, person, 100, 50)->ignore);
  hidden.counts = false;
  BOOST_TEST(label_of(hidden, person, 100, 50)->ignore);
  BOOST_TEST(label_of(at({10, 10, 40, 20}), {{class_fate::kind::ignored}}, 100, 50)->ignore);
  BOOST_TEST(!label_of(at({10, 10, 40, 20}), {{class_fate::kind::dropped}}, 100, 50).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

// SPDX-License-Identifier: Apache-2.0
// Pictures of any size and labels of any kind, good or bad, through detector and trainer.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "runtime/learn/letterbox.hpp"
#include "runtime/learn/torch_detector.hpp"
#include "runtime/learn/torch_learner.hpp"
#include "runtime/learn/torch_process.hpp"
#include "runtime/learn/trainer.hpp"
#include "runtime/learn/yolo11.hpp"
#include "tests/learn/sample_frames.hpp"

using namespace ecco;
using namespace std::chrono_literals;

namespace {

constexpr std::pair<std::uint16_t, std::uint16_t> sizes[] = {{1, 1},     {1, 4096}, {4096, 1}, {65535, 1},
                                                             {1, 65535}, {3, 5},    {97, 64},  {2000, 1500}};

struct one_thread {
  one_thread() { use_threads(1); }
};

/// All of one colour, so that scaling it rounds nothing.
image plain(std::uint16_t width, std::uint16_t height) {
  bytes rgb(std::size_t{3} * width * height);
  for (std::size_t i = 0; i < rgb.size(); i += 3)
    rgb[i] = 200, rgb[i + 1] = 40, rgb[i + 2] = 90;
  return {width, height, blob{std::move(rgb)}};
}

/// The same as the network sees it: a picture of the input's own size.
image fitted(const image& picture, const student_spec& spec) {
  const auto place = fit(picture.width, picture.height, spec.input_width, spec.input_height);
  bytes rgb(std::size_t{3} * spec.input_width * spec.input_height, 114);
  for (std::size_t y = place.pad_y; y < std::size_t{place.pad_y} + place.new_height; ++y)
    for (std::size_t x = place.pad_x; x < std::size_t{place.pad_x} + place.new_width; ++x) {
      auto* at = &rgb[3 * (y * spec.input_width + x)];
      at[0] = 200, at[1] = 40, at[2] = 90;
    }
  return {spec.input_width, spec.input_height, blob{std::move(rgb)}};
}

/// `tiny_spec` with the input that `picture` is seen in.
student_spec spec_for(const image& picture) {
  auto spec = tiny_spec();
  const image* const one[] = {&picture};
  const auto size = tight_input(one, {spec.input_width, spec.input_height});
  spec.input_width = size.width;
  spec.input_height = size.height;
  return spec;
}

labelled_frame labelled(const image& picture, std::vector<label> labels) {
  labelled_frame out;
  out.shot.camera = camera_id{"a"};
  out.shot.picture = picture;
  out.labels = std::move(labels);
  return out;
}

double loss_of_one_step(const labelled_frame& frame) {
  training_recipe recipe;
  recipe.augment = {.flip = 0, .scale = 0, .translate = 0};
  const auto run = trainer::make(tiny_spec(), recipe, {}, 1);
  BOOST_TEST_REQUIRE(run.has_value());
  const labelled_frame* const batch[] = {&frame};
  const auto report = (*run)->step(batch);
  BOOST_TEST_REQUIRE(report.has_value());
  return report->loss;
}

/// A learner, whose slices of 120 ms are a few steps, after a good start.
struct learner_at_work {
  learner_at_work() {
    use_threads(1);
    torch_learner_options options;
    options.spec = tiny_spec();
    options.recipe.batch = 2;
    options.clock = [now = duration{}]() mutable { return now += 10ms; };
    device = *make_torch_learner(std::move(options));
    auto order = an_order(some_samples("a", 0, 4));
    order.from_scratch = true;
    order.base = 0;
    BOOST_TEST_REQUIRE(device->train(order).has_value());
  }

  static train_order an_order(std::vector<labelled_frame> samples) {
    train_order order;
    order.group = group_id{1};
    order.base = 1;
    order.members = {camera_id{"a"}};
    order.slice = 120ms;
    order.samples = std::move(samples);
    return order;
  }

  error refusal(const label& bad) {
    auto samples = some_samples("a", 10, 11);
    samples[0].labels.push_back(bad);
    const auto trained = device->train(an_order(samples));
    eval_order asked;
    asked.weights = *make_initial_weights(tiny_spec(), 1);
    asked.frames = samples;
    const auto scored = device->evaluate(asked);
    BOOST_TEST_REQUIRE(!trained.has_value());
    BOOST_TEST_REQUIRE(!scored.has_value());
    BOOST_CHECK(trained.error() == scored.error());
    BOOST_CHECK(trained.error().code == ec::invalid_argument);
    return trained.error();
  }

  std::unique_ptr<learner> device;
};

bool says(const error& failure, const std::string& part) {
  return failure.what.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(any_picture, *boost::unit_test::fixture<one_thread>())

BOOST_AUTO_TEST_CASE(detections_are_those_in_the_fitted_picture_put_back) {
  // Nothing is dropped for its score or its neighbours: what is compared does not depend on clipping.
  detection_options everything;
  everything.least_score = 1e-30F;
  everything.overlap = 1;
  everything.most_detections = 100'000;
  auto detector = *torch_detector::make(tiny_spec(), everything);
  BOOST_TEST_REQUIRE(detector->load(*make_initial_weights(tiny_spec(), 4)).has_value());
  for (const auto& [width, height] : sizes) {
    const auto picture = plain(width, height);
    const auto spec = spec_for(picture);
    const auto as_seen = fitted(picture, spec);
    const image* const both[] = {&picture, &as_seen};
    const auto found = detector->detect(both);
    BOOST_TEST_REQUIRE(found.has_value());
    const auto& here = (*found)[0];
    const auto& there = (*found)[1];
    BOOST_TEST_REQUIRE(here.size() == there.size());
    BOOST_TEST(here.size() > 0u);
    float worst = 0;
    for (std::size_t i = 0; i < here.size(); ++i) {
      const auto& w = there[i].where;
      const box in_pixels{w.x1 * spec.input_width, w.y1 * spec.input_height, w.x2 * spec.input_width,
                          w.y2 * spec.input_height};
      const auto expected = to_picture(in_pixels, picture, spec.input_width, spec.input_height);
      const auto& seen = here[i].where;
      BOOST_TEST_REQUIRE((0 <= seen.x1 && seen.x1 <= seen.x2 && seen.x2 <= 1));
      BOOST_TEST_REQUIRE((0 <= seen.y1 && seen.y1 <= seen.y2 && seen.y2 <= 1));
      // Equal scores may change places.
      if (here[i].score == there[i].score && (i == 0 || here[i - 1].score != here[i].score)
          && (i + 1 == here.size() || here[i + 1].score != here[i].score))
        worst = std::max({worst, std::abs(seen.x1 - expected.x1), std::abs(seen.y1 - expected.y1),
                          std::abs(seen.x2 - expected.x2), std::abs(seen.y2 - expected.y2)});
      BOOST_TEST_REQUIRE(std::abs(here[i].score - there[i].score) < 1e-6F);
    }
    BOOST_TEST(worst < 1e-3F, width << " x " << height << ": " << worst);
  }
}

BOOST_AUTO_TEST_CASE(the_loss_is_that_of_the_fitted_picture) {
  for (const auto& [width, height] : sizes) {
    const auto picture = plain(width, height);
    const auto spec = spec_for(picture);
    std::vector<label> labels{{{0, 0, 1, 1}, 0, false}, {{.2F, .1F, .7F, .95F}, 1, false}, {{.5F, .5F, .5F, .5F}, 0, false}};
    auto moved = labels;
    for (auto& l : moved) {
      const auto in_pixels = to_input(l.where, picture, spec.input_width, spec.input_height);
      l.where = {in_pixels.x1 / spec.input_width, in_pixels.y1 / spec.input_height, in_pixels.x2 / spec.input_width,
                 in_pixels.y2 / spec.input_height};
    }
    const auto here = loss_of_one_step(labelled(picture, labels));
    const auto there = loss_of_one_step(labelled(fitted(picture, spec), moved));
    BOOST_TEST(std::isfinite(here));
    // Of a sliver the coarsest features have two or three cells: batch normalisation magnifies what was rounded.
    const auto tolerance = std::min(spec.input_width, spec.input_height) < 64 ? .05 : 1e-4;
    BOOST_TEST(std::abs(here - there) < tolerance * there, width << " x " << height << ": " << here << ", " << there);
  }
}

BOOST_AUTO_TEST_CASE(pictures_of_all_sizes_are_learned_from_together) {
  std::vector<labelled_frame> frames;
  for (const auto& [width, height] : sizes)
    frames.push_back(labelled(plain(width, height), {{{0, 0, 1, 1}, 0, false}}));
  const auto run = trainer::make(tiny_spec(), {}, {}, 1);
  BOOST_TEST_REQUIRE(run.has_value());
  for (int i = 0; i < 5; ++i) {
    const auto report = (*run)->step(pointers_to(frames));
    BOOST_TEST_REQUIRE(report.has_value());
    BOOST_TEST_REQUIRE(std::isfinite(report->loss));
  }
}

BOOST_AUTO_TEST_CASE(a_picture_without_pixels_or_with_too_few_bytes_is_refused) {
  auto detector = *torch_detector::make(tiny_spec(), {});
  BOOST_TEST_REQUIRE(detector->load(*make_initial_weights(tiny_spec(), 4)).has_value());
  for (const auto& picture : {image{0, 0, {}}, image{0, 7, {}}, image{2, 2, blob{bytes(11)}}, image{65535, 65535, blob{bytes(3)}}}) {
    const image* const one[] = {&picture};
    const auto found = detector->detect(one);
    BOOST_TEST_REQUIRE(!found.has_value());
    BOOST_CHECK(found.error().code == ec::invalid_argument);
    BOOST_TEST(says(found.error(), "picture of " + std::to_string(picture.width) + " x "));
  }
}

BOOST_AUTO_TEST_CASE(without_a_label_there_is_still_something_to_learn) {
  const auto loss = loss_of_one_step(labelled(plain(120, 80), {}));
  BOOST_TEST(std::isfinite(loss));
  BOOST_TEST(loss > 0); // whatever it takes for an object is wrong
}

BOOST_FIXTURE_TEST_CASE(labels_outside_of_the_picture_are_refused, learner_at_work) {
  const auto nan = std::numeric_limits<float>::quiet_NaN();
  for (const auto& where : {box{-.1F, .2F, .3F, .4F}, box{.2F, .2F, 1.01F, .4F}, box{.2F, -1, .3F, .4F}, box{.2F, .2F, .3F, 2},
                            box{.5F, .2F, .3F, .4F}, box{.2F, .5F, .3F, .4F}, box{nan, .2F, .3F, .4F}, box{.2F, .2F, .3F, nan}}) {
    const auto failure = refusal({where, 0, false});
    BOOST_TEST(says(failure, "sample of camera a: label outside of the picture"), failure.what);
  }
  BOOST_TEST(device->train(an_order({})).has_value());
}

BOOST_FIXTURE_TEST_CASE(labels_of_an_unknown_class_are_refused, learner_at_work) {
  const auto failure = refusal({{.1F, .1F, .5F, .5F}, 2, false});
  BOOST_TEST(says(failure, "label of class 2, where there are 2 classes"), failure.what);
  // A region to ignore has a class too.
  BOOST_TEST(says(refusal({{.1F, .1F, .5F, .5F}, 65535, true}), "label of class 65535"));
  BOOST_TEST(device->train(an_order({})).has_value());
}

BOOST_FIXTURE_TEST_CASE(samples_without_labels_are_trained_on_and_scored, learner_at_work) {
  auto samples = some_samples("a", 10, 14);
  for (auto& held_out : some_samples("a", 20, 22, sample_role::held_out))
    samples.push_back(std::move(held_out));
  for (auto& sample : samples)
    sample.labels.clear();
  const auto report = device->train(an_order(samples));
  BOOST_TEST_REQUIRE(report.has_value());
  BOOST_TEST(report->images > 0u);
  BOOST_TEST(std::isfinite(report->loss));
  BOOST_TEST_REQUIRE(report->after.size() == 1u);
  BOOST_TEST(report->after[0].objects == 0u);
  BOOST_TEST(std::isnan(report->after[0].map50));
}

BOOST_AUTO_TEST_SUITE_END()

// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/network_teacher.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "runtime/learn/safetensors.hpp"
#include "runtime/learn/torch_detector.hpp"
#include "runtime/learn/torch_learner.hpp"
#include "runtime/learn/torch_process.hpp"
#include "runtime/learn/trainer.hpp"
#include "runtime/learn/yolo11.hpp"
#include "tests/learn/sample_frames.hpp"

using namespace ecco;

namespace {

/// Below all scores of `random_weights`, which are about .5.
constexpr float doubtful = .2F;

struct one_thread {
  one_thread() { use_threads(1); }
};

/// Random weights after some steps, without which signals die away; but the head finds every class likely: its last
/// biases are 0.
blob random_weights(const student_spec& spec, const std::string& names) {
  const auto run = *trainer::make(spec, {}, *make_initial_weights(spec, 3), 1);
  const auto samples = some_samples("a", 0, 4);
  for (int i = 0; i < 8; ++i)
    BOOST_TEST_REQUIRE(run->step(pointers_to(samples)).has_value());
  const auto fresh = run->weights();
  auto file = *read_safetensors(fresh);
  std::vector<bytes> kept;
  for (const auto& entry : file.tensors) {
    kept.emplace_back(entry.data.begin(), entry.data.end());
    if (entry.name.starts_with("model.23.cv3.") && entry.name.ends_with(".2.bias"))
      std::fill(kept.back().begin(), kept.back().end(), 0);
  }
  for (std::size_t i = 0; i < kept.size(); ++i)
    file.tensors[i].data = kept[i];
  if (!names.empty())
    file.metadata["classes"] = names;
  return write_safetensors(file.tensors, file.metadata);
}

student_spec a_spec(std::uint16_t classes = 2, std::string architecture = "yolo11p") {
  return {.architecture = std::move(architecture), .classes = classes, .input_width = 96, .input_height = 64};
}

network_teacher_options some_options() {
  network_teacher_options out;
  out.input = {96, 64};
  out.least_score = out.ignore_score = doubtful;
  return out;
}

std::unique_ptr<teacher> made(const blob& weights, const std::vector<std::string>& classes,
                              const network_teacher_options& options = some_options()) {
  auto out = make_network_teacher(weights, classes, options);
  BOOST_TEST_REQUIRE(out.has_value(), (out ? "" : render(out.error())));
  return std::move(*out);
}

error refusal(const blob& weights, const std::vector<std::string>& classes,
              const network_teacher_options& options = some_options()) {
  const auto out = make_network_teacher(weights, classes, options);
  BOOST_TEST_REQUIRE(!out.has_value());
  return out.error();
}

bool says(const error& failure, const std::string& part) {
  return failure.what.find(part) != std::string::npos || failure.hint.find(part) != std::string::npos;
}

std::vector<frame> some_frames(int count) {
  std::vector<frame> out;
  for (int second = 0; second < count; ++second)
    out.push_back(a_sample("a", second).shot);
  return out;
}

/// The same by hand.
std::vector<detection> seen_in(const frame& shot, const student_spec& spec, const blob& weights) {
  detection_options options;
  options.least_score = doubtful;
  const auto detector = *torch_detector::make(spec, options);
  BOOST_TEST_REQUIRE(detector->load(weights).has_value());
  const image* const one[] = {&shot.picture};
  return detector->detect(one)->front();
}

bool near(const box& a, const box& b) {
  const auto close = [](float x, float y) { return std::abs(x - y) < 1e-4F; };
  return close(a.x1, b.x1) && close(a.y1, b.y1) && close(a.x2, b.x2) && close(a.y2, b.y2);
}

} // namespace

BOOST_AUTO_TEST_SUITE(network_teachers, *boost::unit_test::fixture<one_thread>())

BOOST_AUTO_TEST_CASE(its_labels_are_what_a_detector_sees) {
  const auto weights = random_weights(a_spec(), "cat,dog");
  const auto first = seen_in(some_frames(1).front(), a_spec(), weights); // best first
  auto options = some_options();
  options.least_score = first[first.size() / 2].score;
  const auto teaches = made(weights, {"cat", "dog"}, options);
  int sure = 0, doubted = 0;
  for (const auto& shot : some_frames(3)) {
    const auto said = teaches->label_frame(shot).value();
    const auto seen = seen_in(shot, a_spec(), weights);
    BOOST_TEST_REQUIRE(said.size() == seen.size());
    for (std::size_t i = 0; i < said.size(); ++i) {
      BOOST_CHECK(said[i].where == seen[i].where);
      BOOST_TEST(said[i].class_id == seen[i].class_id);
      BOOST_TEST(said[i].ignore == (seen[i].score < options.least_score));
      ++(said[i].ignore ? doubted : sure);
    }
  }
  BOOST_TEST(sure > 0);
  BOOST_TEST(doubted > 0);
}

BOOST_AUTO_TEST_CASE(classes_are_found_by_name_and_the_others_are_not_labelled) {
  const auto weights = random_weights(a_spec(3), "cat,dog,cow");
  const auto shot = some_frames(1).front();
  const auto seen = seen_in(shot, a_spec(3), weights);
  const auto said = made(weights, {"bear", "cow", "cat"})->label_frame(shot).value();
  const auto of = [&](std::uint16_t id) {
    return std::count_if(seen.begin(), seen.end(), [=](const detection& one) { return one.class_id == id; });
  };
  const auto labelled = [&](std::uint16_t id) {
    return std::count_if(said.begin(), said.end(), [=](const label& one) { return one.class_id == id; });
  };
  BOOST_TEST(of(1) > 0); // the dogs, of which nobody hears
  BOOST_TEST(labelled(0) == 0);
  BOOST_TEST(labelled(1) == of(2));
  BOOST_TEST(labelled(2) == of(0));
}

BOOST_AUTO_TEST_CASE(without_names_as_many_classes_are_taken_in_order) {
  const auto weights = random_weights(a_spec(), "");
  const auto shot = some_frames(1).front();
  const auto said = made(weights, {"cat", "dog"})->label_frame(shot).value();
  const auto seen = seen_in(shot, a_spec(), weights);
  BOOST_TEST_REQUIRE(said.size() == seen.size());
  for (std::size_t i = 0; i < said.size(); ++i)
    BOOST_TEST(said[i].class_id == seen[i].class_id);
}

BOOST_AUTO_TEST_CASE(many_frames_get_the_labels_that_each_gets_alone) {
  auto frames = some_frames(11); // more than a batch
  frames[3].picture = {60, 40, blob{bytes(60 * 40 * 3, 90)}}; // of another size
  const auto teaches = made(random_weights(a_spec(), "cat,dog"), {"cat", "dog"});
  const auto together = teaches->label_frames(frames).value();
  BOOST_TEST_REQUIRE(together.size() == frames.size());
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const auto alone = teaches->label_frame(frames[i]).value();
    // The sums of a batch are rounded otherwise, which may move a score across its border.
    BOOST_TEST(std::abs(static_cast<int>(together[i].size()) - static_cast<int>(alone.size())) <= 1);
    const auto is_there = [&](const label& one) {
      return std::any_of(alone.begin(), alone.end(),
                         [&](const label& other) { return near(one.where, other.where); });
    };
    BOOST_TEST(std::count_if(together[i].begin(), together[i].end(), is_there) + 1
               >= static_cast<std::ptrdiff_t>(together[i].size()));
  }
  BOOST_TEST(teaches->label_frames({})->empty());
}

BOOST_AUTO_TEST_CASE(a_bad_picture_is_refused_with_its_camera) {
  auto frames = some_frames(2);
  frames[1].picture.rgb = {};
  const auto teaches = made(random_weights(a_spec(), "cat,dog"), {"cat"});
  const auto said = teaches->label_frames(frames);
  BOOST_TEST_REQUIRE(!said.has_value());
  BOOST_CHECK(said.error().code == ec::invalid_argument);
  BOOST_TEST(says(said.error(), "camera a"));
  BOOST_TEST(teaches->label_frame(frames[0]).has_value());
}

BOOST_AUTO_TEST_CASE(a_checkpoint_teaches_with_its_average) {
  const auto run = *trainer::make(a_spec(), {}, random_weights(a_spec(), ""), 1);
  const auto shot = some_frames(1).front();
  const auto said = made(run->checkpoint(), {"cat", "dog"})->label_frame(shot).value();
  BOOST_TEST(said.size() == seen_in(shot, a_spec(), run->weights()).size());
}

BOOST_AUTO_TEST_CASE(outlines_come_from_a_network_with_masks_and_are_refused_of_another) {
  auto options = some_options();
  options.outlines_needed = true;
  const auto no_masks = refusal(random_weights(a_spec(), "cat,dog"), {"cat"}, options);
  BOOST_CHECK(no_masks.code == ec::shape_mismatch);
  BOOST_TEST(says(no_masks, "yolo11p draws no masks"));
  BOOST_TEST(says(no_masks, "-seg"));
  const auto teaches = made(random_weights(a_spec(2, "yolo11p-seg"), "cat,dog"), {"cat", "dog"}, options);
  const auto said = teaches->label_frame(some_frames(1).front()).value();
  BOOST_TEST(std::any_of(said.begin(), said.end(), [](const label& one) { return !one.shape.empty(); }));
  for (const auto& one : said)
    BOOST_TEST((one.ignore || !one.shape.empty()));
}

BOOST_AUTO_TEST_CASE(what_cannot_teach_is_refused_with_what_to_do) {
  const auto stranger = refusal(random_weights(a_spec(), "cat,dog"), {"cow", "bear"});
  BOOST_CHECK(stranger.code == ec::shape_mismatch);
  BOOST_TEST(says(stranger, "none of the classes to label (cow, bear), but cat, dog"));
  BOOST_TEST(says(stranger, "`classes`"));

  const auto nameless = refusal(random_weights(a_spec(), ""), {"cat"});
  BOOST_CHECK(nameless.code == ec::shape_mismatch);
  BOOST_TEST(says(nameless, "2 classes without names, where 1 are to be labelled (cat)"));
  BOOST_TEST(says(nameless, "metadata"));
  // One name too few is none at all.
  BOOST_TEST(says(refusal(random_weights(a_spec(), "cat"), {"cat"}), "without names"));

  BOOST_CHECK(refusal(blob{bytes{1, 2, 3}}, {"cat"}).code == ec::malformed_data);
  for (const auto& [least_score, ignore_score] :
       {std::pair{.3F, .4F}, {1.F, .4F}, {.4F, 0.F}, {std::nanf(""), .4F}, {.4F, std::nanf("")}}) {
    auto options = some_options();
    options.least_score = least_score;
    options.ignore_score = ignore_score;
    BOOST_CHECK(refusal(random_weights(a_spec(), ""), {"cat", "dog"}, options).code == ec::invalid_argument);
  }
  auto options = some_options();
  options.input = {100, 64};
  BOOST_CHECK(refusal(random_weights(a_spec(), ""), {"cat", "dog"}, options).code == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(what_it_takes_counts_as_device_time) {
  torch_learner_options options;
  options.spec = tiny_spec();
  options.labeller = made(random_weights(a_spec(), "cat,dog"), {"cat", "dog"});
  duration now{};
  options.clock = [&] { return now; };
  options.worked = [&](std::size_t images) { now += std::chrono::seconds{images}; };
  const auto device = *make_torch_learner(std::move(options));
  const auto said = device->label({some_frames(5)}).value();
  BOOST_TEST(said.frames.size() == 5u);
  BOOST_CHECK(said.busy == std::chrono::seconds{5});
}

BOOST_AUTO_TEST_SUITE_END()

// SPDX-License-Identifier: Apache-2.0
// Segmentation from end to end: labels with outlines, what is learned from them, and how it is scored.
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "messages/codec.hpp"
#include "runtime/learn/mask_targets.hpp"
#include "runtime/learn/torch_detector.hpp"
#include "runtime/learn/torch_learner.hpp"
#include "runtime/learn/torch_process.hpp"
#include "runtime/learn/trainer.hpp"
#include "runtime/learn/yolo11.hpp"
#include "runtime/score/average_precision.hpp"
#include "tests/learn/sample_frames.hpp"

using namespace ecco;
using namespace std::chrono_literals;

namespace {

struct one_thread {
  one_thread() { use_threads(1); }
};

std::vector<labelled_frame> triangles(int from, int to, sample_role role = sample_role::train) {
  std::vector<labelled_frame> out;
  for (int second = from; second < to; ++second)
    out.push_back(a_triangle_sample("a", second, role));
  return out;
}

std::vector<frame_detections> seen_with(const blob& weights, const std::vector<labelled_frame>& frames,
                                        const detection_options& options = {}) {
  auto detector = torch_detector::make(tiny_mask_spec(), options);
  BOOST_TEST_REQUIRE((*detector)->load(weights).has_value());
  std::vector<frame_detections> records;
  for (const auto& f : frames) {
    const image* const one[] = {&f.shot.picture};
    records.push_back({(*detector)->detect(one)->front(), f.labels, records.size()});
  }
  return records;
}

training_recipe by_heart() {
  training_recipe recipe;
  recipe.augment = {.flip = 0, .scale = 0, .translate = 0};
  return recipe;
}

void check_within_box(const detection& d) {
  for (const auto& ring : d.shape.rings)
    for (const auto& c : ring) {
      const auto x = static_cast<float>(c.x) / 65'535, y = static_cast<float>(c.y) / 65'535;
      BOOST_TEST((x > d.where.x1 - 1e-4F && x < d.where.x2 + 1e-4F));
      BOOST_TEST((y > d.where.y1 - 1e-4F && y < d.where.y2 + 1e-4F));
    }
}

/// The labels of one picture, of 32 x 32 pixels: 8 x 8 cells.
struct target {
  explicit target(const std::vector<placed_label>& labels) {
    const auto objects = std::count_if(labels.begin(), labels.end(), [](const auto& l) { return !l.ignore; });
    truth.valid = torch::ones({1, objects}, torch::kBool);
    add_masks(truth, std::vector<std::vector<placed_label>>{labels}, 32, 32);
  }
  int owner(std::int64_t x, std::int64_t y) const { return truth.owners[0][y][x].item<int>(); }
  bool outlined(std::int64_t object) const { return truth.outlined[0][object].item<bool>(); }

  truths truth;
};

placed_label square(double x1, double y1, double x2, double y2, bool ignore = false) {
  return {{}, 0, ignore, {{x1, y1, x2, y1, x2, y2, x1, y2}}};
}

/// What arrives when `message` is sent.
template <class T>
T over_the_wire(const T& message) {
  const auto arrived = decode(encode(message));
  BOOST_TEST_REQUIRE(arrived.has_value());
  return std::get<T>(*arrived);
}

class fixed_teacher final : public teacher {
 public:
  explicit fixed_teacher(std::vector<label> labels) : labels_{std::move(labels)} {}
  result<std::vector<label>> label_frame(const frame&) override { return labels_; }

 private:
  std::vector<label> labels_;
};

/// Every look at its clock takes 10 ms.
std::unique_ptr<learner> a_learner(const student_spec& spec, std::unique_ptr<teacher> labeller = nullptr) {
  torch_learner_options options;
  options.spec = spec;
  options.recipe = by_heart();
  options.recipe.batch = 4;
  options.labeller = std::move(labeller);
  options.clock = [now = duration{}]() mutable { return now += 10ms; };
  auto made = make_torch_learner(std::move(options));
  BOOST_TEST_REQUIRE(made.has_value());
  return std::move(*made);
}

} // namespace

BOOST_AUTO_TEST_SUITE(masks_learned, *boost::unit_test::fixture<one_thread>())

BOOST_AUTO_TEST_CASE(masks_of_a_small_batch_can_be_learned_by_heart) {
  const auto frames = triangles(0, 4);
  const auto t = *trainer::make(tiny_mask_spec(), by_heart(), {}, 1);
  BOOST_TEST(average_precision(seen_with(t->weights(), frames)).map50 < .1);
  const auto first = t->step(pointers_to(frames))->masks;
  for (int i = 0; i < 120; ++i)
    BOOST_TEST_REQUIRE(t->step(pointers_to(frames)).has_value());
  BOOST_TEST(t->step(pointers_to(frames))->masks < first / 4);

  auto records = seen_with(t->weights(), frames);
  const auto learned = average_precision(records);
  BOOST_TEST(learned.map50 > .9);
  detection_options half;
  half.arithmetic = precision::bf16;
  BOOST_TEST(average_precision(seen_with(t->weights(), frames, half)).map50 > .9);
  // Whoever knows nothing but the boxes cannot do as well: a triangle fills half of its own.
  for (auto& record : records)
    for (auto& d : record.seen) {
      check_within_box(d);
      const auto unit = [](float fraction) { return static_cast<std::uint16_t>(fraction * 65'535); };
      const auto& b = d.where;
      d.shape.rings = {{{unit(b.x1), unit(b.y1)},
                        {unit(b.x2), unit(b.y1)},
                        {unit(b.x2), unit(b.y2)},
                        {unit(b.x1), unit(b.y2)}}};
    }
  BOOST_TEST(average_precision(records).map < learned.map / 2);
}

BOOST_AUTO_TEST_CASE(a_run_with_masks_resumes_bit_equal) {
  const auto frames = triangles(0, 2);
  const auto straight = *trainer::make(tiny_mask_spec(), {}, {}, 1);
  const auto first = *trainer::make(tiny_mask_spec(), {}, {}, 1);
  BOOST_TEST_REQUIRE(straight->step(pointers_to(frames)).has_value());
  BOOST_TEST_REQUIRE(straight->step(pointers_to(frames)).has_value());
  BOOST_TEST_REQUIRE(first->step(pointers_to(frames)).has_value());
  const auto second = *trainer::make(tiny_mask_spec(), {}, first->checkpoint(), 1);
  BOOST_TEST_REQUIRE(second->step(pointers_to(frames)).has_value());
  BOOST_CHECK(straight->checkpoint() == second->checkpoint());
}

BOOST_AUTO_TEST_CASE(half_precision_learns_masks_too) {
  auto recipe = by_heart();
  recipe.arithmetic = precision::bf16;
  const auto frames = triangles(0, 2);
  const auto t = *trainer::make(tiny_mask_spec(), recipe, {}, 1);
  const auto first = t->step(pointers_to(frames));
  BOOST_TEST_REQUIRE(first.has_value());
  for (int i = 0; i < 20; ++i)
    BOOST_TEST_REQUIRE(t->step(pointers_to(frames)).has_value());
  BOOST_TEST(t->step(pointers_to(frames))->masks < first->masks / 2);
}

BOOST_AUTO_TEST_CASE(labels_without_outlines_teach_boxes_but_no_masks) {
  auto frames = triangles(0, 2);
  const auto with = *trainer::make(tiny_mask_spec(), by_heart(), {}, 1)->get()->step(pointers_to(frames));
  frames[0].labels[0].shape = {};
  const auto partly = *trainer::make(tiny_mask_spec(), by_heart(), {}, 1)->get()->step(pointers_to(frames));
  for (auto& f : frames)
    for (auto& l : f.labels)
      l.shape = {};
  const auto without = *trainer::make(tiny_mask_spec(), by_heart(), {}, 1)->get()->step(pointers_to(frames));
  BOOST_TEST(with.masks > 0);
  BOOST_TEST(partly.masks > 0);
  BOOST_TEST(without.masks == 0);
  BOOST_TEST(partly.box == with.box);
  BOOST_TEST(without.box == with.box);
}

BOOST_AUTO_TEST_CASE(cells_belong_to_whom_their_centre_does) {
  const target t{{square(4, 8, 16, 24)}};
  for (std::int64_t y = 0; y < 8; ++y)
    for (std::int64_t x = 0; x < 8; ++x)
      BOOST_TEST(t.owner(x, y) == (x >= 1 && x < 4 && y >= 2 && y < 6 ? 1 : 0));
}

BOOST_AUTO_TEST_CASE(the_smaller_object_is_in_front) {
  for (const auto& labels : {std::vector{square(0, 0, 32, 32), square(8, 8, 16, 16)},
                             std::vector{square(8, 8, 16, 16), square(0, 0, 32, 32)}}) {
    const target t{labels};
    const auto small = labels[0].rings[0][0] == 8 ? 1 : 2;
    BOOST_TEST(t.owner(2, 2) == small);
    BOOST_TEST(t.owner(0, 0) == 3 - small);
  }
}

BOOST_AUTO_TEST_CASE(objects_are_numbered_without_the_ignored_ones) {
  const target t{{square(0, 0, 8, 8, true), {{0, 0, 32, 32}}, square(16, 16, 32, 32)}};
  BOOST_TEST(t.owner(0, 0) == 0);
  BOOST_TEST(t.owner(7, 7) == 2);
  BOOST_TEST(!t.outlined(0));
  BOOST_TEST(t.outlined(1));
}

BOOST_AUTO_TEST_CASE(from_the_teachers_message_to_the_score_of_what_a_camera_sees) {
  train_order order;
  order.group = group_id{1};
  order.from_scratch = true;
  order.samples = triangles(0, 4);
  for (auto& held_out : order.samples)
    held_out.shot.role = sample_role::train;
  auto probes = order.samples; // the same pictures: what is learned by heart must show
  for (auto& probe : probes) {
    probe.shot.role = sample_role::held_out;
    order.samples.push_back(probe);
  }
  order.members = {camera_id{"a"}};
  order.slice = 1500ms;
  order.seed = 5;
  const auto device = a_learner(tiny_mask_spec());
  const auto report = device->train(over_the_wire(order));
  BOOST_TEST_REQUIRE(report.has_value());
  BOOST_TEST(report->before.at(0).map50 < .1);
  BOOST_TEST(report->after.at(0).map50 > .6);

  // The camera's own student, its notes sent along with the video, and the score of the deployed model.
  encoded_segment segment{.camera = camera_id{"a"},
                          .sequence = 0,
                          .source = {},
                          .role = sample_role::held_out,
                          .codec = "h264",
                          .width = 120,
                          .height = 80,
                          .frames = {},
                          .stream = {}};
  for (const auto& record : seen_with(report->weights, probes))
    segment.frames.push_back({{}, record.seen, 1});
  const auto arrived = over_the_wire(segment);
  std::vector<frame_detections> records;
  for (std::size_t i = 0; i < probes.size(); ++i)
    records.push_back({arrived.frames[i].seen, probes[i].labels,
                       static_cast<std::uint64_t>(probes[i].shot.media_time / 1s)});
  const auto deployed = score_camera(camera_id{"a"}, records);
  const auto evaluated = device->evaluate(over_the_wire(eval_order{report->weights, probes}));
  BOOST_TEST_REQUIRE(evaluated.has_value());
  BOOST_CHECK(deployed == evaluated->scores.at(0));
  BOOST_CHECK(deployed == report->after.at(0));
}

BOOST_AUTO_TEST_CASE(a_worker_hands_outlines_on_for_students_with_masks_only) {
  const auto labels = a_triangle_sample("a", 1).labels;
  const auto said = [&](const student_spec& spec) {
    const auto device = a_learner(spec, std::make_unique<fixed_teacher>(labels));
    return device->label({{a_triangle_sample("a", 1).shot}})->frames.at(0);
  };
  BOOST_CHECK(said(tiny_mask_spec()) == labels);
  auto plain = labels;
  for (auto& l : plain)
    l.shape = {};
  BOOST_CHECK(said(tiny_spec()) == plain);
}

BOOST_AUTO_TEST_SUITE_END()

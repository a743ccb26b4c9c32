// SPDX-License-Identifier: Apache-2.0
// What must be the same wherever networks compute. Cases about CUDA need a device and are skipped without one.
#include <boost/test/unit_test.hpp>

#include <torch/cuda.h>

#include "runtime/learn/augmentation.hpp"
#include "runtime/learn/compute_device.hpp"
#include "runtime/learn/device_pictures.hpp"
#include "runtime/learn/torch_detector.hpp"
#include "runtime/learn/torch_guard.hpp"
#include "runtime/learn/torch_process.hpp"
#include "runtime/learn/trainer.hpp"
#include "tests/learn/sample_frames.hpp"

using namespace ecco;

namespace {

struct one_thread {
  one_thread() { use_threads(1); }
};

boost::test_tools::assertion_result has_cuda(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result answer{torch::cuda::device_count() > 0};
  answer.message() << "there is no CUDA device";
  return answer;
}

constexpr compute_device processor{}, card{0};

std::unique_ptr<trainer> a_trainer(compute_device device, const training_recipe& recipe = {}, const blob& start = {},
                                   const student_spec& spec = tiny_spec()) {
  auto made = trainer::make(spec, recipe, start, 1, device);
  BOOST_TEST_REQUIRE(made.has_value(), render(made ? error{} : made.error()));
  return std::move(*made);
}

/// Loss of each of `steps` steps on changing batches of four.
std::vector<double> losses(trainer& t, int steps, bool announce = true) {
  const auto frames = some_samples("a", 0, 4 + steps);
  const auto all = pointers_to(frames);
  std::vector<double> out;
  for (int i = 0; i < steps; ++i) {
    const std::span batch{all.data() + i, 4}, next{all.data() + std::min(i + 1, steps - 1), 4};
    const auto done = t.step(batch, announce ? next : std::span<const labelled_frame* const>{});
    BOOST_TEST_REQUIRE(done.has_value(), render(done ? error{} : done.error()));
    out.push_back(done->loss);
  }
  return out;
}

void check_close(const std::vector<double>& found, const std::vector<double>& wanted, double tolerance) {
  BOOST_TEST(found == wanted, boost::test_tools::tolerance(tolerance) << boost::test_tools::per_element());
}

} // namespace

BOOST_AUTO_TEST_SUITE(devices, *boost::unit_test::fixture<one_thread>())

BOOST_AUTO_TEST_CASE(names_are_checked) {
  BOOST_TEST((find_device("cpu") == compute_device{}));
  for (const auto* name : {"", "gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:1x", "CPU"})
    BOOST_TEST((find_device(name).error().code == ec::invalid_argument), name);
  BOOST_TEST((find_device("cuda:4096").error().code == ec::unavailable));
  BOOST_TEST(to_string(compute_device{2}) == "cuda:2");
}

BOOST_AUTO_TEST_CASE(pictures_drawn_by_torch_are_those_drawn_by_hand) {
  constexpr std::uint16_t width = 96, height = 64;
  const augmentation how{.flip = .5, .scale = .3, .translate = .2, .hue = .1, .saturation = .5, .brightness = .4};
  std::mt19937_64 by_hand{3}, by_torch{3};
  std::vector<float> pixels(std::size_t{3} * width * height);
  for (int second = 0; second < 20; ++second) {
    const auto sample = a_sample("a", second);
    const auto labels = augmented(sample, how, width, height, by_hand, pixels);
    const auto drawn = draw_variation(sample.shot.picture, how, width, height, by_torch);
    const image* const pictures[] = {&sample.shot.picture};
    const auto batch = draw_on_device(pictures, {&drawn, 1}, width, height, torch::kCPU);
    BOOST_TEST(place_labels(sample.labels, drawn, width, height).size() == labels.size());
    const auto wanted = torch::from_blob(pixels.data(), {height, width, 3}).permute({2, 0, 1});
    BOOST_TEST((batch[0] - wanted).abs().max().item<float>() < 1e-5F);
  }
}

BOOST_AUTO_TEST_CASE(announcing_the_next_batch_changes_nothing) {
  BOOST_TEST(losses(*a_trainer(processor), 4, true) == losses(*a_trainer(processor), 4, false),
             boost::test_tools::per_element());
}

// The order of sums differs, and early steps magnify that: the first agree to float precision, later ones less.
BOOST_AUTO_TEST_CASE(cuda_learns_as_the_processor_does, *boost::unit_test::precondition(has_cuda)) {
  at::globalContext().setAllowTF32CuDNN(false);
  check_close(losses(*a_trainer(card), 2), losses(*a_trainer(processor), 2), 1e-4);
  check_close(losses(*a_trainer(card), 8), losses(*a_trainer(processor), 8), 2e-2);
  at::globalContext().setAllowTF32CuDNN(true);
}

BOOST_AUTO_TEST_CASE(cuda_learns_masks_as_the_processor_does, *boost::unit_test::precondition(has_cuda)) {
  at::globalContext().setAllowTF32CuDNN(false);
  std::vector<labelled_frame> frames;
  for (int second = 0; second < 4; ++second)
    frames.push_back(a_triangle_sample("a", second));
  const auto of = [&](compute_device device) {
    const auto t = a_trainer(device, {}, {}, tiny_mask_spec());
    std::vector<double> terms;
    for (int i = 0; i < 2; ++i) {
      const auto done = t->step(pointers_to(frames));
      BOOST_TEST_REQUIRE(done.has_value(), render(done ? error{} : done.error()));
      terms.insert(terms.end(), {done->loss, done->masks});
    }
    return terms;
  };
  check_close(of(card), of(processor), 1e-3);
  at::globalContext().setAllowTF32CuDNN(true);
}

BOOST_AUTO_TEST_CASE(a_recorded_pass_learns_as_one_that_is_launched_kernel_by_kernel,
                     *boost::unit_test::precondition(has_cuda)) {
  training_recipe launched;
  launched.recordings = false;
  check_close(losses(*a_trainer(card), 8), losses(*a_trainer(card, launched), 8), 2e-2);
}

BOOST_AUTO_TEST_CASE(announced_batches_are_the_same_on_cuda, *boost::unit_test::precondition(has_cuda)) {
  check_close(losses(*a_trainer(card), 8, true), losses(*a_trainer(card), 8, false), 2e-2);
}

BOOST_AUTO_TEST_CASE(bf16_on_cuda_learns, *boost::unit_test::precondition(has_cuda)) {
  training_recipe recipe;
  recipe.arithmetic = precision::bf16;
  const auto t = a_trainer(card, recipe);
  const auto found = losses(*t, 60);
  BOOST_TEST(found.back() < found.front() / 2);
}

BOOST_AUTO_TEST_CASE(masks_are_learned_on_cuda_as_on_the_processor, *boost::unit_test::precondition(has_cuda)) {
  at::globalContext().setAllowTF32CuDNN(false);
  std::vector<labelled_frame> frames;
  for (int second = 0; second < 4; ++second)
    frames.push_back(a_triangle_sample("a", second));
  const auto here = *trainer::make(tiny_mask_spec(), {}, {}, 1, processor);
  const auto there = *trainer::make(tiny_mask_spec(), {}, {}, 1, card);
  for (int i = 0; i < 3; ++i) {
    const auto wanted = here->step(pointers_to(frames)), found = there->step(pointers_to(frames));
    BOOST_TEST_REQUIRE((wanted.has_value() && found.has_value()));
    BOOST_TEST(found->masks == wanted->masks, boost::test_tools::tolerance(2e-2));
    BOOST_TEST(found->loss == wanted->loss, boost::test_tools::tolerance(2e-2));
  }
  at::globalContext().setAllowTF32CuDNN(true);
}

BOOST_AUTO_TEST_CASE(a_checkpoint_moves_between_processor_and_cuda, *boost::unit_test::precondition(has_cuda)) {
  const auto here = a_trainer(processor);
  losses(*here, 3);
  const auto there = a_trainer(card, {}, here->checkpoint());
  BOOST_TEST(there->steps() == 3U);
  BOOST_TEST((there->checkpoint() == here->checkpoint()));
  BOOST_TEST((there->weights() == here->weights()));
}

BOOST_AUTO_TEST_CASE(cuda_sees_what_the_processor_sees, *boost::unit_test::precondition(has_cuda)) {
  at::globalContext().setAllowTF32CuDNN(false);
  training_recipe plain;
  plain.augment = {.flip = 0, .scale = 0, .translate = 0};
  const auto t = a_trainer(card, plain);
  losses(*t, 150);
  const auto samples = some_samples("b", 0, 4);
  std::vector<const image*> pictures;
  for (const auto& s : samples)
    pictures.push_back(&s.shot.picture);
  auto on_processor = torch_detector::make(tiny_spec(), {}), on_card = torch_detector::make(tiny_spec(), {.device = card});
  BOOST_TEST_REQUIRE((*on_processor)->load(t->weights()).has_value());
  for (int load = 0; load < 2; ++load) { // the second takes the place of recorded weights
    BOOST_TEST_REQUIRE((*on_card)->load(t->weights()).has_value());
    const auto wanted = *(*on_processor)->detect(pictures);
    for (int time = 0; time < 3; ++time) { // first launched, then recorded, then replayed
      const auto found = *(*on_card)->detect(pictures);
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        BOOST_TEST_REQUIRE(found[i].size() == wanted[i].size());
        for (std::size_t k = 0; k < wanted[i].size(); ++k) {
          BOOST_TEST(found[i][k].class_id == wanted[i][k].class_id);
          BOOST_TEST(std::abs(found[i][k].score - wanted[i][k].score) < 1e-3F);
          BOOST_TEST(std::abs(found[i][k].where.x1 - wanted[i][k].where.x1) < 1e-3F);
          BOOST_TEST(std::abs(found[i][k].where.y2 - wanted[i][k].where.y2) < 1e-3F);
        }
      }
    }
    losses(*t, 5);
    BOOST_TEST_REQUIRE((*on_processor)->load(t->weights()).has_value());
  }
  at::globalContext().setAllowTF32CuDNN(true);
}

BOOST_AUTO_TEST_SUITE_END()

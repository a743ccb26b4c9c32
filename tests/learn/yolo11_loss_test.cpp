// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <random>
#include <vector>

#include "runtime/learn/yolo11_loss.hpp"

using namespace ecco;
using torch::indexing::Slice;

namespace {

struct corner_box {
  double x1, y1, x2, y2;
};

corner_box at(const torch::Tensor& boxes, std::int64_t i, std::int64_t j) {
  const auto b = boxes[i][j].contiguous();
  const auto* p = b.data_ptr<float>();
  return {p[0], p[1], p[2], p[3]};
}

/// Complete IoU, written from the formula.
double literal_ciou(const corner_box& a, const corner_box& b) {
  const double aw = a.x2 - a.x1, ah = a.y2 - a.y1 + 1e-7, bw = b.x2 - b.x1, bh = b.y2 - b.y1 + 1e-7;
  const double inter = std::max(0., std::min(a.x2, b.x2) - std::max(a.x1, b.x1))
                       * std::max(0., std::min(a.y2, b.y2) - std::max(a.y1, b.y1));
  const double iou = inter / (aw * ah + bw * bh - inter + 1e-7);
  const double cw = std::max(a.x2, b.x2) - std::min(a.x1, b.x1),
               ch = std::max(a.y2, b.y2) - std::min(a.y1, b.y1);
  const double rho =
      std::pow((a.x1 + a.x2 - b.x1 - b.x2) / 2, 2) + std::pow((a.y1 + a.y2 - b.y1 - b.y2) / 2, 2);
  const double v = 4 / std::pow(std::numbers::pi, 2) * std::pow(std::atan(bw / bh) - std::atan(aw / ah), 2);
  return iou - rho / (cw * cw + ch * ch + 1e-7) - v * v / (v - iou + 1 + 1e-7);
}

struct scene {
  anchor_grid anchors = make_anchors(64, 96);
  truths truth;
  torch::Tensor class_logits, distances;

  std::int64_t batch() const { return class_logits.size(0); }
  std::int64_t count() const { return class_logits.size(1); }
  torch::Tensor centres() const { return anchors.centres * anchors.strides; }
  torch::Tensor boxes() const {
    return boxes_around(anchors.centres, expected_distances(distances)) * anchors.strides;
  }
};

/// Random predictions and overlapping random objects; the last picture has none.
scene a_scene(std::uint64_t seed, std::int64_t batch = 3, std::int64_t objects = 5,
              std::int64_t classes = 3) {
  torch::manual_seed(seed);
  scene s;
  const auto corner = torch::rand({batch, objects, 2}) * torch::tensor({70.f, 45.f});
  const auto size = torch::rand({batch, objects, 2}) * torch::tensor({40.f, 30.f}) + 6;
  s.truth.boxes = torch::cat({corner, corner + size}, 2);
  s.truth.classes = torch::randint(classes, {batch, objects});
  s.truth.valid = torch::rand({batch, objects}) < .8;
  s.truth.valid.index_put_({batch - 1}, false);
  s.truth.ignored = torch::zeros({batch, 0, 4});
  s.class_logits = torch::randn({batch, s.anchors.centres.size(0), classes});
  s.distances = torch::randn({batch, s.anchors.centres.size(0), 4 * distance_bins}) * 3;
  return s;
}

struct literal_assignment {
  std::vector<std::vector<int>> object; // -1: background
  std::vector<std::vector<double>> score;
};

/// algorithms.md 3.5, one loop after another.
literal_assignment literal_assign(const scene& s) {
  const auto boxes = s.boxes(), centres = s.centres();
  const auto anchors = s.count(), objects = s.truth.boxes.size(1);
  literal_assignment all;
  for (std::int64_t b = 0; b < s.batch(); ++b) {
    std::vector<std::vector<double>> u(objects, std::vector<double>(anchors)), t = u;
    std::vector<std::vector<bool>> positive(objects, std::vector<bool>(anchors));
    for (std::int64_t g = 0; g < objects; ++g) {
      if (!s.truth.valid[b][g].item<bool>())
        continue;
      const auto gt = at(s.truth.boxes, b, g);
      for (std::int64_t a = 0; a < anchors; ++a) {
        const double x = centres[a][0].item<float>(), y = centres[a][1].item<float>();
        if (std::min({x - gt.x1, y - gt.y1, gt.x2 - x, gt.y2 - y}) <= 1e-9)
          continue;
        u[g][a] = std::max(0., literal_ciou(gt, at(boxes, b, a)));
        const double logit = s.class_logits[b][a][s.truth.classes[b][g].item<std::int64_t>()].item<float>();
        t[g][a] = std::sqrt(1 / (1 + std::exp(-logit))) * std::pow(u[g][a], 6);
      }
      std::vector<std::int64_t> order(anchors);
      std::iota(order.begin(), order.end(), 0);
      std::stable_sort(order.begin(), order.end(), [&](auto i, auto j) { return t[g][i] > t[g][j]; });
      for (int k = 0; k < 10; ++k)
        positive[g][order[k]] = t[g][order[k]] > 0;
    }
    std::vector<int> object(anchors, -1);
    for (std::int64_t a = 0; a < anchors; ++a) {
      int takers = 0;
      for (std::int64_t g = 0; g < objects; ++g)
        if (positive[g][a]) {
          object[a] = static_cast<int>(g);
          ++takers;
        }
      if (takers > 1) {
        for (std::int64_t g = 0; g < objects; ++g)
          if (u[g][a] > u[object[a]][a])
            object[a] = static_cast<int>(g);
        for (std::int64_t g = 0; g < objects; ++g)
          positive[g][a] = g == object[a];
      }
    }
    std::vector<double> score(anchors);
    for (std::int64_t a = 0; a < anchors; ++a)
      if (object[a] >= 0) {
        double max_u = 0, max_t = 0;
        for (std::int64_t i = 0; i < anchors; ++i)
          if (positive[object[a]][i]) {
            max_u = std::max(max_u, u[object[a]][i]);
            max_t = std::max(max_t, t[object[a]][i]);
          }
        score[a] = t[object[a]][a] * max_u / (max_t + 1e-9);
      }
    all.object.push_back(std::move(object));
    all.score.push_back(std::move(score));
  }
  return all;
}

double binary_entropy(double logit, double target) {
  return std::max(logit, 0.) - logit * target + std::log1p(std::exp(-std::abs(logit)));
}

/// The three terms, anchor by anchor, from `literal_assign`.
std::array<double, 3> literal_loss(const scene& s) {
  const auto found = literal_assign(s);
  double box = 0, classes = 0, dfl = 0, sum = 0;
  for (std::int64_t b = 0; b < s.batch(); ++b)
    for (std::int64_t a = 0; a < s.count(); ++a) {
      const int g = found.object[b][a];
      const double w = found.score[b][a];
      sum += w;
      for (std::int64_t c = 0; c < s.class_logits.size(2); ++c)
        classes += binary_entropy(s.class_logits[b][a][c].item<float>(),
                                  g >= 0 && s.truth.classes[b][g].item<std::int64_t>() == c ? w : 0.);
      if (g < 0)
        continue;
      const double stride = s.anchors.strides[a].item<float>();
      const auto gt = at(s.truth.boxes, b, g), predicted = at(s.boxes(), b, a);
      const auto grid = [&](const corner_box& p) {
        return corner_box{p.x1 / stride, p.y1 / stride, p.x2 / stride, p.y2 / stride};
      };
      box += w * (1 - literal_ciou(grid(predicted), grid(gt)));
      const double x = s.anchors.centres[a][0].item<float>(), y = s.anchors.centres[a][1].item<float>();
      const double sides[4] = {x - gt.x1 / stride, y - gt.y1 / stride, gt.x2 / stride - x,
                               gt.y2 / stride - y};
      double entropy = 0;
      for (int side = 0; side < 4; ++side) {
        const double d = std::clamp(sides[side], 0., 14.99);
        const int lower = static_cast<int>(d);
        const auto logits = s.distances[b][a].slice(0, side * 16, side * 16 + 16).contiguous();
        const auto* l = logits.data_ptr<float>();
        double norm = 0;
        for (int k = 0; k < 16; ++k)
          norm += std::exp(l[k]);
        entropy -=
            (l[lower] - std::log(norm)) * (lower + 1 - d) + (l[lower + 1] - std::log(norm)) * (d - lower);
      }
      dfl += w * entropy / 4;
    }
  sum = std::max(sum, 1.);
  return {box / sum, classes / sum, dfl / sum};
}

} // namespace

BOOST_AUTO_TEST_SUITE(yolo11_losses)

BOOST_AUTO_TEST_CASE(complete_iou_is_the_formula) {
  std::mt19937 random{5};
  std::uniform_real_distribution<float> draw{0, 20};
  for (int i = 0; i < 200; ++i) {
    const float ax = draw(random), ay = draw(random), bx = draw(random), by = draw(random);
    const corner_box a{ax, ay, ax + 1 + draw(random), ay + 1 + draw(random)};
    const corner_box b{bx, by, bx + 1 + draw(random), by + 1 + draw(random)};
    const auto tensor_of = [](const corner_box& c) { return torch::tensor({c.x1, c.y1, c.x2, c.y2}); };
    BOOST_TEST(complete_iou(tensor_of(a), tensor_of(b)).item<double>() == literal_ciou(a, b),
               boost::test_tools::tolerance(1e-4));
  }
}

BOOST_AUTO_TEST_CASE(the_assigner_agrees_with_a_literal_one) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const auto s = a_scene(seed);
    const auto ours = assign(s.class_logits, s.boxes(), s.centres(), s.truth);
    const auto literal = literal_assign(s);
    for (std::int64_t b = 0; b < s.batch(); ++b)
      for (std::int64_t a = 0; a < s.count(); ++a) {
        BOOST_REQUIRE_EQUAL(ours.foreground[b][a].item<bool>(), literal.object[b][a] >= 0);
        if (literal.object[b][a] >= 0)
          BOOST_REQUIRE_EQUAL(ours.object[b][a].item<std::int64_t>(), literal.object[b][a]);
        BOOST_REQUIRE_SMALL(ours.score[b][a].item<double>() - literal.score[b][a], 1e-5);
      }
  }
}

BOOST_AUTO_TEST_CASE(the_terms_agree_with_literal_ones) {
  for (std::uint64_t seed = 20; seed < 24; ++seed) {
    const auto s = a_scene(seed);
    const auto ours = yolo11_loss({s.distances, s.class_logits}, s.anchors, s.truth);
    const auto literal = literal_loss(s);
    BOOST_TEST(ours.box.item<double>() == literal[0], boost::test_tools::tolerance(1e-4));
    BOOST_TEST(ours.classes.item<double>() == literal[1], boost::test_tools::tolerance(1e-4));
    BOOST_TEST(ours.distances.item<double>() == literal[2], boost::test_tools::tolerance(1e-4));
  }
}

BOOST_AUTO_TEST_CASE(without_objects_only_the_class_term_is_left) {
  for (std::int64_t objects : {0, 2}) {
    auto s = a_scene(3, 2, objects);
    s.truth.valid.fill_(false);
    const auto terms = yolo11_loss({s.distances, s.class_logits}, s.anchors, s.truth);
    BOOST_TEST(terms.box.item<float>() == 0);
    BOOST_TEST(terms.distances.item<float>() == 0);
    BOOST_TEST(terms.classes.item<double>() == torch::softplus(s.class_logits).sum().item<double>(),
               boost::test_tools::tolerance(1e-4));
  }
}

BOOST_AUTO_TEST_CASE(background_in_an_ignored_region_does_not_count) {
  auto s = a_scene(4, 1, 1);
  s.truth.valid.fill_(true);
  s.truth.ignored = torch::tensor({0.f, 0.f, 96.f, 64.f}).view({1, 1, 4});
  s.class_logits.requires_grad_();
  const auto found = assign(s.class_logits, s.boxes(), s.centres(), s.truth);
  BOOST_REQUIRE(found.foreground.any().item<bool>());
  yolo11_loss({s.distances, s.class_logits}, s.anchors, s.truth).classes.backward();
  const auto moved = (s.class_logits.grad() != 0).any(2);
  BOOST_TEST(torch::equal(moved, found.foreground));
}

BOOST_AUTO_TEST_CASE(gradients_are_finite_when_boxes_have_no_size) {
  auto s = a_scene(6, 2, 3);
  s.truth.valid.fill_(true);
  s.distances = torch::full_like(s.distances, -20);
  s.distances.index_put_({Slice(), Slice(), Slice(0, torch::indexing::None, 16)}, 20);
  s.distances.requires_grad_();
  const auto terms = yolo11_loss({s.distances, s.class_logits}, s.anchors, s.truth);
  const auto sum = total(terms, {}, 2) + s.distances.sum() * 0;
  sum.backward();
  BOOST_TEST(s.distances.grad().isfinite().all().item<bool>());
}

BOOST_AUTO_TEST_SUITE_END()

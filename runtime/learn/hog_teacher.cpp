// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/hog_teacher.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>

#include "runtime/learn/nms.hpp"
#include "runtime/score/iou.hpp"

namespace ecco {

namespace {

// The people the detector was trained on stand 96 rows tall in the middle of windows of 64 x 128.
constexpr double person_rows = 96;
constexpr double window_rows = 128;
// Shoulders and a stride measure about a third of the height.
constexpr double person_aspect = 1. / 3;
constexpr int stride = 8;
// Lets the window reach beyond the picture's border by as much margin as it has around a person.
constexpr int padding = 16;
// In rows of the scaled picture. Measured on vtest.avi: clean video loses 4 of 100 people, a noise of 30 grey
// levels 20 in place of 65.
constexpr double smoothing = 1.5;
// Pictures more extreme than this are not pictures of people, and would take any amount of memory.
constexpr int widest_aspect = 8;

/// Stretches the grey values so that 98 % of them fill the range; amplifies 8 times at most.
void stretch_contrast(cv::Mat& grey) {
  std::array<int, 256> counts{};
  for (int y = 0; y < grey.rows; ++y)
    for (int x = 0; x < grey.cols; ++x)
      ++counts[grey.at<std::uint8_t>(y, x)];
  auto quantile = [&, total = static_cast<double>(grey.total())](double part) {
    double seen = 0;
    int value = 0;
    while (value < 255 && (seen += counts[static_cast<std::size_t>(value)]) < part * total)
      ++value;
    return value;
  };
  auto low = quantile(.01);
  auto gain = 255. / std::max(quantile(.99) - low, 32);
  grey.convertTo(grey, -1, gain, -low * gain);
}

/// A person within a window, as fractions of the picture and clipped to it.
box person_in(const cv::Rect& window, cv::Size picture) {
  auto height = window.height * person_rows / window_rows;
  auto middle_x = window.x + window.width / 2., middle_y = window.y + window.height / 2.;
  auto x = [&](double at) { return static_cast<float>(std::clamp(at / picture.width, 0., 1.)); };
  auto y = [&](double at) { return static_cast<float>(std::clamp(at / picture.height, 0., 1.)); };
  return {x(middle_x - height * person_aspect / 2), y(middle_y - height / 2),
          x(middle_x + height * person_aspect / 2), y(middle_y + height / 2)};
}

class hog_teacher final : public teacher {
 public:
  explicit hog_teacher(const hog_options& options) : options_(options) {
    hog_.setSVMDetector(cv::HOGDescriptor::getDefaultPeopleDetector());
    auto heights = std::log(options.largest_person / options.smallest_person) / std::log(options.scale_step);
    hog_.nlevels = static_cast<int>(std::floor(heights)) + 1;
  }

  result<std::vector<label>> label_frame(const frame& shot) override {
    const auto& picture = shot.picture;
    const auto where = "hog teacher: camera " + shot.camera.value + ": ";
    if (picture.rgb.empty() || picture.rgb.size() != std::size_t{3} * picture.width * picture.height)
      return fail(ec::invalid_argument, where + "the picture's bytes do not match its size");
    if (picture.width > widest_aspect * picture.height || picture.height > widest_aspect * picture.width)
      return fail(ec::invalid_argument, where + "a picture that is more than 8 times as long as wide");
    try {
      return to_labels(find_people(prepare(picture)));
    } catch (const std::exception& failure) {
      return fail(ec::internal, where + failure.what());
    }
  }

 private:
  cv::Mat prepare(const image& picture) const {
    // OpenCV has no type for constant pixels; cvtColor only reads them.
    auto* pixels = const_cast<std::uint8_t*>(picture.rgb.view().data());
    const cv::Mat rgb(picture.height, picture.width, CV_8UC3, pixels);
    cv::Mat grey, scaled;
    cv::cvtColor(rgb, grey, cv::COLOR_RGB2GRAY);
    stretch_contrast(grey);
    auto rows = person_rows / options_.smallest_person;
    auto columns = rows * picture.width / picture.height;
    cv::resize(grey, scaled,
               cv::Size(static_cast<int>(std::lround(columns)), static_cast<int>(std::lround(rows))), 0, 0,
               rows < picture.height ? cv::INTER_AREA : cv::INTER_LINEAR);
    cv::GaussianBlur(scaled, scaled, cv::Size(), smoothing);
    return scaled;
  }

  /// Best first, scores are distances from the separating plane.
  std::vector<detection> find_people(const cv::Mat& grey) const {
    std::vector<cv::Rect> windows;
    std::vector<double> scores;
    hog_.detectMultiScale(grey, windows, scores, options_.ignore_score, cv::Size(stride, stride),
                          cv::Size(padding, padding), options_.scale_step, 0);
    std::vector<detection> found;
    for (std::size_t i = 0; i < windows.size(); ++i) {
      detection person{person_in(windows[i], grey.size()), options_.class_id, static_cast<float>(scores[i])};
      // Half a person at the border is one; less is a guess.
      auto whole = person_aspect * std::pow(windows[i].height * person_rows / window_rows, 2) / grey.total();
      if (area(person.where) > .5 * whole)
        found.push_back(person);
    }
    return non_maximum_suppression(std::move(found), options_.overlap,
                                   std::numeric_limits<std::size_t>::max());
  }

  std::vector<label> to_labels(const std::vector<detection>& people) const {
    std::vector<label> labels;
    for (const auto& person : people) {
      // A leg or a bag found once more lies within the whole person.
      auto is_part = [&](const label& better) { return covered(person.where, better.where) > .7; };
      if (std::none_of(labels.begin(), labels.end(), is_part))
        labels.push_back({person.where, person.class_id, person.score < options_.label_score});
    }
    return labels;
  }

  hog_options options_;
  cv::HOGDescriptor hog_;
};

} // namespace

result<std::unique_ptr<teacher>> make_hog_teacher(const hog_options& options) {
  auto refuse = [](const std::string& what) { return fail(ec::invalid_argument, "hog teacher: " + what); };
  // Negated, so that NaN is refused.
  if (!(options.smallest_person >= .05 && options.smallest_person <= options.largest_person
        && options.largest_person <= 1))
    return refuse("heights of people must satisfy 0.05 <= smallest_person <= largest_person <= 1");
  if (!(options.scale_step > 1 && options.scale_step <= 2))
    return refuse("scale_step must lie in (1, 2]");
  if (!(options.ignore_score >= -2 && options.ignore_score <= options.label_score
        && options.label_score <= 10))
    return refuse("scores must satisfy -2 <= ignore_score <= label_score <= 10");
  if (!(options.overlap >= 0 && options.overlap <= 1))
    return refuse("overlap must lie in [0, 1]");
  // The workers of a node share its cores; OpenCV's pool would take them all.
  cv::setNumThreads(1);
  return std::make_unique<hog_teacher>(options);
}

} // namespace ecco

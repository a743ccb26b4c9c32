// SPDX-License-Identifier: Apache-2.0
#include "deploy/experiment/simulated_camera.hpp"

#include <algorithm>
#include <utility>

#include "runtime/base/random.hpp"

namespace ecco {

namespace {

constexpr const char* codec_name = "simulated";

class simulated_source final : public frame_source {
 public:
  simulated_source(planned_camera plan, double fps, std::shared_ptr<const picture_book> book)
      : plan_(std::move(plan)), fps_(fps), book_(std::move(book)) {}

  result<source_picture> next() override {
    const auto at = plan_.phase + from_seconds(static_cast<double>(count_++) / fps_);
    return source_picture{at, at, (*book_)[plan_.condition_at(at)]};
  }

 private:
  planned_camera plan_;
  double fps_;
  std::shared_ptr<const picture_book> book_;
  std::uint64_t count_ = 0;
};

class simulated_student final : public student {
 public:
  simulated_student(std::unique_ptr<student> knows, double owed) : knows_(std::move(knows)), owed_(owed) {}

  result<void> load(const blob& weights) override { return knows_->load(weights); }

  result<std::vector<detection>> infer(const image& picture) override {
    auto seen = knows_->infer(picture);
    if (!seen || seen->empty())
      return seen;
    const auto accuracy = seen->front().score;
    owed_ += accuracy;
    if (owed_ >= 1) {
      owed_ -= 1;
      return seen;
    }
    // Something else, somewhere else.
    seen->front() = {{0, 0, .05F, .05F}, 0, .9F * accuracy};
    return seen;
  }

  std::vector<float> features() const override { return knows_->features(); }

 private:
  std::unique_ptr<student> knows_;
  /// Hits that its accuracy has promised and that are still to come, less than 1.
  double owed_;
};

class simulated_encoder final : public segment_encoder {
 public:
  explicit simulated_encoder(std::uint32_t bits_per_second) : bits_per_second_(bits_per_second) {}

  std::string codec() const override { return codec_name; }

  void set_bit_rate(std::uint32_t bits_per_second) override { bits_per_second_ = bits_per_second; }

  result<blob> encode(std::span<const image> pictures, duration over) override {
    const auto bits = static_cast<double>(bits_per_second_) * seconds_of(over);
    bytes stream(std::max(pictures.size(), static_cast<std::size_t>(bits / 8)));
    for (std::size_t i = 0; i < pictures.size(); ++i) {
      if (pictures[i].rgb.empty())
        return fail(ec::invalid_argument, "simulated encoder: a picture without pixels");
      stream[i] = pictures[i].rgb.view()[0];
    }
    return blob{std::move(stream)};
  }

 private:
  std::uint32_t bits_per_second_;
};

class simulated_decoder final : public segment_decoder {
 public:
  explicit simulated_decoder(std::shared_ptr<const picture_book> book) : book_(std::move(book)) {}

  result<std::vector<image>> decode(const encoded_segment& segment) override {
    const auto stream = segment.stream.view();
    if (segment.codec != codec_name || stream.size() < segment.frames.size())
      return fail(ec::malformed_data, "simulated decoder: not a segment of the simulated encoder");
    std::vector<image> out;
    out.reserve(segment.frames.size());
    for (std::size_t i = 0; i < segment.frames.size(); ++i)
      out.push_back((*book_)[stream[i]]);
    return out;
  }

 private:
  std::shared_ptr<const picture_book> book_;
};

} // namespace

std::shared_ptr<const picture_book> make_picture_book() {
  auto book = std::make_shared<picture_book>();
  for (std::size_t i = 0; i < book->size(); ++i)
    (*book)[i] = curve_picture(static_cast<std::uint8_t>(i));
  return book;
}

std::unique_ptr<frame_source> make_simulated_source(const planned_camera& plan, double fps,
                                                    std::shared_ptr<const picture_book> book) {
  return std::make_unique<simulated_source>(plan, fps, std::move(book));
}

std::unique_ptr<student> make_simulated_student(const curve_options& options, std::uint64_t seed) {
  random_engine random{seed};
  return std::make_unique<simulated_student>(make_curve_student(options), uniform(random));
}

std::unique_ptr<segment_encoder> make_simulated_encoder(std::uint32_t bits_per_second) {
  return std::make_unique<simulated_encoder>(bits_per_second);
}

std::unique_ptr<segment_decoder> make_simulated_decoder(std::shared_ptr<const picture_book> book) {
  return std::make_unique<simulated_decoder>(std::move(book));
}

} // namespace ecco

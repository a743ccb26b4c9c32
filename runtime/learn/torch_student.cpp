// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/torch_student.hpp"

namespace ecco {

namespace {

class torch_student final : public student {
 public:
  explicit torch_student(std::unique_ptr<torch_detector> detector) : detector_{std::move(detector)} {}

  result<void> load(const blob& weights) override { return detector_->load(weights); }

  result<std::vector<detection>> infer(const image& picture) override {
    const image* const one[] = {&picture};
    auto found = detector_->detect(one);
    if (!found)
      return tl::unexpected{found.error()};
    return std::move(found->front());
  }

  std::vector<float> features() const override {
    auto pooled = detector_->features();
    return pooled.empty() ? std::vector<float>{} : std::move(pooled.front());
  }

 private:
  std::unique_ptr<torch_detector> detector_;
};

} // namespace

result<std::unique_ptr<student>> make_torch_student(const student_spec& spec,
                                                    const detection_options& options) {
  auto detector = torch_detector::make(spec, options);
  if (!detector)
    return tl::unexpected{detector.error()};
  return std::make_unique<torch_student>(std::move(*detector));
}

} // namespace ecco

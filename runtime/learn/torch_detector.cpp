// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/torch_detector.hpp"

#include <cmath>
#include <map>
#include <optional>

#include <c10/core/StreamGuard.h>

#include "runtime/learn/device_pictures.hpp"
#include "runtime/learn/letterbox.hpp"
#include "runtime/learn/mask_outlines.hpp"
#include "runtime/learn/nms.hpp"
#include "runtime/learn/recording.hpp"
#include "runtime/learn/torch_guard.hpp"
#include "runtime/learn/yolo11_net.hpp"

namespace ecco {

namespace {

using torch::Tensor;

/// The forward pass of one shape of input.
struct look {
  Tensor pictures;
  head_output seen;
  /// Defined when features are wanted.
  Tensor pooled;
  /// From the second time on. It reads `pictures` and writes `seen` where they are.
  std::unique_ptr<recording> recorded;
};

template <class T>
std::vector<T> chosen(const std::vector<T>& from, std::span<const std::size_t> places) {
  std::vector<T> out;
  for (const auto place : places)
    out.push_back(from[place]);
  return out;
}

} // namespace

struct torch_detector::impl {
  impl(const student_spec& s, const detection_options& o, const yolo11_variant& v)
      : spec{s}, options{o}, variant{v}, device{torch_device(o.device)}, anchors{device} {
    if (device.is_cuda())
      stream.emplace(new_stream(device));
  }

  /// While the guard lives, work goes to the detector's own stream.
  c10::OptionalStreamGuard enter() const {
    return stream ? c10::OptionalStreamGuard{*stream} : c10::OptionalStreamGuard{};
  }

  head_output forward(const Tensor& pictures);
  void keep_features(const Tensor& pooled);
  Tensor prepare(std::span<const image* const> pictures, input_size into) const;
  std::vector<std::vector<detection>> decode(const head_output& out, std::span<const image* const> pictures,
                                             input_size seen_in);

  torch::ScalarType type() const {
    return options.arithmetic == precision::bf16 ? torch::kBFloat16 : torch::kFloat;
  }

  student_spec spec;
  detection_options options;
  yolo11_variant variant;
  torch::Device device;
  anchor_grids anchors;
  std::optional<c10::Stream> stream;
  /// Folded; null before the first load.
  std::unique_ptr<yolo11_net> net;
  /// By shape of the input; of the present weights, whose memory they know.
  std::map<std::vector<std::int64_t>, look> looks;
  std::vector<std::vector<float>> features;
};

head_output torch_detector::impl::forward(const Tensor& pictures) {
  Tensor pooled;
  auto* const want = options.features ? &pooled : nullptr;
  if (!device.is_cuda() || !recording::available() || variant.masks) {
    auto seen = net->forward(pictures, want);
    keep_features(pooled);
    return seen;
  }
  const auto [at, is_new] = looks.try_emplace(pictures.sizes().vec());
  auto& l = at->second;
  if (is_new) { // what is allocated on first use is allocated now
    l.pictures = pictures;
    l.seen = net->forward(pictures, want);
    l.pooled = pooled;
    keep_features(l.pooled);
    return l.seen;
  }
  l.pictures.copy_(pictures);
  if (!l.recorded)
    l.recorded = recording::make(
        [&] {
          Tensor again;
          const auto out = net->forward(l.pictures, l.pooled.defined() ? &again : nullptr);
          if (l.pooled.defined())
            l.pooled.copy_(again);
          l.seen.distances.copy_(out.distances);
          l.seen.classes.copy_(out.classes);
        },
        nullptr);
  l.recorded->replay();
  keep_features(l.pooled);
  return l.seen;
}

void torch_detector::impl::keep_features(const Tensor& pooled) {
  features.clear();
  if (!pooled.defined())
    return;
  const auto here = pooled.to(torch::kFloat).cpu().contiguous();
  const auto* first = here.data_ptr<float>();
  const auto channels = here.size(1);
  for (std::int64_t i = 0; i < here.size(0); ++i)
    features.emplace_back(first + i * channels, first + (i + 1) * channels);
}

Tensor torch_detector::impl::prepare(std::span<const image* const> pictures, input_size into) const {
  const auto [width, height] = into;
  if (device.is_cuda()) {
    std::vector<variation> how;
    for (const auto* picture : pictures)
      how.push_back(letterboxed(*picture, into.width, into.height));
    return draw_on_device(pictures, how, width, height, device).to(type());
  }
  const auto size = std::size_t{3} * width * height;
  auto planes = torch::empty({std::ssize(pictures), 3, height, width});
  const std::span all{planes.data_ptr<float>(), size * pictures.size()};
  for (std::size_t i = 0; i < pictures.size(); ++i)
    letterbox(*pictures[i], width, height, all.subspan(i * size, size));
  return planes.to(type()).contiguous(torch::MemoryFormat::ChannelsLast);
}

std::vector<std::vector<detection>>
torch_detector::impl::decode(const head_output& out, std::span<const image* const> pictures, input_size seen_in) {
  const auto& [centres, strides] = anchors.of(seen_in);
  const auto logits = out.classes.to(torch::kFloat);
  const auto least = std::log(options.least_score / (1 - options.least_score));
  const auto found = (logits > least).nonzero(); // picture, anchor, class
  const auto picture = found.select(1, 0), anchor = found.select(1, 1);
  const auto distances = expected_distances(out.distances.index({picture, anchor}).to(torch::kFloat));
  const auto boxes =
      (boxes_around(centres.index({anchor}), distances) * strides.index({anchor})).cpu().contiguous();
  const auto scores = logits.index({picture, anchor, found.select(1, 2)}).sigmoid().cpu().contiguous();
  const auto places = found.cpu().contiguous();

  std::vector<std::vector<detection>> all(pictures.size());
  std::vector<std::vector<std::int64_t>> anchors_of(pictures.size());
  const auto* at = places.data_ptr<std::int64_t>();
  const auto* corner = boxes.data_ptr<float>();
  for (std::int64_t i = 0; i < found.size(0); ++i, at += 3, corner += 4) {
    const auto which = static_cast<std::size_t>(at[0]);
    all[which].push_back({to_picture({corner[0], corner[1], corner[2], corner[3]}, *pictures[which],
                                     seen_in.width, seen_in.height),
                          static_cast<std::uint16_t>(at[2]), scores.data_ptr<float>()[i]});
    anchors_of[which].push_back(at[1]);
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto kept = survivors(all[i], options.overlap, options.most_detections);
    all[i] = chosen(all[i], kept);
    if (const auto which = static_cast<std::int64_t>(i); variant.masks)
      add_outlines(all[i], chosen(anchors_of[i], kept), out.coefficients[which], out.prototypes[which],
                   *pictures[i]);
  }
  return all;
}

torch_detector::torch_detector(std::unique_ptr<impl> state) : impl_{std::move(state)} {}
torch_detector::~torch_detector() = default;

result<std::unique_ptr<torch_detector>> torch_detector::make(const student_spec& spec,
                                                             const detection_options& options) {
  return guarded("detector", [&]() -> result<std::unique_ptr<torch_detector>> {
    const auto variant = variant_of(spec);
    if (!variant)
      return tl::unexpected{variant.error()};
    if (!(options.least_score > 0 && options.least_score < 1)
        || !(options.overlap > 0 && options.overlap <= 1))
      return fail(ec::invalid_argument, "detector: least score and overlap lie between 0 and 1");
    return std::unique_ptr<torch_detector>{new torch_detector{std::make_unique<impl>(spec, options, *variant)}};
  });
}

result<void> torch_detector::load(const blob& weights) {
  return guarded("detector", [&]() -> result<void> {
    const auto on_stream = impl_->enter();
    auto fresh = std::make_unique<yolo11_net>(impl_->variant, impl_->spec.classes);
    if (auto loaded = load_weights(*fresh, weights); !loaded)
      return loaded;
    fresh->eval();
    fresh->fold();
    fresh->to(impl_->device, impl_->type());
    impl_->looks.clear();
    impl_->net = std::move(fresh);
    return {};
  });
}

result<std::vector<std::vector<detection>>> torch_detector::detect(std::span<const image* const> pictures) {
  return guarded("detector", [&]() -> result<std::vector<std::vector<detection>>> {
    impl_->features.clear();
    if (!impl_->net)
      return fail(ec::unavailable, "detector: no weights yet", "load some first");
    for (const auto* picture : pictures)
      if (auto checked = check_picture(*picture); !checked)
        return tl::unexpected{checked.error()};
    if (pictures.empty())
      return {};
    torch::NoGradGuard no_grad;
    const auto on_stream = impl_->enter();
    const auto size = tight_input(pictures, {impl_->spec.input_width, impl_->spec.input_height});
    return impl_->decode(impl_->forward(impl_->prepare(pictures, size)), pictures, size);
  });
}

std::vector<std::vector<float>> torch_detector::features() const {
  return impl_->features;
}

result<void> check_picture(const image& picture) {
  const auto expected = std::size_t{3} * picture.width * picture.height;
  if (expected > 0 && picture.rgb.size() == expected)
    return {};
  return fail(ec::invalid_argument, "picture of " + std::to_string(picture.width) + " x "
                                        + std::to_string(picture.height) + " with "
                                        + std::to_string(picture.rgb.size()) + " bytes");
}

} // namespace ecco

// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/trainer.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <optional>

#include "runtime/learn/augmentation.hpp"
#include "runtime/learn/flat_state.hpp"
#include "runtime/learn/gradient_exchange.hpp"
#include "runtime/learn/safetensors.hpp"
#include "runtime/learn/torch_guard.hpp"
#include "runtime/learn/yolo11_loss.hpp"

namespace ecco {

namespace {

using torch::Tensor;

constexpr const char* checkpoint_format = "ecco-checkpoint-1";

struct batch_tensors {
  Tensor pictures;
  truths truth;
};

/// Pads the labels of a batch, objects and ignored regions apart, into tensors.
truths pack(const std::vector<std::vector<placed_label>>& labels) {
  std::int64_t objects = 0, regions = 0;
  for (const auto& of_picture : labels) {
    const auto ignored =
        std::count_if(of_picture.begin(), of_picture.end(), [](const auto& l) { return l.ignore; });
    regions = std::max<std::int64_t>(regions, ignored);
    objects = std::max<std::int64_t>(objects, std::ssize(of_picture) - ignored);
  }
  const auto batch = std::ssize(labels);
  truths out{torch::zeros({batch, objects, 4}), torch::zeros({batch, objects}, torch::kLong),
             torch::zeros({batch, objects}, torch::kBool), torch::zeros({batch, regions, 4})};
  const auto write = [](const Tensor& boxes, std::int64_t row, const box& b) {
    std::copy_n(&std::array{b.x1, b.y1, b.x2, b.y2}[0], 4, boxes.data_ptr<float>() + 4 * row);
  };
  for (std::int64_t i = 0; i < batch; ++i) {
    auto object = i * objects, region = i * regions;
    for (const auto& l : labels[static_cast<std::size_t>(i)])
      if (l.ignore) {
        write(out.ignored, region++, l.where);
      } else {
        out.classes.data_ptr<std::int64_t>()[object] = l.class_id;
        out.valid.data_ptr<bool>()[object] = true;
        write(out.boxes, object++, l.where);
      }
  }
  return out;
}

batch_tensors assemble(std::span<const labelled_frame* const> batch, const augmentation& how,
                       const student_spec& spec, std::mt19937_64& random) {
  const auto size = std::size_t{3} * spec.input_width * spec.input_height;
  auto pictures = torch::empty({std::ssize(batch), 3, spec.input_height, spec.input_width},
                               torch::MemoryFormat::ChannelsLast);
  const std::span pixels{pictures.data_ptr<float>(), size * batch.size()};
  std::vector<std::vector<placed_label>> labels;
  for (std::size_t i = 0; i < batch.size(); ++i)
    labels.push_back(augmented(*batch[i], how, spec.input_width, spec.input_height, random,
                               pixels.subspan(i * size, size)));
  return {pictures, pack(labels)};
}

std::uint64_t number(const std::map<std::string, std::string>& metadata, const std::string& key) {
  const auto found = metadata.find(key);
  std::uint64_t value = 0;
  if (found != metadata.end())
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), value);
  return value;
}

} // namespace

struct trainer::impl {
  impl(const student_spec& s, const training_recipe& r, const yolo11_variant& variant, std::uint64_t seed_)
      : spec{s}, recipe{r}, net{variant, s.classes}, seed{seed_} {
    net.initialise(seed);
    net.set_statistics_momentum(recipe.statistics_momentum);
    state.emplace(net);
    anchors = make_anchors(spec.input_height, spec.input_width);
    start_over();
  }

  /// Forgets the optimiser's past; the average is the present weights.
  void start_over() {
    average = state->values.clone();
    first_moment = torch::zeros_like(state->gradients);
    second_moment = torch::zeros_like(state->gradients);
    steps = 0;
  }

  /// The running statistics: what a forward pass changes.
  Tensor statistics() const {
    return state->values.narrow(0, state->trained, state->values.numel() - state->trained);
  }

  batch_tensors prepare(std::span<const labelled_frame* const> batch, std::size_t shard) const;
  Tensor forward_backward(const batch_tensors& batch);
  Tensor share_of(std::span<const labelled_frame* const> batch, std::size_t shard);
  Tensor adopt(const Tensor& share);
  result<step_report> finish(const Tensor& figures, const Tensor& statistics_before);
  void update(double gradient_norm);

  /// What a checkpoint consists of.
  std::vector<named_tensor> parts() const {
    return {{"values", state->values},
            {"average", average},
            {"first_moment", first_moment},
            {"second_moment", second_moment}};
  }

  student_spec spec;
  training_recipe recipe;
  yolo11_net net;
  std::optional<flat_state> state;
  anchor_grid anchors;
  Tensor average, first_moment, second_moment;
  std::uint64_t steps = 0, seed = 0;
};

batch_tensors trainer::impl::prepare(std::span<const labelled_frame* const> batch, std::size_t shard) const {
  const auto own = seed ^ (shard * 0x9e3779b97f4a7c15);
  std::seed_seq seeds{own, own >> 32, steps, steps >> 32};
  std::mt19937_64 random{seeds};
  return assemble(batch, recipe.augment, spec, random);
}

Tensor trainer::impl::forward_backward(const batch_tensors& batch) {
  state->gradients.zero_();
  const auto size = batch.pictures.size(0);
  head_output out;
  {
    const bf16_autocast autocast{recipe.arithmetic == precision::bf16};
    out = net.forward(batch.pictures);
  }
  out.distances = out.distances.to(torch::kFloat);
  out.classes = out.classes.to(torch::kFloat);
  const auto terms = yolo11_loss(out, anchors, batch.truth);
  const auto loss = total(terms, recipe.gains, size);
  loss.backward();
  torch::NoGradGuard no_grad;
  return torch::stack({loss / static_cast<double>(size), terms.box * recipe.gains.box,
                       terms.classes * recipe.gains.classes, terms.distances * recipe.gains.distances,
                       state->gradients.norm()});
}

/// Gradients, running statistics and figures of one shard of a joint batch, in one vector: what is averaged. A loss that
/// is not finite travels with it, so that every rank knows.
Tensor trainer::impl::share_of(std::span<const labelled_frame* const> batch, std::size_t shard) {
  const auto figures = forward_backward(prepare(batch, shard));
  return torch::cat({state->gradients, statistics(), figures});
}

/// Takes over an averaged share. @returns its figures
Tensor trainer::impl::adopt(const Tensor& share) {
  torch::NoGradGuard no_grad;
  state->gradients.copy_(share.narrow(0, 0, state->trained));
  statistics().copy_(share.narrow(0, state->trained, statistics().numel()));
  auto figures = share.narrow(0, state->values.numel(), share.numel() - state->values.numel()).clone();
  figures[-1] = state->gradients.norm();
  return figures;
}

result<step_report> trainer::impl::finish(const Tensor& figures, const Tensor& statistics_before) {
  const auto on_host = figures.cpu();
  const auto* figure = on_host.data_ptr<float>();
  const step_report report{figure[0], figure[1], figure[2], figure[3]};
  const auto* bad = !std::isfinite(report.loss) ? "loss" : !std::isfinite(figure[4]) ? "gradient" : nullptr;
  if (bad != nullptr) {
    torch::NoGradGuard no_grad;
    statistics().copy_(statistics_before);
    return fail(ec::not_finite,
                "training: the " + std::string{bad} + " of step " + std::to_string(steps) + " is not finite",
                "lower the learning rate");
  }
  update(figure[4]);
  return report;
}

void trainer::impl::update(double gradient_norm) {
  torch::NoGradGuard no_grad;
  const auto t = static_cast<double>(++steps);
  const auto warm = std::min(1., t / std::max<double>(recipe.warm_up_steps, 1));
  const auto rate = recipe.learning_rate * warm;
  const auto b1 = recipe.first_moment_decay, b2 = recipe.second_moment_decay;
  auto& gradients = state->gradients;
  if (gradient_norm > recipe.gradient_clip)
    gradients.mul_(recipe.gradient_clip / (gradient_norm + 1e-6));
  first_moment.lerp_(gradients, 1 - b1);
  second_moment.mul_(b2).addcmul_(gradients, gradients, 1 - b2);
  // The gradient has served: its memory becomes the denominator.
  auto denominator =
      torch::sqrt_out(gradients, second_moment).div_(std::sqrt(1 - std::pow(b2, t))).add_(1e-8);
  state->values.narrow(0, 0, state->decayed).mul_(1 - rate * recipe.weight_decay);
  state->values.narrow(0, 0, state->trained)
      .addcdiv_(first_moment, denominator, -rate / (1 - std::pow(b1, t)));
  const auto keep = recipe.average_decay * (1 - std::exp(-t / recipe.average_ramp));
  average.lerp_(state->values, 1 - keep);
}

trainer::trainer(std::unique_ptr<impl> state) : impl_{std::move(state)} {}
trainer::~trainer() = default;

result<std::unique_ptr<trainer>> trainer::make(const student_spec& spec, const training_recipe& recipe,
                                               const blob& start, std::uint64_t seed) {
  return guarded("trainer", [&]() -> result<std::unique_ptr<trainer>> {
    if (auto checked = validate(recipe); !checked)
      return tl::unexpected{checked.error()};
    const auto variant = variant_of(spec);
    if (!variant)
      return tl::unexpected{variant.error()};
    if (variant->masks)
      return fail(ec::unsupported,
                  "trainer: " + spec.architecture + " learns from masks, which labels do not have",
                  "train " + spec.architecture.substr(0, spec.architecture.find('-')) + " instead");
    std::unique_ptr<trainer> made{new trainer{std::make_unique<impl>(spec, recipe, *variant, seed)}};
    if (start.empty())
      return made;
    const auto file = read_safetensors(start);
    if (!file)
      return tl::unexpected{file.error()};
    result<void> loaded;
    if (file->metadata.contains("format") && file->metadata.at("format") == checkpoint_format) {
      loaded = made->restore(start);
    } else {
      loaded = load_weights(made->impl_->net, start);
      made->impl_->start_over();
    }
    if (!loaded)
      return tl::unexpected{loaded.error()};
    return made;
  });
}

result<step_report> trainer::step(std::span<const labelled_frame* const> batch, gradient_exchange* with) {
  return guarded("training", [&]() -> result<step_report> {
    if (batch.empty())
      return fail(ec::invalid_argument, "training: an empty batch");
    auto& s = *impl_;
    const auto statistics_before = s.statistics().clone();
    s.net.train();
    if (with == nullptr)
      return s.finish(s.forward_backward(s.prepare(batch, 0)), statistics_before);
    const auto share = s.share_of(batch, with->where().rank);
    if (auto averaged = with->average(share); !averaged) {
      torch::NoGradGuard no_grad;
      s.statistics().copy_(statistics_before);
      return tl::unexpected{averaged.error()};
    }
    return s.finish(s.adopt(share), statistics_before);
  });
}

result<step_report> trainer::step_in_shards(std::span<const std::vector<const labelled_frame*>> shards) {
  return guarded("training", [&]() -> result<step_report> {
    if (shards.empty() || std::ranges::any_of(shards, [](const auto& shard) { return shard.empty(); }))
      return fail(ec::invalid_argument, "training: an empty batch");
    auto& s = *impl_;
    const auto statistics_before = s.statistics().clone();
    s.net.train();
    Tensor sum;
    for (std::size_t i = 0; i < shards.size(); ++i) {
      torch::NoGradGuard no_grad;
      s.statistics().copy_(statistics_before);
      torch::AutoGradMode grad{true};
      const auto share = s.share_of(shards[i], i);
      sum = i == 0 ? share : sum + share;
    }
    return s.finish(s.adopt(sum / static_cast<double>(shards.size())), statistics_before);
  });
}

result<void> trainer::take_from_first(gradient_exchange& with) {
  return guarded("training", [&]() -> result<void> {
    auto& s = *impl_;
    // As one of c10d's types of the same size.
    const auto counters = torch::tensor({std::bit_cast<std::int64_t>(s.steps), std::bit_cast<std::int64_t>(s.seed)});
    std::vector<Tensor> state{counters};
    for (const auto& part : s.parts())
      state.push_back(part.tensor);
    auto taken = with.take_from_first(state);
    if (taken) {
      s.steps = std::bit_cast<std::uint64_t>(counters[0].item<std::int64_t>());
      s.seed = std::bit_cast<std::uint64_t>(counters[1].item<std::int64_t>());
    }
    return taken;
  });
}

std::uint64_t trainer::steps() const {
  return impl_->steps;
}

blob trainer::checkpoint() const {
  std::vector<tensor_entry> entries;
  for (const auto& [name, tensor] : impl_->parts())
    entries.push_back({name,
                       scalar_type::f32,
                       {tensor.numel()},
                       {static_cast<const std::uint8_t*>(tensor.data_ptr()), tensor.nbytes()}});
  return write_safetensors(entries, {{"format", checkpoint_format},
                                     {"architecture", impl_->spec.architecture},
                                     {"classes", std::to_string(impl_->spec.classes)},
                                     {"steps", std::to_string(impl_->steps)},
                                     {"seed", std::to_string(impl_->seed)}});
}

result<void> trainer::restore(const blob& checkpoint) {
  return guarded("checkpoint", [&]() -> result<void> {
    const auto file = read_safetensors(checkpoint);
    if (!file)
      return tl::unexpected{file.error()};
    auto parts = impl_->parts();
    const auto no_checkpoint = fail(ec::malformed_data, "checkpoint: not one of ecco's");
    const auto& metadata = file->metadata;
    const auto says = [&](const char* key, const std::string& value) {
      const auto found = metadata.find(key);
      return found != metadata.end() && found->second == value;
    };
    if (!says("format", checkpoint_format) || file->tensors.size() != parts.size())
      return no_checkpoint;
    if (!says("architecture", impl_->spec.architecture)
        || !says("classes", std::to_string(impl_->spec.classes)))
      return fail(ec::shape_mismatch, "checkpoint: of another architecture or number of classes");
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const auto& entry = file->tensors[i];
      if (entry.name != parts[i].name || entry.type != scalar_type::f32
          || entry.data.size() != parts[i].tensor.nbytes())
        return no_checkpoint;
    }
    // Read aside first: a checkpoint with a bad value must not harm the state.
    std::vector<Tensor> read;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      read.push_back(torch::empty_like(parts[i].tensor));
      std::copy(file->tensors[i].data.begin(), file->tensors[i].data.end(),
                static_cast<std::uint8_t*>(read[i].data_ptr()));
      if (!read[i].isfinite().all().item<bool>())
        return fail(ec::not_finite, "checkpoint: " + parts[i].name + " has a value that is not finite");
    }
    for (std::size_t i = 0; i < parts.size(); ++i)
      parts[i].tensor.copy_(read[i]);
    impl_->steps = number(metadata, "steps");
    impl_->seed = number(metadata, "seed");
    return {};
  });
}

blob trainer::weights() const {
  return save_weights(impl_->state->view(impl_->average));
}

} // namespace ecco

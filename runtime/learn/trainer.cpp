// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/trainer.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <ranges>
#include <utility>

#include <c10/core/Event.h>
#include <c10/core/StreamGuard.h>

#include "runtime/learn/adamw.hpp"
#include "runtime/learn/batch_tensors.hpp"
#include "runtime/learn/flat_state.hpp"
#include "runtime/learn/gradient_exchange.hpp"
#include "runtime/learn/recording.hpp"
#include "runtime/learn/safetensors.hpp"
#include "runtime/learn/torch_guard.hpp"
#include "runtime/learn/weights.hpp"
#include "runtime/learn/yolo11_loss.hpp"

namespace ecco {

namespace {

using torch::Tensor;

/// A batch that waits for its step. It keeps its frames: by the time that comes, others may lie where they lay.
struct prepared_batch {
  std::vector<labelled_frame> frames;
  std::uint64_t step = 0;
  std::size_t shard = 0;
  batch_tensors tensors;
};

/// The streams of a trainer's CUDA device: one for its passes; a second prepares the next batch meanwhile.
struct device_streams {
  explicit device_streams(const torch::Device& device)
      : compute{new_stream(device)}, prepare{new_stream(device)}, ready{device.type()} {}

  c10::Stream compute, prepare;
  /// The prepared batch is there.
  c10::Event ready;
};

/// Forward and backward through one shape of batch.
struct pass {
  batch_tensors in;
  /// Mean loss, then the terms of `step_report`, then the norm of the gradient.
  Tensor figures;
  /// From the second batch of this shape on. It reads `in` and writes `figures` where they are.
  std::unique_ptr<recording> recorded;
};

/// A tensor's floats where they are in the file, to be read only; a copy where another writer did not align them.
Tensor floats_in(const tensor_entry& entry) {
  auto* data = const_cast<std::uint8_t*>(entry.data.data());
  if (reinterpret_cast<std::uintptr_t>(data) % alignof(float) == 0)
    return torch::from_blob(data, entry.shape);
  auto copy = torch::empty(entry.shape);
  std::copy(entry.data.begin(), entry.data.end(), static_cast<std::uint8_t*>(copy.data_ptr()));
  return copy;
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
  impl(const student_spec& s, const training_recipe& r, const yolo11_variant& variant, std::uint64_t seed_,
       const torch::Device& on, bool fresh)
      : spec{s}, recipe{r}, device{on},
        records{on.is_cuda() && r.recordings && recording::available() && !variant.masks}, net{variant, s.classes},
        anchors{on}, seed{seed_} {
    if (device.is_cuda())
      streams.emplace(device);
    const auto on_stream = enter();
    if (fresh) // else what is loaded next takes all places
      net.initialise(seed);
    net.set_statistics_momentum(recipe.statistics_momentum);
    state.emplace(net, device);
    net.train();
    start_over();
  }

  /// While the guard lives, work goes to the trainer's own stream.
  c10::OptionalStreamGuard enter() const {
    return streams ? c10::OptionalStreamGuard{streams->compute} : c10::OptionalStreamGuard{};
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

  batch_tensors prepare(std::span<const labelled_frame* const> batch, std::uint64_t step, std::size_t shard) const;
  void prepare_ahead(std::span<const labelled_frame* const> next, std::size_t shard);
  batch_tensors take(std::span<const labelled_frame* const> batch, std::size_t shard);
  Tensor forward_backward(const batch_tensors& batch);
  Tensor launch(const batch_tensors& batch);
  Tensor share_of(const Tensor& figures) const;
  Tensor adopt(const Tensor& share);
  result<step_report> finish(const Tensor& figures, const Tensor& statistics_before);
  void undo(const Tensor& statistics_before);
  result<void> check(const step_report& report, double gradient_norm) const;
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
  torch::Device device;
  std::optional<device_streams> streams;
  bool records;
  yolo11_net net;
  std::optional<flat_state> state;
  anchor_grids anchors;
  Tensor average, first_moment, second_moment;
  std::uint64_t steps = 0, seed = 0;
  std::optional<prepared_batch> prepared;
  std::map<batch_shape, pass> passes;
};

batch_tensors trainer::impl::prepare(std::span<const labelled_frame* const> batch, std::uint64_t step,
                                     std::size_t shard) const {
  const auto own = seed ^ (shard * 0x9e3779b97f4a7c15);
  std::seed_seq seeds{own, own >> 32, step, step >> 32};
  std::mt19937_64 random{seeds};
  const auto [width, height] = training_input(spec, recipe, batch);
  return assemble(batch, recipe.augment, width, height, net.masks(), random, device);
}

/// For the step after this one, beside what the device is at.
void trainer::impl::prepare_ahead(std::span<const labelled_frame* const> next, std::size_t shard) {
  if (!streams || next.empty())
    return;
  const c10::StreamGuard beside{streams->prepare};
  prepared = prepared_batch{{}, steps + 1, shard, prepare(next, steps + 1, shard)};
  for (const auto* frame : next)
    prepared->frames.push_back(*frame);
  streams->ready.record(streams->prepare);
}

/// What was prepared during the last step, if that was for this one.
batch_tensors trainer::impl::take(std::span<const labelled_frame* const> batch, std::size_t shard) {
  const auto ahead = std::exchange(prepared, std::nullopt);
  const auto is_the_same = [](const labelled_frame& kept, const labelled_frame* asked) { return kept == *asked; };
  if (!ahead || ahead->step != steps || ahead->shard != shard
      || !std::ranges::equal(ahead->frames, batch, is_the_same))
    return prepare(batch, steps, shard);
  streams->ready.block(streams->compute);
  return ahead->tensors;
}

Tensor trainer::impl::forward_backward(const batch_tensors& batch) {
  state->gradients.zero_();
  const auto size = batch.pictures.size(0);
  head_output out;
  {
    const bf16_autocast autocast{recipe.arithmetic == precision::bf16, device};
    out = net.forward(batch.pictures);
  }
  out.distances = out.distances.to(torch::kFloat);
  out.classes = out.classes.to(torch::kFloat);
  if (net.masks()) {
    out.coefficients = out.coefficients.to(torch::kFloat);
    out.prototypes = out.prototypes.to(torch::kFloat);
  }
  const input_size size_in_pixels{static_cast<std::uint16_t>(batch.pictures.size(3)),
                                  static_cast<std::uint16_t>(batch.pictures.size(2))};
  const auto terms = yolo11_loss(out, anchors.of(size_in_pixels), batch.truth);
  const auto loss = total(terms, recipe.gains, size);
  loss.backward();
  torch::NoGradGuard no_grad;
  return torch::stack({loss / static_cast<double>(size), terms.box * recipe.gains.box,
                       terms.classes * recipe.gains.classes, terms.distances * recipe.gains.distances,
                       terms.masks * recipe.gains.box, state->gradients.norm()});
}

/// Starts the pass and does not wait for a CUDA device.
Tensor trainer::impl::launch(const batch_tensors& batch) {
  if (!records)
    return forward_backward(batch);
  const auto [at, is_new] = passes.try_emplace(shape_of(batch));
  auto& [in, figures, recorded] = at->second;
  if (is_new) { // what is allocated on first use is allocated now
    in = batch;
    figures = forward_backward(in);
    return figures;
  }
  copy_into(in, batch);
  if (!recorded) {
    const auto beside = std::ranges::find_if(passes, [](const auto& p) { return p.second.recorded != nullptr; });
    recorded = recording::make([this, &p = at->second] { p.figures.copy_(forward_backward(p.in)); },
                               beside == passes.end() ? nullptr : beside->second.recorded.get());
  }
  recorded->replay();
  return figures;
}

/// Gradients, running statistics and figures of one shard of a joint batch, in one vector: what is averaged. A loss that
/// is not finite travels with it, so that every rank knows.
Tensor trainer::impl::share_of(const Tensor& figures) const {
  return torch::cat({state->gradients, statistics(), figures});
}

/// Takes over an averaged share. @returns its figures
Tensor trainer::impl::adopt(const Tensor& share) {
  torch::NoGradGuard no_grad;
  const auto all = state->values.numel();
  state->gradients.copy_(share.narrow(0, 0, state->trained));
  statistics().copy_(share.narrow(0, state->trained, all - state->trained));
  auto figures = share.narrow(0, all, share.numel() - all).clone();
  figures[-1] = state->gradients.norm();
  return figures;
}

/// Waits for the device; then the step is done or undone.
result<step_report> trainer::impl::finish(const Tensor& figures, const Tensor& statistics_before) {
  const auto on_host = figures.cpu();
  const auto* figure = on_host.data_ptr<float>();
  const step_report report{figure[0], figure[1], figure[2], figure[3], figure[4]};
  if (auto checked = check(report, figure[5]); !checked) {
    undo(statistics_before);
    return tl::unexpected{checked.error()};
  }
  update(figure[5]);
  return report;
}

void trainer::impl::undo(const Tensor& statistics_before) {
  torch::NoGradGuard no_grad;
  statistics().copy_(statistics_before);
}

result<void> trainer::impl::check(const step_report& report, double gradient_norm) const {
  const auto* bad = !std::isfinite(report.loss) ? "loss" : !std::isfinite(gradient_norm) ? "gradient" : nullptr;
  if (bad == nullptr)
    return {};
  return fail(ec::not_finite,
              "training: the " + std::string{bad} + " of step " + std::to_string(steps) + " is not finite",
              "lower the learning rate");
}

void trainer::impl::update(double gradient_norm) {
  torch::NoGradGuard no_grad;
  const auto t = static_cast<double>(++steps);
  const auto warm = std::min(1., t / std::max<double>(recipe.warm_up_steps, 1));
  const auto rate = recipe.learning_rate * warm;
  const auto keep = recipe.average_decay * (1 - std::exp(-t / recipe.average_ramp));
  adamw_step step{.first_decay = recipe.first_moment_decay,
                  .second_decay = recipe.second_moment_decay,
                  .rate = rate / (1 - std::pow(recipe.first_moment_decay, t)),
                  .second_correction = 1 - std::pow(recipe.second_moment_decay, t),
                  .keep = 1 - rate * recipe.weight_decay,
                  .decayed = state->decayed,
                  .average_share = 1 - keep};
  if (gradient_norm > recipe.gradient_clip)
    step.gradient_scale = recipe.gradient_clip / (gradient_norm + 1e-6);
  const auto trained = [&](const Tensor& of) { return of.narrow(0, 0, state->trained); };
  take_step({trained(state->values), trained(average), first_moment, second_moment, state->gradients}, step);
  const auto others = state->values.numel() - state->trained;
  average.narrow(0, state->trained, others).lerp_(statistics(), 1 - keep);
}

trainer::trainer(std::unique_ptr<impl> state) : impl_{std::move(state)} {}
trainer::~trainer() = default;

input_size training_input(const student_spec& spec, const training_recipe& recipe,
                          std::span<const labelled_frame* const> batch) {
  std::vector<const image*> pictures;
  for (const auto* frame : batch)
    pictures.push_back(&frame->shot.picture);
  const input_size most{spec.input_width, spec.input_height};
  return recipe.enlarge ? tight_input(pictures, most) : native_input(pictures, most);
}

result<std::unique_ptr<trainer>> trainer::make(const student_spec& spec, const training_recipe& recipe,
                                               const blob& start, std::uint64_t seed,
                                               compute_device device) {
  return guarded("trainer", [&]() -> result<std::unique_ptr<trainer>> {
    if (auto checked = validate(recipe); !checked)
      return tl::unexpected{checked.error()};
    const auto variant = variant_of(spec);
    if (!variant)
      return tl::unexpected{variant.error()};
    std::unique_ptr<trainer> made{
        new trainer{std::make_unique<impl>(spec, recipe, *variant, seed, torch_device(device), start.empty())}};
    if (start.empty())
      return made;
    const auto file = read_safetensors(start);
    if (!file)
      return tl::unexpected{file.error()};
    result<void> loaded;
    if (file->metadata.contains("format") && file->metadata.at("format") == checkpoint_format) {
      loaded = made->restore(start);
    } else {
      const auto on_stream = made->impl_->enter();
      loaded = load_weights(made->impl_->net, start);
      made->impl_->start_over();
    }
    if (!loaded)
      return tl::unexpected{loaded.error()};
    return made;
  });
}

result<step_report> trainer::step(std::span<const labelled_frame* const> batch,
                                  std::span<const labelled_frame* const> next, gradient_exchange* with) {
  return guarded("training", [&]() -> result<step_report> {
    if (batch.empty())
      return fail(ec::invalid_argument, "training: an empty batch");
    auto& s = *impl_;
    const std::size_t shard = with == nullptr ? 0 : with->where().rank;
    const auto on_stream = s.enter();
    const auto statistics_before = s.statistics().clone();
    // The pictures live until the device is done with them: then their memory may go to the batch after the next.
    const auto taken = s.take(batch, shard);
    const auto launched = s.launch(taken);
    s.prepare_ahead(next, shard);
    if (with == nullptr)
      return s.finish(launched, statistics_before);
    const auto share = s.share_of(launched);
    if (auto averaged = with->average(share); !averaged) {
      s.undo(statistics_before);
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
    const auto on_stream = s.enter();
    const auto statistics_before = s.statistics().clone();
    Tensor sum;
    for (std::size_t i = 0; i < shards.size(); ++i) {
      s.undo(statistics_before);
      const auto taken = s.take(shards[i], i);
      const auto share = s.share_of(s.launch(taken));
      sum = i == 0 ? share : sum + share;
    }
    return s.finish(s.adopt(sum / static_cast<double>(shards.size())), statistics_before);
  });
}

result<void> trainer::take_from_first(gradient_exchange& with) {
  return guarded("training", [&]() -> result<void> {
    auto& s = *impl_;
    const auto on_stream = s.enter();
    const auto counters = torch::tensor({std::bit_cast<std::int64_t>(s.steps), std::bit_cast<std::int64_t>(s.seed)});
    std::vector<Tensor> state{counters};
    for (const auto& part : s.parts())
      state.push_back(part.tensor);
    auto taken = with.take_from_first(state);
    s.prepared.reset();
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
  const auto on_stream = impl_->enter();
  std::vector<Tensor> on_host;
  std::vector<tensor_entry> entries;
  for (const auto& [name, tensor] : impl_->parts()) {
    on_host.push_back(tensor.cpu());
    const auto& t = on_host.back();
    entries.push_back(
        {name, scalar_type::f32, {t.numel()}, {static_cast<const std::uint8_t*>(t.data_ptr()), t.nbytes()}});
  }
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
    // All is looked at before anything is taken over: a checkpoint with a bad value must not harm the state.
    std::vector<Tensor> read;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      read.push_back(floats_in(file->tensors[i]).view(parts[i].tensor.sizes()));
      // The sum is fast and as a rule finite, which settles it.
      if (!std::isfinite(read[i].sum().item<float>()) && !read[i].isfinite().all().item<bool>())
        return fail(ec::not_finite, "checkpoint: " + parts[i].name + " has a value that is not finite");
    }
    torch::NoGradGuard no_grad;
    const auto on_stream = impl_->enter();
    for (std::size_t i = 0; i < parts.size(); ++i)
      parts[i].tensor.copy_(read[i]);
    impl_->prepared.reset();
    impl_->steps = number(metadata, "steps");
    impl_->seed = number(metadata, "seed");
    return {};
  });
}

blob trainer::weights() const {
  const auto on_stream = impl_->enter();
  return save_weights(impl_->state->view(impl_->average.cpu()));
}

} // namespace ecco

// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/torch_learner.hpp"

#include <algorithm>
#include <map>
#include <random>

#include "runtime/learn/evaluation_set.hpp"
#include "runtime/learn/gradient_exchange.hpp"
#include "runtime/learn/trainer.hpp"
#include "runtime/learn/yolo11.hpp"

namespace ecco {

namespace {

/// One state of a job, and what it sees in the held-out frames.
struct job_state {
  blob checkpoint, weights;
  evaluation_set held_out;
};

/// What a device keeps of one job between its slices.
struct job {
  std::unique_ptr<trainer> run;
  replay samples;
  /// As last reported; and the best so far by the frames that are held out now, which is the same one while training
  /// helps. Each slice lets it look at the frames that are new, so that both are always compared on equal terms.
  job_state now, best;
  /// Number of slices behind it.
  std::uint32_t state = 0;
  /// Its last slice was trained under another rank 0: only the samples are up to date.
  bool follows = false;
  std::uint64_t last_used = 0;

  void hold_out(const labelled_frame& sample) {
    now.held_out.add(sample);
    best.held_out.add(sample);
  }

  void keep_only(std::span<const camera_id> members) {
    samples.keep_only(members);
    now.held_out.keep_only(members);
    best.held_out.keep_only(members);
  }
};

/// Adds the time since the last call to one of the report's accounts.
class time_book {
 public:
  explicit time_book(const stopwatch& clock) : clock_{clock}, begin_{clock()}, last_{begin_} {}

  duration charge(duration time_spent::*account) {
    const auto now = clock_();
    const auto spent = now - last_;
    book_.*account += spent;
    last_ = now;
    return spent;
  }

  duration elapsed() const { return last_ - begin_; }
  const time_spent& book() const { return book_; }

 private:
  const stopwatch& clock_;
  duration begin_, last_;
  time_spent book_;
};

result<void> check_label(const label& l, const student_spec& spec) {
  if (l.class_id >= spec.classes)
    return fail(ec::invalid_argument, "label of class " + std::to_string(l.class_id) + ", where there are "
                                          + std::to_string(spec.classes) + " classes");
  const auto& b = l.where;
  if (0 <= b.x1 && b.x1 <= b.x2 && b.x2 <= 1 && 0 <= b.y1 && b.y1 <= b.y2 && b.y2 <= 1)
    return {};
  return fail(ec::invalid_argument, "label outside of the picture: " + std::to_string(b.x1) + ", "
                                        + std::to_string(b.y1) + " to " + std::to_string(b.x2) + ", "
                                        + std::to_string(b.y2));
}

/// Samples come from peers: a bad one is refused before anything is kept.
result<void> check_samples(std::span<const labelled_frame> samples, const student_spec& spec) {
  for (const auto& sample : samples) {
    auto checked = check_picture(sample.shot.picture);
    for (auto l = sample.labels.begin(); checked && l != sample.labels.end(); ++l)
      checked = check_label(*l, spec);
    if (!checked)
      return fail(checked.error().code,
                  "sample of camera " + sample.shot.camera.value + ": " + checked.error().what,
                  "drop the sample");
  }
  return {};
}

/// Did training hurt? A fall within two standard errors may be chance.
bool fell(const precision_change& change) {
  return change.map50 < -2 * change.standard_error;
}

/// A draw lists camera after camera, and every rank shall see all of them.
std::vector<const labelled_frame*> shard_of(std::span<const labelled_frame* const> joint, std::size_t rank,
                                            std::size_t ranks) {
  std::vector<const labelled_frame*> out;
  for (auto i = rank; i < joint.size(); i += ranks)
    out.push_back(joint[i]);
  return out;
}

class torch_learner final : public learner {
 public:
  torch_learner(torch_learner_options options, std::unique_ptr<torch_detector> detector, bool masks)
      : options_{std::move(options)}, detector_{std::move(detector)}, masks_{masks} {}

  result<labels> label(const label_order& order) override;
  result<train_report> train(const train_order& order) override;
  result<eval_report> evaluate(const eval_order& order) override;
  void forget(group_id group) override { jobs_.erase(group); }

 private:
  struct progress {
    std::uint32_t images = 0;
    std::uint64_t pixels = 0;
    double loss = 0;
  };

  result<std::vector<std::vector<float>>> features_of(const eval_order& order) const;
  result<job> begin(const train_order& order) const;
  result<train_report> run_slice(job& of, const train_order& order, time_book& time);
  result<train_report> follow(job& of, const train_order& order, time_book& time);
  result<progress> run_steps(job& of, const train_order& order, time_book& time);
  result<void> meet(const train_order& order);
  result<void> look_with(job_state& state, time_book& time);
  result<void> rate_best(job& of, time_book& time);
  result<void> settle(job& of, time_book& time);
  result<void> use(const blob& weights);
  void make_room();

  torch_learner_options options_;
  std::unique_ptr<torch_detector> detector_;
  /// Does the student have any?
  bool masks_;
  /// What the detector runs.
  blob loaded_;
  std::map<group_id, job> jobs_;
  std::uint64_t orders_ = 0;
  /// With those this device trained together with last; null while it trains alone.
  std::unique_ptr<gradient_exchange> exchange_;
  /// What the end of a slice took last: looking at one held-out frame, and handing over the state.
  duration look_time_{}, closing_time_{};
};

result<labels> torch_learner::label(const label_order& order) {
  if (!options_.labeller)
    return fail(ec::unsupported, "this worker has no teacher", "start a worker with one");
  const auto begin = options_.clock();
  auto said = options_.labeller->label_frames(order.frames);
  if (!said)
    return tl::unexpected{said.error()};
  labels out;
  out.frames = std::move(*said);
  if (!masks_)
    for (auto& of_frame : out.frames)
      for (auto& l : of_frame)
        l.shape = {}; // so that boxes are compared wherever these labels go
  options_.worked(order.frames.size());
  out.busy = options_.clock() - begin;
  return out;
}

result<eval_report> torch_learner::evaluate(const eval_order& order) {
  const auto begin = options_.clock();
  if (auto checked = check_samples(order.frames, options_.spec); !checked)
    return tl::unexpected{checked.error()};
  if (auto loaded = use(order.weights); !loaded)
    return tl::unexpected{loaded.error()};
  evaluation_set frames{order.frames.size()};
  for (const auto& f : order.frames)
    frames.add(f);
  if (auto looked = frames.look(*detector_); !looked)
    return tl::unexpected{looked.error()};
  options_.worked(order.frames.size());
  eval_report out;
  out.scores = frames.scores();
  if (order.features) {
    auto features = features_of(order);
    if (!features)
      return tl::unexpected{features.error()};
    out.features = std::move(*features);
  }
  out.busy = options_.clock() - begin;
  return out;
}

result<std::vector<std::vector<float>>> torch_learner::features_of(const eval_order& order) const {
  // Rare, a request or the end of a group: a detector of its own, so that the usual one need not keep them.
  detection_options looking;
  looking.device = options_.device;
  looking.features = true;
  auto eye = torch_detector::make(options_.spec, looking);
  if (!eye)
    return tl::unexpected{eye.error()};
  if (auto loaded = (*eye)->load(order.weights); !loaded)
    return tl::unexpected{loaded.error()};
  std::vector<std::vector<float>> out;
  for (const auto& sample : order.frames) {
    const image* const one[] = {&sample.shot.picture};
    if (auto seen = (*eye)->detect(one); !seen)
      return tl::unexpected{seen.error()};
    out.push_back((*eye)->features().front());
  }
  return out;
}

result<train_report> torch_learner::train(const train_order& order) {
  time_book time{options_.clock};
  if (order.slice <= duration{})
    return fail(ec::invalid_argument, to_string(order.group) + ": a slice of no time");
  if (order.together.rank >= order.together.size)
    return fail(ec::invalid_argument, to_string(order.group) + ": there is no rank "
                                          + std::to_string(order.together.rank) + " of "
                                          + std::to_string(order.together.size));
  if (auto checked = check_samples(order.samples, options_.spec); !checked)
    return tl::unexpected{checked.error()};
  auto kept = jobs_.find(order.group);
  if (order.from_scratch) {
    auto begun = begin(order);
    if (!begun)
      return tl::unexpected{begun.error()};
    kept = jobs_.insert_or_assign(order.group, std::move(*begun)).first;
  } else if (kept == jobs_.end() || kept->second.state != order.base
             || (kept->second.follows && order.together.rank == 0)) {
    return fail(ec::stale,
                to_string(order.group) + ": state " + std::to_string(order.base) + " is not held here",
                "send the checkpoint and all samples");
  }
  auto& of = kept->second;
  of.last_used = ++orders_;
  make_room();
  for (const auto& sample : order.samples)
    if (sample.shot.role == sample_role::held_out)
      of.hold_out(sample);
    else if (sample.shot.role == sample_role::train)
      if (auto added = of.samples.add(sample); !added)
        return tl::unexpected{added.error()};
  of.keep_only(order.members);

  auto report = order.together.rank == 0 ? run_slice(of, order, time) : follow(of, order, time);
  if (!report) {
    exchange_.reset(); // so that nobody waits for us
    // The job may ask again: for that the state must be the one it knows.
    if (!of.run->restore(of.now.checkpoint))
      jobs_.erase(kept);
    else
      of.now.held_out.new_model();
  }
  return report;
}

result<job> torch_learner::begin(const train_order& order) const {
  auto run = trainer::make(options_.spec, options_.recipe, order.checkpoint, order.seed, options_.device);
  if (!run)
    return tl::unexpected{run.error()};
  const job_state start{(*run)->checkpoint(), (*run)->weights(), evaluation_set{options_.held_out_per_camera}};
  return job{.run = std::move(*run),
             .samples = replay{options_.replay},
             .now = start,
             .best = start,
             .state = order.base};
}

result<train_report> torch_learner::run_slice(job& of, const train_order& order, time_book& time) {
  if (auto met = meet(order); !met)
    return tl::unexpected{met.error()};
  if (exchange_)
    if (auto given = of.run->take_from_first(*exchange_); !given)
      return tl::unexpected{given.error()};
  time.charge(&time_spent::other);
  train_report report;
  report.group = order.group;
  if (auto rated = rate_best(of, time); !rated)
    return tl::unexpected{rated.error()};
  report.before = of.now.held_out.scores();
  const auto trained = run_steps(of, order, time);
  if (!trained)
    return tl::unexpected{trained.error()};
  report.images = trained->images;
  report.pixels = trained->pixels;
  report.loss = trained->loss;
  const auto steps_end = time.elapsed(), evaluation_before = time.book().evaluation;
  if (trained->images > 0)
    if (auto settled = settle(of, time); !settled)
      return tl::unexpected{settled.error()};
  report.after = of.now.held_out.scores();
  report.state = ++of.state;
  report.checkpoint = of.now.checkpoint;
  report.weights = of.now.weights;
  time.charge(&time_spent::other);
  closing_time_ = time.elapsed() - steps_end - (time.book().evaluation - evaluation_before);
  report.spent = time.book();
  return report;
}

/// Lets the state of now and the best one look at what is new, which may turn the tables. While they are the same one,
/// a frame is looked at once.
result<void> torch_learner::rate_best(job& of, time_book& time) {
  if (auto looked = look_with(of.now, time); !looked)
    return looked;
  auto is_best = of.now.weights == of.best.weights;
  if (!is_best) {
    if (auto looked = look_with(of.best, time); !looked)
      return looked;
    is_best = !(of.now.held_out.change_from(of.best.held_out).map50 < 0);
  }
  if (is_best)
    of.best = of.now;
  time.charge(&time_spent::evaluation);
  return {};
}

/// After some steps: takes their state for that of now; or the best one again, when they made it worse than that.
result<void> torch_learner::settle(job& of, time_book& time) {
  of.now.weights = of.run->weights();
  of.now.held_out.new_model();
  time.charge(&time_spent::other);
  if (auto looked = look_with(of.now, time); !looked)
    return looked;
  const auto change = of.now.held_out.change_from(of.best.held_out);
  time.charge(&time_spent::evaluation);
  if (fell(change)) {
    of.now = of.best;
    return of.run->restore(of.best.checkpoint);
  }
  of.now.checkpoint = of.run->checkpoint();
  if (!(change.map50 < 0))
    of.best = of.now;
  return {};
}

/// A slice under another rank 0.
result<train_report> torch_learner::follow(job& of, const train_order& order, time_book& time) {
  if (auto met = meet(order); !met)
    return tl::unexpected{met.error()};
  if (auto taken = of.run->take_from_first(*exchange_); !taken)
    return tl::unexpected{taken.error()};
  time.charge(&time_spent::other);
  const auto trained = run_steps(of, order, time);
  if (!trained)
    return tl::unexpected{trained.error()};
  of.follows = true;
  of.now.held_out.new_model();
  train_report report;
  report.group = order.group;
  report.state = ++of.state;
  report.images = trained->images;
  report.pixels = trained->pixels;
  report.loss = trained->loss;
  time.charge(&time_spent::other);
  report.spent = time.book();
  return report;
}

/// Meets those the order names, unless they are still together.
result<void> torch_learner::meet(const train_order& order) {
  if (exchange_ && exchange_->where() == order.together)
    return {};
  exchange_.reset();
  if (order.together.size == 1)
    return {};
  auto joined =
      gradient_exchange::join(order.together, order.slice + options_.exchange_patience, options_.device);
  if (!joined)
    return tl::unexpected{joined.error()};
  exchange_ = std::move(*joined);
  return {};
}

result<torch_learner::progress> torch_learner::run_steps(job& of, const train_order& order, time_book& time) {
  progress made;
  const auto closing = look_time_ * static_cast<std::int64_t>(of.now.held_out.size()) + closing_time_;
  // `base` too: after a slice that was undone the same steps begin again, and must not draw the same batches.
  // The same on every rank: each draws the whole joint batch, and trains on its part of it.
  std::seed_seq seeds{order.seed, order.seed >> 32, of.run->steps(), std::uint64_t{order.base}};
  std::mt19937_64 random{seeds};
  duration step{};
  // At least one step: a slice that was thought too short for its own closing would else never measure that again.
  const auto rank = order.together.rank, ranks = order.together.size;
  const auto draw = [&] { return shard_of(of.samples.draw(options_.recipe.batch * ranks, random), rank, ranks); };
  auto batch = draw();
  const auto may_go_on = [&]() -> result<bool> {
    const auto time_left = rank > 0 || made.images == 0 || time.elapsed() + step + closing < order.slice;
    const auto go_on = !batch.empty() && time_left;
    return exchange_ ? exchange_->all_agree(go_on) : go_on;
  };
  for (;;) {
    const auto go_on = may_go_on();
    if (!go_on)
      return tl::unexpected{go_on.error()};
    if (!*go_on)
      break;
    auto next = draw();
    const auto done = of.run->step(batch, next, exchange_.get());
    if (!done)
      return tl::unexpected{done.error()};
    options_.worked(batch.size());
    step = std::max(step / 2, time.charge(&time_spent::training));
    const auto images = ranks * batch.size();
    made.images += static_cast<std::uint32_t>(images);
    const auto input = training_input(options_.spec, options_.recipe, batch);
    made.pixels += images * input.width * input.height;
    made.loss += done->loss * static_cast<double>(images);
    batch = std::move(next);
  }
  if (made.images > 0)
    made.loss /= made.images;
  return made;
}

result<void> torch_learner::look_with(job_state& state, time_book& time) {
  const auto frames = static_cast<std::int64_t>(state.held_out.unseen());
  if (frames == 0)
    return {};
  if (auto loaded = use(state.weights); !loaded)
    return loaded;
  if (auto looked = state.held_out.look(*detector_); !looked)
    return looked;
  options_.worked(static_cast<std::size_t>(frames));
  look_time_ = time.charge(&time_spent::evaluation) / frames + duration{1};
  return {};
}

result<void> torch_learner::use(const blob& weights) {
  if (!loaded_.empty() && loaded_ == weights)
    return {};
  auto loaded = detector_->load(weights);
  if (loaded)
    loaded_ = weights;
  return loaded;
}

void torch_learner::make_room() {
  while (jobs_.size() > options_.kept_jobs)
    jobs_.erase(std::min_element(jobs_.begin(), jobs_.end(), [](const auto& a, const auto& b) {
      return a.second.last_used < b.second.last_used;
    }));
}

} // namespace

bool can_train_together() {
  return gradient_exchange::available();
}

result<std::unique_ptr<learner>> make_torch_learner(torch_learner_options options) {
  if (!options.clock)
    return fail(ec::invalid_argument, "learner: no clock");
  if (!options.worked)
    options.worked = [](std::size_t) {};
  if (options.held_out_per_camera == 0 || options.kept_jobs == 0)
    return fail(ec::invalid_argument, "learner: it must keep at least one held-out frame and one job");
  if (auto checked = validate(options.recipe); !checked)
    return tl::unexpected{checked.error()};
  options.scoring.device = options.device;
  const auto variant = variant_of(options.spec);
  if (!variant)
    return tl::unexpected{variant.error()};
  auto detector = torch_detector::make(options.spec, options.scoring);
  if (!detector)
    return tl::unexpected{detector.error()};
  return std::make_unique<torch_learner>(std::move(options), std::move(*detector), variant->masks);
}

} // namespace ecco

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "actors/camera.hpp"
#include "actors/gpu_worker.hpp"
#include "actors/reception.hpp"
#include "actors/tap.hpp"
#include "runtime/base/event_ids.hpp"
#include "runtime/learn/curve.hpp"
#include "runtime/net/memory_link.hpp"
#include "support/virtual_system.hpp"

namespace ecco::test {

/// The condition a camera's world is in at a moment of its stream.
using weather = std::function<std::uint8_t(duration stream_time)>;

/// Where a camera is at a moment of its stream.
using route = std::function<location(duration stream_time)>;

/// Ten pictures a second of `weather`, without end; media time starts over every 80 s.
class simulated_source : public frame_source {
 public:
  explicit simulated_source(weather sky) : sky_(std::move(sky)) {}

  result<source_picture> next() override {
    const auto at = std::chrono::milliseconds{100} * count_++;
    return source_picture{at % std::chrono::seconds{80}, at, curve_picture(sky_(at))};
  }

 private:
  weather sky_;
  std::int64_t count_ = 0;
};

/// Right in as many pictures as its accuracy says, evenly spread, and a little less sure where it is wrong: average
/// precision measured on what it saw is that accuracy, and its confidence is as steady as the weather.
class evenly_right_student : public student {
 public:
  explicit evenly_right_student(std::unique_ptr<student> knows, bool overconfident)
      : knows_(std::move(knows)), overconfident_(overconfident) {}

  result<void> load(const blob& weights) override { return knows_->load(weights); }

  result<std::vector<detection>> infer(const image& picture) override {
    auto seen = knows_->infer(picture);
    if (!seen)
      return seen;
    const auto accuracy = seen->empty() ? 0 : seen->front().score;
    const auto sure = overconfident_ ? .8F : accuracy;
    owed_ += accuracy;
    if (owed_ < 1)
      return std::vector<detection>{{{0, 0, .05F, .05F}, 0, .9F * sure}};
    owed_ -= 1;
    seen->front().score = sure;
    return seen;
  }

  std::vector<float> features() const override { return knows_->features(); }

 private:
  std::unique_ptr<student> knows_;
  bool overconfident_;
  double owed_ = 0;
};

/// The product's own server, cameras and workers under a virtual clock. Simulated: the learning curve in place of
/// YOLO11, pictures of one colour in place of video, and a link within the process.
class simulated_fleet : public virtual_system {
 public:
  std::vector<event> events;
  std::shared_ptr<memory_link> link = make_memory_link();
  reception_actor server;
  std::map<std::string, gpu_worker_actor> workers;
  std::map<std::string, camera_actor> cameras;
  curve_options curve;
  /// Cameras that are as sure as ever of what they see wrong: their own drift test is blind.
  bool overconfident = false;
  duration window_length = std::chrono::seconds{10};
  std::uint32_t micro_windows = 5;
  gpu_mode mode = gpu_mode::spread;
  grouping_options grouping;
  /// Frames of each member that a job is measured by at the end of a window.
  std::size_t held_out_frames = group_job_config{}.held_out_frames;
  /// Frames from before its drift that a camera takes along into a group.
  std::size_t before_drift = ingest_config{}.before_drift;
  /// The same of its held-out frames: what a model may forget is measured on them.
  std::size_t held_out_before_drift = ingest_config{}.held_out_before_drift;
  gate_options gate;
  allocation_kind allocation = allocation_kind::ecco;
  /// What every camera watches its student with.
  drift_detector_options drift;
  zoo_options zoo_of_fleet;
  sampling_mode sampling = sampling_mode::fixed;
  /// Images of condition 0 that the first student was trained on.
  double initial_images = 4000;
  sampling_plan plan{5, 5, 16, 16, 100'000, {5, 2, 1, 1}};
  rate_options rates;
  /// What outlives the server.
  std::shared_ptr<revision_store> disk = make_memory_store();
  std::shared_ptr<zoo_shelf> shelf = std::make_shared<memory_keeper<zoo_content>>();
  std::shared_ptr<seating_store> seats = std::make_shared<memory_keeper<seating>>();
  encoder_factory make_encoder = [](const sampling_plan&) { return make_raw_encoder(); };
  decoder_factory make_decoder = [] { return make_raw_decoder(); };
  /// Empty: labelled frames are not kept.
  archive_writer_factory archive;

  ~simulated_fleet() { end(); }

  /// Starts a server for cameras of these names, whose first student is worth its ceiling under condition 0 and nothing elsewhere.
  void start(const std::vector<std::string>& names, bool share_jobs = true) {
    names_ = names;
    share_jobs_ = share_jobs;
    auto parts = parts_for(names, share_jobs);
    parts.sink.on_event = [this](const event& what) { events.push_back(what); };
    server = keep(spawn_named(system(), "reception", reception, std::move(parts)));
    settle();
  }

  /// What such a server is made of.
  server_parts parts_for(const std::vector<std::string>& names, bool share_jobs = true) {
    server_parts parts;
    parts.allocator.window = window_length;
    parts.allocator.micro_windows = micro_windows;
    parts.allocator.mode = mode;
    parts.grouper.policy = grouping;
    parts.allocator.policy.kind = allocation;
    parts.grouper.policy.share_jobs = share_jobs;
    parts.job.held_out_frames = held_out_frames;
    parts.ingest.before_drift = before_drift;
    parts.ingest.held_out_before_drift = held_out_before_drift;
    parts.models.gate = gate;
    parts.job.second_looks = gate;
    parts.grouper.subsamples = 8;
    parts.grouper.plan = plan;
    parts.rates.law = rates.law;
    parts.grouper.sampling.mode = sampling;
    parts.grouper.sampling.window = parts.allocator.window;
    if (sampling == sampling_mode::ams)
      parts.ingest.adaptive = parts.grouper.plan;
    parts.models.initial = curve_weights({{0, initial_images}});
    parts.models.zoo = zoo_of_fleet;
    parts.grouper.reuse = zoo_of_fleet.mode != zoo_mode::off;
    parts.ingest.split = parts.grouper.plan.split;
    parts.camera.plan = parts.grouper.plan;
    parts.camera.student = "curve";
    parts.camera.classes = {"thing"};
    for (const auto& name : names)
      parts.known_cameras.emplace_back(name);
    parts.media = link;
    parts.store = disk;
    parts.models.shelf = shelf;
    parts.grouper.store = seats;
    parts.grouper.kept = seats->load().value();
    parts.make_decoder = make_decoder;
    parts.archive = archive;
    parts.draw_token = [token = std::uint64_t{100}]() mutable { return token++; };
    return parts;
  }

  void add_worker(const std::string& name) {
    auto sink = keep(spawn_named(system(), "telemetry:" + name, telemetry, telemetry_sink{}));
    auto worker = keep(spawn_named(
      system(), "worker:" + name, gpu_worker, worker_id{name}, [this] { return make_curve_learner(curve); }, sink));
    workers[name] = worker;
    introduce(name, [=, this] {
      greet<worker_welcome, telemetry_actor>(
        [=](const worker_welcome&, const telemetry_actor& upstream) {
          caf::anon_send(sink, caf::actor_cast<caf::strong_actor_ptr>(upstream));
        },
        worker_hello{worker_id{name}, incarnation{1}, "simulated"}, worker);
    });
  }

  /// A camera that stays at `place`, or with `way` is wherever that says.
  void add_camera(const std::string& name, location place, weather sky, route way = {}) {
    camera_parts parts;
    parts.where = std::move(way);
    parts.open_source = [sky]() -> result<std::unique_ptr<frame_source>> {
      return std::make_unique<simulated_source>(sky);
    };
    parts.make_student = [this](const camera_welcome&) -> result<std::unique_ptr<student>> {
      return std::make_unique<evenly_right_student>(make_curve_student(curve), overconfident);
    };
    parts.make_encoder = make_encoder;
    parts.connect = [this](const camera_welcome& welcome) { return link->connect(welcome.media_token); };
    camera_config config;
    config.camera = camera_id{name};
    config.process = incarnation{std::hash<std::string>{}(name) | 1};
    config.place = place;
    config.drift = drift;
    config.rate = rates;
    auto device = keep(spawn_named(system(), "camera:" + name, camera, config, parts));
    cameras[name] = device;
    introduce(name, [=, this, process = config.process] {
      greet<camera_welcome, request_desk_actor, telemetry_actor>(
        [=](const camera_welcome& welcome, const request_desk_actor& desk, const telemetry_actor& sink) {
          caf::anon_send(device, welcome, desk, sink);
        },
        camera_hello{camera_id{name}, process, place, {}}, device);
    });
  }

  /// That camera will not be introduced to a server that starts anew.
  void forget(const std::string& camera) {
    introductions_.erase(camera);
    cameras.erase(camera);
  }

  /// The server ends, and cameras and workers find another that begins with what it left on its disk.
  void restart_server(duration away) {
    caf::anon_send_exit(server, caf::exit_reason::user_shutdown);
    for (const auto& [name, device] : cameras)
      caf::anon_send(device, adrift_atom_v);
    advance(away);
    start(std::vector{names_}, share_jobs_);
    for (const auto& [name, again] : introductions_)
      again();
  }

  // -- what happened -----------------------------------------------------------------------------------

  std::vector<event> all(std::string_view id, const std::string& camera = {}) const {
    std::vector<event> out;
    std::copy_if(events.begin(), events.end(), std::back_inserter(out), [&](const event& what) {
      return what.id == id && (camera.empty() || what.camera.value == camera);
    });
    return out;
  }

  bool happened(std::string_view id, const std::string& camera = {}) const { return !all(id, camera).empty(); }

  /// The group the camera is in; 0 when it is in none.
  std::uint32_t group_of(const std::string& camera) {
    for (const auto& group : status().groups)
      if (std::count(group.members.begin(), group.members.end(), camera_id{camera}) > 0)
        return group.group.value;
    return 0;
  }

  /// Accuracy of the model the camera runs, as last measured.
  double accuracy(const std::string& camera) const {
    const auto readings = all(event_id::accuracy_deployed, camera);
    return readings.empty() ? 0 : readings.back().value;
  }

  status_report status() { return ask<status_report>(server, status_query{}).value(); }

 private:
  void introduce(const std::string& name, std::function<void()> how) {
    how();
    introductions_[name] = std::move(how);
  }

  template <class... Answer, class Then, class Hello, class Device>
  void greet(Then then, const Hello& hello, const Device& device) {
    system().spawn([=, this](caf::event_based_actor* self) {
      self->request(caf::actor_cast<caf::actor>(server), caf::infinite, hello, device)
        .then([=](const Answer&... answered) { then(answered...); },
              [](const caf::error& failure) { BOOST_ERROR("refused: " << render(from_caf(failure))); });
    });
    settle();
  }

  /// Of the newest `start`.
  std::vector<std::string> names_;
  bool share_jobs_ = true;
  /// By name, of cameras and workers.
  std::map<std::string, std::function<void()>> introductions_;
};

} // namespace ecco::test

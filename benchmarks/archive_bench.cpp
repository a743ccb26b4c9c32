// SPDX-License-Identifier: Apache-2.0
// What it costs to keep labelled frames (server.keep_frames): writing a segment, which the archive's own thread does,
// and handing it over, which an ingest does; against what an ingest does to the same segment anyway, decoding it.
// Without --benchmark_filter all of it; a_frame is the time of one frame.
#include <filesystem>

#include <benchmark/benchmark.h>
#include <unistd.h>

#include "actors/archivist.hpp"
#include "actors/frame_archiving.hpp"
#include "actors/system_config.hpp"
#include "runtime/video/segment_codec.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

namespace {

using namespace ecco;

constexpr std::size_t frames = 5, labels_of_frame = 20, corners = 64;
constexpr std::uint64_t bits_per_second = 500'000;

/// A second of noise that moves: about as many bytes as the rate allows.
encoded_segment a_second(std::uint16_t width, std::uint16_t height) {
  auto encoder = make_segment_encoder({width, height, bits_per_second}).value();
  encoded_segment out{camera_id{"north"}, 1, incarnation{1}, sample_role::train, encoder->codec(),
                      width,              height, {}, {}};
  std::vector<image> pictures;
  for (std::size_t f = 0; f < frames; ++f) {
    bytes rgb(std::size_t{3} * width * height);
    for (std::size_t i = 0; i < rgb.size(); ++i)
      rgb[i] = static_cast<std::uint8_t>((i + 977 * f) * 2654435761u >> 26 << 2);
    pictures.push_back({width, height, blob{std::move(rgb)}});
    out.frames.push_back({std::chrono::milliseconds{200 * f}, {}, 1});
  }
  out.stream = encoder->encode(pictures, std::chrono::seconds{1}).value();
  return out;
}

std::vector<label> some_labels(bool with_masks) {
  label one{{.1F, .2F, .3F, .4F}, 0, false, {}};
  if (with_masks)
    one.shape.rings = {std::vector<corner>(corners, {1000, 2000})};
  return std::vector<label>(labels_of_frame, one);
}

archive_entry entry_of(const encoded_segment& video, const std::vector<label>& labels) {
  archive_entry out;
  const frame_archiving archiving{[&](archive_entry one) { out = std::move(one); }};
  const auto open = archiving.begin(video, {}, {});
  for (std::size_t i = 0; i < frames; ++i)
    archiving.labelled({open, i}, labels, group_id{1});
  return out;
}

void count(benchmark::State& state) {
  state.counters["a_frame"] = benchmark::Counter(frames, benchmark::Counter::kIsIterationInvariantRate
                                                             | benchmark::Counter::kInvert);
}

void decode(benchmark::State& state) {
  const auto video = a_second(static_cast<std::uint16_t>(state.range(0)), static_cast<std::uint16_t>(state.range(1)));
  const auto decoder = make_segment_decoder();
  for (auto _ : state)
    benchmark::DoNotOptimize(decoder->decode(video).value());
  count(state);
}

void keep(benchmark::State& state) {
  const auto video = a_second(static_cast<std::uint16_t>(state.range(0)), static_cast<std::uint16_t>(state.range(1)));
  const auto entry = entry_of(video, some_labels(state.range(2) != 0));
  const auto folder = std::filesystem::temp_directory_path() / ("ecco-archive-bench-" + std::to_string(::getpid()));
  {
    const auto archive =
        open_frame_archive(folder, {256'000'000, {"car"}, "bench", [] { return duration{1}; }}).value();
    for (auto _ : state)
      benchmark::DoNotOptimize(archive->keep(std::get<labelled_segment>(*entry.content), {}).has_value());
  }
  std::filesystem::remove_all(folder);
  count(state);
}

/// What an ingest still does: gather the labels, and send.
void hand_over(benchmark::State& state) {
  const auto video = a_second(static_cast<std::uint16_t>(state.range(0)), static_cast<std::uint16_t>(state.range(1)));
  const auto labels = some_labels(state.range(2) != 0);
  virtual_system_config config;
  caf::actor_system system{config};
  auto& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  const auto whom = system.spawn([](archive_writer_actor::pointer) -> archive_writer_actor::behavior_type {
    return {[](const archive_entry& entry) { return entry; }};
  });
  for (auto _ : state) {
    caf::anon_send(whom, entry_of(video, labels));
    if (state.iterations() % 64 == 0)
      while (scheduler.try_run_once()) {
      }
  }
  while (scheduler.try_run_once()) {
  }
  caf::anon_send_exit(whom, caf::exit_reason::kill);
  while (scheduler.try_run_once()) {
  }
  count(state);
}

void sizes(benchmark::internal::Benchmark* one) {
  one->Args({320, 192, 0})->Args({320, 192, 1})->Args({1280, 720, 0})->Args({1280, 720, 1});
}

BENCHMARK(decode)->Args({320, 192})->Args({1280, 720})->Unit(benchmark::kMillisecond);
BENCHMARK(keep)->Apply(sizes)->Unit(benchmark::kMillisecond);
BENCHMARK(hand_over)->Apply(sizes)->Unit(benchmark::kMillisecond);

} // namespace

// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <unistd.h>

#include <CLI/CLI.hpp>

#include "actors/replay.hpp"
#include "config/load.hpp"
#include "deploy/cli.hpp"
#include "deploy/configured.hpp"
#include "deploy/experiment/virtual_fleet.hpp"
#include "deploy/sampling_tables.hpp"
#include "deploy/torch_experiment.hpp"
#include "messages/sha256.hpp"
#include "runtime/store/recording_file.hpp"

namespace ecco {

namespace {

namespace fs = std::filesystem;

/// The settings that the recording was made with, which it holds.
result<settings> settings_of(const recording_header& header) {
  const auto* text = reinterpret_cast<const std::uint8_t*>(header.config.data());
  if (header.config.empty() || sha256_hex({text, header.config.size()}) != header.config_sha256)
    return fail(ec::malformed_data, "the recording does not hold the settings of its run, without which no server can "
                                    "be made like the one that it shows");
  const auto file = fs::temp_directory_path() / ("ecco-replay-" + std::to_string(::getpid()) + ".yaml");
  std::ofstream{file} << header.config;
  auto out = load_settings(std::vector{file}, {}, {});
  std::error_code ignored;
  fs::remove(file, ignored);
  return out;
}

/// A server like the recorded one, as it was when it began.
result<server_parts> parts_of(const recording_header& header, const replay_facts& facts) {
  const auto from = settings_of(header);
  if (!from)
    return tl::unexpected{from.error()};
  // Weights that no camera ever got are as good as any.
  const auto weights = facts.first_weights.empty() ? blob{bytes(1)} : facts.first_weights;
  if (header.node == "experiment") {
    auto simulated = from->experiment.learner == learner_kind::torch ? make_torch_server_parts(*from, weights)
                                                                     : make_curve_parts(*from);
    if (!simulated)
      return tl::unexpected{simulated.error()};
    return virtual_server(*from, *simulated);
  }
  if (header.node != "server")
    return fail(ec::unsupported, "it shows a " + header.node + ", and only a server is run again",
                "`ecco recording show` shows what is in it");
  auto tables = sampling_tables_of(from->sampling);
  if (!tables)
    return tl::unexpected{tables.error()};
  auto out = configured_server(*from);
  out.grouper.sampling.tables = std::move(*tables);
  out.allocator.term = header.term;
  out.allocator.token_seed = header.token_seed;
  out.models.initial = weights;
  out.media_host = from->server.host;
  out.store = make_memory_store();
  out.make_decoder = [] { return make_segment_decoder(); };
  return out;
}

/// Reads on from where `reader` is.
record_source source_of(recording_reader& reader) {
  return [&reader] { return reader.next(); };
}

result<replay_outcome> run_again(const fs::path& file) {
  auto first = recording_reader::open(file, recording_blobs::whole);
  if (!first)
    return tl::unexpected{first.error()};
  const auto facts = replay_facts_of(source_of(*first));
  if (!facts)
    return tl::unexpected{facts.error()};
  auto parts = parts_of(first->header(), *facts);
  if (!parts)
    return tl::unexpected{parts.error()};
  auto second = recording_reader::open(file, recording_blobs::whole);
  if (!second)
    return tl::unexpected{second.error()};
  if (!second->header().virtual_time)
    std::fprintf(stderr, "ecco recording: it was made live, on several threads and with the clock running on: what it "
                         "says may differ only because of that\n");
  return replay(std::move(*parts), *facts, source_of(*second));
}

std::string as_json(const std::optional<recorded_message>& said) {
  return said ? to_json(*said) : "null";
}

void print(const common_options& common, const replay_outcome& outcome) {
  const auto& difference = outcome.difference;
  if (common.json) {
    std::printf(R"({"ok":true,"same":%s,"fed":%llu,"compared":%llu,"seconds":%.9f,"difference":)",
                difference ? "false" : "true", static_cast<unsigned long long>(outcome.fed),
                static_cast<unsigned long long>(outcome.compared), seconds_of(outcome.length));
    if (difference)
      std::printf("{\"at\":%.9f,\"what\":\"%s\",\"recorded\":%s,\"replayed\":%s}}\n", seconds_of(difference->at),
                  difference->what.c_str(), as_json(difference->recorded).c_str(),
                  as_json(difference->replayed).c_str());
    else
      std::puts("null}");
    return;
  }
  std::printf("%.3f s run again: %llu messages sent to a fresh server, %llu of its own compared\n",
              seconds_of(outcome.length), static_cast<unsigned long long>(outcome.fed),
              static_cast<unsigned long long>(outcome.compared));
  if (!difference)
    std::puts("the same, to the byte");
  else
    std::printf("at %.9f s %s\nrecorded %s\nreplayed %s\n", seconds_of(difference->at), difference->what.c_str(),
                as_json(difference->recorded).c_str(), as_json(difference->replayed).c_str());
}

int replay_file(const common_options& common, const fs::path& file) {
  const auto outcome = run_again(file);
  if (!outcome)
    return give_up(common, outcome.error());
  print(common, *outcome);
  return outcome->difference ? exit_code::failed : exit_code::good;
}

} // namespace

void add_replay(CLI::App& recording, common_options& common, command& chosen) {
  auto file = std::make_shared<fs::path>();
  auto* sub = recording.add_subcommand("replay",
                                       "Run a recording again: a fresh server is sent the same and must say the same");
  sub->add_option("file", *file, "The recording")->required();
  sub->add_flag("--json", common.json, "The outcome as JSON on stdout");
  sub->footer("ends with 0 when everything is the same, and with 1 at the first difference, which it shows\n"
              "examples\n  ecco experiment city.yaml --record run.ecco && ecco recording replay run.ecco");
  sub->callback([&common, &chosen, file] { chosen = [&common, file] { return replay_file(common, *file); }; });
}

} // namespace ecco

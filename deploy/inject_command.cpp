// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "deploy/cli.hpp"
#include "deploy/client.hpp"
#include "deploy/message_choice.hpp"
#include "messages/codec.hpp"
#include "runtime/store/recording_file.hpp"

namespace ecco {

namespace {

constexpr auto examples = R"(examples
  ecco inject --to grouper   --json '{"retrainRequest": {"id": 7, "camera": "north"}}'
  ecco inject --to g-0001    --json '{"microWindowGrant": {"group": 1, "term": 1, "window": 9, "slice": 2000000000}}'
  ecco inject --to north     --json '{"regroupEvent": {"kind": "left", "camera": "north", "group": 1}}'
  ecco inject --recording run.ecco --kind retrainRequest --speed 10
  ecco inject --fault 'drop kind=trainReport nth=2'
  ecco inject --fault 'delay by=500ms sender=camera:* probability=0.1'
  ecco status lists the actors; messages/*.capnp says what each message holds.)";

struct inject_options {
  std::string to, message, fault;
  std::filesystem::path recording;
  message_choice choice;
  double speed = 1;
};

int print_answer(const common_options& common, const std::string& answer, const char* in_words) {
  if (common.json) {
    nlohmann::json out{{"ok", true}, {"answer", nullptr}};
    if (!answer.empty())
      out["answer"] = nlohmann::json::parse(answer, nullptr, false);
    std::puts(out.dump().c_str());
  } else {
    std::puts(answer.empty() ? in_words : answer.c_str());
  }
  return exit_code::good;
}

/// What `ecco inject --to` calls an actor that recordings call `recorded`; nothing for those that are not to be had.
std::optional<std::string> injectable(const std::string& recorded, const status_report& now) {
  constexpr std::string_view device = "camera:";
  const auto name = recorded.starts_with(device) ? recorded.substr(device.size()) : recorded;
  const auto there = std::find(now.actors.begin(), now.actors.end(), name) != now.actors.end();
  return there ? std::optional{name} : std::nullopt;
}

/// Messages of a recording that can be said again to a server as it is now: those with all in the message itself, and
/// no answers. `left_out` counts the others that the filter chose.
order_source orders_of(recording_reader& reader, const message_filter& filter, const status_report& now,
                       std::uint64_t& left_out) {
  return [&, filter]() -> result<std::optional<timed_order>> {
    while (true) {
      auto record = reader.next();
      if (!record)
        return tl::unexpected{record.error()};
      if (!*record)
        return std::optional<timed_order>{};
      const auto& said = **record;
      if (!matches(filter, said))
        continue;
      const auto to = injectable(said.receiver, now);
      if (to && said.message && !said.answers && !said.timer && said.handles.empty() && said.detail.empty())
        return std::optional{timed_order{said.at, {*to, {}, std::nullopt, blob{encode(*said.message)}}}};
      ++left_out;
    }
  };
}

int inject_recording(const common_options& common, const settings& from, const inject_options& options) {
  const auto filter = filter_of(options.choice);
  if (!filter)
    return give_up(common, filter.error());
  auto reader = recording_reader::open(options.recording, recording_blobs::whole);
  if (!reader)
    return give_up(common, reader.error());
  const auto now = ask_status(from);
  if (!now)
    return give_up(common, now.error());
  std::uint64_t left_out = 0;
  const auto count = ask_inject_all(from, orders_of(*reader, *filter, *now, left_out), options.speed);
  if (!count)
    return give_up(common, count.error());
  if (common.json) {
    const nlohmann::json out{{"ok", true},
                             {"taken", count->taken},
                             {"refused", count->refused},
                             {"left_out", left_out},
                             {"first_refusal", count->first_refusal}};
    std::puts(out.dump().c_str());
    return exit_code::good;
  }
  std::printf("%llu messages taken, %llu refused, %llu left out: answers, timers, what introduces actors, and what is "
              "for actors that are not there\n",
              static_cast<unsigned long long>(count->taken), static_cast<unsigned long long>(count->refused),
              static_cast<unsigned long long>(left_out));
  if (count->refused > 0)
    std::printf("the first refusal: %s\n", count->first_refusal.c_str());
  return exit_code::good;
}

int inject_fault(const common_options& common, const settings& from, const inject_options& options) {
  const auto rule = read_fault(options.fault);
  if (!rule)
    return give_up(common, rule.error());
  const auto answered = ask_inject(from, {{}, {}, *rule, {}});
  return answered ? print_answer(common, answered->json, "the fault is set") : give_up(common, answered.error());
}

int inject(const common_options& common, const inject_options& options) {
  if (!options.recording.empty() || !options.fault.empty()) {
    const auto from = settings_for(common);
    if (!from)
      return give_up_on_settings(common, from.error());
    return options.fault.empty() ? inject_recording(common, *from, options) : inject_fault(common, *from, options);
  }
  if (options.to.empty())
    return give_up(common, {ec::invalid_argument, "there is nobody to send it to", "name an actor with --to"});
  // What is wrong with the message is told before a server is bothered.
  if (auto readable = from_json(options.message); !readable)
    return give_up(common, readable.error());
  const auto from = settings_for(common);
  if (!from)
    return give_up_on_settings(common, from.error());
  const auto answered = ask_inject(*from, {options.to, options.message, std::nullopt, {}});
  if (!answered)
    return give_up(common, answered.error());
  return print_answer(common, answered->json, "delivered; this message has no answer");
}

} // namespace

void add_inject(CLI::App& app, common_options& common, command& chosen) {
  auto options = std::make_shared<inject_options>();
  auto* sub = app.add_subcommand("inject", "Send a typed message to a named actor of a running server");
  add_config_options(*sub, common);
  sub->add_option("--to", options->to, "Name of the actor: grouper, allocator, g-0001, a camera ...");
  auto* what = sub->add_option_group("what", "What to send; one of");
  what->add_option("--json", options->message, "The message: {\"kind\": {fields}}");
  what->add_option("--fault", options->fault, "A fault for the server's own messages, where server.faults is on");
  auto* recording = what->add_option("--recording", options->recording,
                                     "The messages of a recording, each to the same actor");
  what->require_option(1);
  add_message_choice(*sub, options->choice, "--until");
  sub->add_option("--speed", options->speed, "Of a recording: so many times as fast; 0 = all at once")
    ->check(CLI::NonNegativeNumber)
    ->needs(recording)
    ->capture_default_str();
  sub->add_flag("--envelope", common.json, "Wrap the answer, or the error, in one JSON object with `ok`");
  sub->footer(examples);
  sub->callback([&common, &chosen, options] { chosen = [&common, options] { return inject(common, *options); }; });
}

} // namespace ecco

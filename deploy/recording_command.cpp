// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "deploy/cli.hpp"
#include "deploy/message_choice.hpp"
#include "messages/recording.hpp"
#include "runtime/store/recording_file.hpp"

namespace ecco {

namespace {

/// What is shown of a message for people: its beginning.
constexpr std::size_t most_shown = 120;

struct show_options {
  std::filesystem::path file;
  message_choice choice;
  std::uint64_t limit = 0;
};

std::string shortened(std::string text) {
  if (text.size() <= most_shown)
    return text;
  auto end = most_shown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  return text.substr(0, end) + "...";
}

std::string as_line(const recorded_message& record) {
  char head[64];
  std::snprintf(head, sizeof head, "%8llu %11.6f  ", static_cast<unsigned long long>(record.index),
                seconds_of(record.at));
  std::string out = head + (record.sender.empty() ? std::string{"-"} : record.sender) + " -> " + record.receiver + "  "
                    + record.kind;
  if (record.answers)
    out += " (answers " + std::to_string(*record.answers) + ")";
  if (record.fate != message_fate::delivered)
    out += " [" + std::string{to_string(record.fate)} + "]";
  for (const auto& handle : record.handles)
    out += " @" + handle;
  if (!record.detail.empty())
    out += " " + shortened(record.detail);
  if (!record.unreadable.empty())
    out += " unreadable: " + record.unreadable;
  if (record.message)
    out += " " + shortened(to_json(*record.message));
  return out;
}

void tell_of(const common_options& common, const recording_reader& reader, std::uint64_t shown, bool to_the_end) {
  if (common.json)
    return;
  std::fprintf(stderr, "ecco recording: %llu of %llu messages shown%s; made by %s on %s\n",
               static_cast<unsigned long long>(shown), static_cast<unsigned long long>(reader.records()),
               to_the_end ? "" : " read so far", reader.header().program.c_str(), reader.header().node.c_str());
  if (to_the_end && !reader.end())
    std::fprintf(stderr, "ecco recording: it has no end: what recorded it was killed\n");
  else if (reader.end() && reader.end()->why == "full")
    std::fprintf(stderr, "ecco recording: it was full before the run was over\n");
}

int show(const common_options& common, const show_options& options) {
  const auto filter = filter_of(options.choice);
  if (!filter)
    return give_up(common, filter.error());
  auto reader = recording_reader::open(options.file);
  if (!reader)
    return give_up(common, reader.error());
  std::uint64_t shown = 0;
  while (options.limit == 0 || shown < options.limit) {
    const auto record = reader->next();
    if (!record) {
      std::fflush(stdout);
      return give_up(common, record.error());
    }
    if (!*record) {
      tell_of(common, *reader, shown, true);
      return exit_code::good;
    }
    if (filter->to && (*record)->at > *filter->to)
      break;
    if (!matches(*filter, **record))
      continue;
    std::puts(common.json ? to_json(**record).c_str() : as_line(**record).c_str());
    ++shown;
  }
  tell_of(common, *reader, shown, false);
  return exit_code::good;
}

} // namespace

void add_recording(CLI::App& app, common_options& common, command& chosen) {
  auto* group = app.add_subcommand("recording", "Look into what was recorded with --record, and run it again");
  group->require_subcommand(1);
  auto options = std::make_shared<show_options>();
  auto* sub = group->add_subcommand("show", "Messages of a recording, one a line");
  sub->add_option("file", options->file, "The recording")->required();
  add_message_choice(*sub, options->choice);
  sub->add_option("--limit", options->limit, "No more than so many; 0 = all")->capture_default_str();
  sub->add_flag("--json", common.json, "JSON lines on stdout");
  sub->footer("examples\n  ecco recording show run.ecco --kind retrainRequest\n"
              "  ecco recording show run.ecco --json --camera north --from 60s --to 90s | jq .message\n"
              "  capnp decode messages/recording.capnp Entry < run.ecco");
  sub->callback([&common, &chosen, options] { chosen = [&common, options] { return show(common, *options); }; });
  add_replay(*group, common, chosen);
}

} // namespace ecco

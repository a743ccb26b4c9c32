// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "deploy/cli.hpp"
#include "deploy/client.hpp"
#include "messages/codec.hpp"

namespace ecco {

namespace {

constexpr auto examples = R"(examples
  ecco inject --to grouper   --json '{"retrainRequest": {"id": 7, "camera": "north"}}'
  ecco inject --to g-0001    --json '{"microWindowGrant": {"group": 1, "term": 1, "window": 9, "slice": 2000000000}}'
  ecco inject --to north     --json '{"regroupEvent": {"kind": "left", "camera": "north", "group": 1}}'
  ecco status lists the actors; messages/*.capnp says what each message holds.)";

struct inject_options {
  std::string to, message;
};

int inject(const common_options& common, const inject_options& options) {
  // What is wrong with the message is told before a server is bothered.
  if (auto readable = from_json(options.message); !readable)
    return give_up(common, readable.error());
  const auto from = settings_for(common);
  if (!from)
    return give_up_on_settings(common, from.error());
  const auto answered = ask_inject(*from, {options.to, options.message});
  if (!answered)
    return give_up(common, answered.error());
  if (common.json) {
    nlohmann::json out{{"ok", true}, {"answer", nullptr}};
    if (!answered->json.empty())
      out["answer"] = nlohmann::json::parse(answered->json, nullptr, false);
    std::puts(out.dump().c_str());
  } else {
    std::puts(answered->json.empty() ? "delivered; this message has no answer" : answered->json.c_str());
  }
  return exit_code::good;
}

} // namespace

void add_inject(CLI::App& app, common_options& common, command& chosen) {
  auto options = std::make_shared<inject_options>();
  auto* sub = app.add_subcommand("inject", "Send a typed message to a named actor of a running server");
  add_config_options(*sub, common);
  sub->add_option("--to", options->to, "Name of the actor: grouper, allocator, g-0001, a camera ...")->required();
  sub->add_option("--json", options->message, "The message: {\"kind\": {fields}}")->required();
  sub->add_flag("--envelope", common.json, "Wrap the answer, or the error, in one JSON object with `ok`");
  sub->footer(examples);
  sub->callback([&common, &chosen, options] { chosen = [&common, options] { return inject(common, *options); }; });
}

} // namespace ecco

// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "deploy/cli.hpp"
#include "deploy/world/rendering.hpp"

namespace ecco {

namespace {

constexpr auto about_cameras =
    "A camera is DISTRICT-N on a pole, car-DISTRICT-N on a vehicle, drone-DISTRICT-N on a drone; districts "
    "are suburb,\n"
    "downtown, park, tunnel, highway, N is any number from 1 on. What happens to it follows behind a "
    "question mark:\n"
    "  hour=22, rain=1, snow=.5, fog=.02, cloud=.8   from the beginning; rain=1@30,0@90   from second 30, "
    "until second 90\n"
    "  over=8   seconds a change takes;   to=tunnel@60   where a moving camera goes;   seed=7, fps=10, "
    "size=320x192\n"
    "As the source of a camera in a configuration it is written world:downtown-1?rain=1@30\n";

struct world_options {
  world_request asked;
  std::string labels;
};

void print(const common_options& common, const world_result& made) {
  if (common.json) {
    nlohmann::json out{
        {"ok", true}, {"files", made.files}, {"pictures", made.pictures}, {"objects", made.objects}};
    std::puts(out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    return;
  }
  for (const auto& file : made.files)
    std::printf("%s\n", file.c_str());
  std::string text = std::to_string(made.pictures) + " pictures";
  for (const auto& [name, count] : made.objects)
    text += ", " + std::to_string(count) + " " + name;
  std::puts(text.c_str());
}

int show(const common_options& common, const world_options& options) {
  const auto made = show_world(options.asked);
  if (!made)
    return give_up(common, made.error());
  print(common, *made);
  return exit_code::good;
}

int render_all(const common_options& common, world_options options) {
  if (options.labels == "coco")
    options.asked.labels = label_format::coco;
  else if (options.labels == "yolo")
    options.asked.labels = label_format::yolo;
  else if (options.labels == "mot")
    options.asked.labels = label_format::mot;
  const bool tells = !common.quiet && !common.json;
  const auto made = render_world(options.asked, [&](std::size_t done, std::size_t all) {
    if (tells && (done % 50 == 0 || done == all))
      std::fprintf(stderr, "\recco world: %zu of %zu pictures%s", done, all, done == all ? "\n" : "");
  });
  if (!made)
    return give_up(common, made.error());
  print(common, *made);
  return exit_code::good;
}

void add_common(CLI::App& sub, common_options& common, world_options& options) {
  sub.add_option("--camera", options.asked.cameras,
                 "Which camera, e.g. downtown-1 or 'car-park-2?hour=22'; may be repeated")
      ->required();
  sub.add_option("--seed", options.asked.seed, "Seed of the city (default 1, or what the camera says)");
  sub.add_flag("--boxes", options.asked.boxes, "Draw the boxes of what is labelled");
  sub.add_flag("--json", common.json, "One JSON object");
}

void add_show(CLI::App& app, common_options& common, command& chosen) {
  auto* sub = app.add_subcommand("show", "Cameras of the city at some moments, on one PNG");
  auto options = std::make_shared<world_options>();
  options->asked.out = "world.png";
  add_common(*sub, common, *options);
  sub->add_option("--at", options->asked.at,
                  "Seconds of the world, between commas; a row of the sheet a camera")
      ->delimiter(',')
      ->check(CLI::Range(0., 1e9));
  sub->add_option("--out", options->asked.out, "The PNG (default world.png)");
  sub->add_option("--columns", options->asked.columns, "Pictures in a row")->check(CLI::Range(1, 50));
  sub->footer(std::string{about_cameras}
              + "examples\n"
                "  ecco world show --camera downtown-1 --at 0,60,120\n"
                "  ecco world show --camera 'suburb-2?rain=1@30' --camera 'park-1?hour=22' --at 10,60 "
                "--boxes --out city.png");
  sub->callback(
      [&common, &chosen, options] { chosen = [&common, options] { return show(common, *options); }; });
}

void add_render(CLI::App& app, common_options& common, command& chosen) {
  auto* sub = app.add_subcommand("render", "Video of a camera of the city, with exact labels");
  auto options = std::make_shared<world_options>();
  options->asked.out = "world";
  add_common(*sub, common, *options);
  sub->add_option("--at", options->asked.at, "Second of the world at which it begins (default 0)")
      ->expected(1)
      ->check(CLI::Range(0., 1e9));
  sub->add_option("--seconds", options->asked.seconds, "How long (default 10)")->check(CLI::Range(.01, 1e6));
  sub->add_option("--fps", options->asked.fps, "Pictures a second (default 10, or what the camera says)")
      ->check(CLI::Range(.1, 60.));
  sub->add_option("--labels", options->labels, "Labels and pictures as well: coco, yolo or mot")
      ->check(CLI::IsMember({"coco", "yolo", "mot"}));
  sub->add_option("--out", options->asked.out,
                  "A folder (default world); with several cameras one below it for each");
  sub->footer(
      std::string{about_cameras}
      + "examples\n"
        "  ecco world render --camera downtown-1 --seconds 30 --out street\n"
        "  ecco world render --camera 'car-suburb-1?to=tunnel@20' --seconds 60 --labels coco --out tunnel\n"
        "  ecco eval --truth tunnel/instances.json --results detections.json");
  sub->callback(
      [&common, &chosen, options] { chosen = [&common, options] { return render_all(common, *options); }; });
}

} // namespace

void add_world(CLI::App& app, common_options& common, command& chosen) {
  auto* sub = app.add_subcommand("world", "The synthetic city: look at it, and render it with exact labels");
  sub->require_subcommand(1);
  add_show(*sub, common, chosen);
  add_render(*sub, common, chosen);
  sub->footer("examples\n"
              "  ecco world show --camera downtown-1 --camera suburb-1 --camera tunnel-1\n"
              "  ecco world render --camera park-1 --seconds 30 --labels yolo --out park");
}

} // namespace ecco

// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "deploy/cli.hpp"
#include "deploy/report/text_file.hpp"
#include "deploy/world/fleet_config.hpp"
#include "deploy/world/rendering.hpp"
#include "runtime/world/address.hpp"
#include "runtime/world/sumo_files.hpp"

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
    "  traffic=FILE   who sumo --fcd-output FILE saw, see ecco world roads; traffic-scale, -east, -north place it\n"
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

// -- fleet -----------------------------------------------------------------------------------------------

struct fleet_options {
  fleet_request asked;
  std::string on = "pole", home = "downtown", similarity, drift = "rain@60", size;
  std::filesystem::path out;
};

result<fleet_request> request_of(const fleet_options& options) {
  auto asked = options.asked;
  const auto alike = read_similarity(options.similarity);
  if (!alike)
    return tl::unexpected{alike.error()};
  const auto drift = read_drift(options.drift);
  if (!drift)
    return tl::unexpected{drift.error()};
  auto& of = asked.fleet;
  of.alike = *alike;
  of.drift = drift->kind;
  of.amount = drift->amount;
  of.at = drift->at;
  of.on = options.on == "pole" ? world::mount::pole
          : options.on == "vehicle" ? world::mount::vehicle
                                    : world::mount::drone;
  of.home = world::district_named(options.home).value_or(world::district::downtown);
  if (options.size.empty())
    return asked;
  // A size is what an address says it is.
  const auto sized = world::read_address("world:downtown-1?size=" + options.size);
  if (!sized)
    return fail(ec::invalid_argument, "--size " + options.size + " is no size",
                "two even numbers of pixels from 32 to 1920: 320x192");
  of.width = sized->camera.width;
  of.height = sized->camera.height;
  return asked;
}

/// The command that makes the same again.
std::string command_of(const fleet_options& options) {
  const auto& of = options.asked;
  std::string text = "ecco world fleet --cameras " + std::to_string(of.fleet.cameras) + " --on " + options.on
                     + " --home " + options.home + " --drift " + options.drift + " --spread "
                     + nlohmann::json(of.fleet.spread).dump() + " --hour " + nlohmann::json(of.fleet.hour).dump()
                     + " --fps " + nlohmann::json(of.fps).dump() + " --seed " + std::to_string(of.seed)
                     + " --fleet-seed " + std::to_string(of.fleet.seed);
  if (!options.similarity.empty())
    text += " --similarity " + options.similarity;
  if (!options.size.empty())
    text += " --size " + options.size;
  return text;
}

std::string fleet_json(const std::vector<fleet_camera>& cameras, const std::filesystem::path& out) {
  nlohmann::json all{{"ok", true}, {"cameras", nlohmann::json::array()}};
  if (!out.empty())
    all["file"] = out.string();
  for (const auto& one : cameras)
    all["cameras"].push_back({{"name", one.plan.name},
                              {"source", one.source},
                              {"location", {one.place.latitude, one.place.longitude}},
                              {"mobile", one.plan.on != world::mount::pole}});
  return all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

int write_fleet(const common_options& common, const fleet_options& options) {
  const auto cameras = request_of(options).and_then(make_fleet_cameras);
  if (!cameras)
    return give_up(common, cameras.error());
  const auto text = to_config(*cameras, command_of(options));
  if (!options.out.empty())
    if (auto written = write_text(options.out, text); !written)
      return give_up(common, written.error());
  if (common.json)
    std::puts(fleet_json(*cameras, options.out).c_str());
  else if (options.out.empty())
    std::fputs(text.c_str(), stdout);
  else if (!common.quiet)
    std::printf("%s\n%zu cameras\n", options.out.c_str(), cameras->size());
  return exit_code::good;
}

void add_fleet(CLI::App& app, common_options& common, command& chosen) {
  auto* sub = app.add_subcommand("fleet", "A configuration with cameras of the city that drift alike, or do not");
  auto options = std::make_shared<fleet_options>();
  auto& of = options->asked.fleet;
  sub->add_option("--cameras", of.cameras, "How many, 1..1000 (default 6)")->check(CLI::Range(1, 1000));
  sub->add_option("--similarity", options->similarity,
                  "How alike they are, each from 0 to 1 (default 1): district=1,weather=.5,timing=0,lighting=1");
  sub->add_option("--drift", options->drift,
                  "What changes, how much, and the second it reaches the first camera: rain@60 (default), "
                  "snow=.5@60, fog=.025@60, cloud@60, hour=22.5@60");
  sub->add_option("--spread", of.spread, "Seconds until it reaches the last camera with timing=0 (default 120)")
      ->check(CLI::Range(0., 1e6));
  sub->add_option("--on", options->on, "What they are on: pole (default), vehicle or drone")
      ->check(CLI::IsMember({"pole", "vehicle", "drone"}));
  sub->add_option("--home", options->home, "Their district (default downtown)")
      ->check(CLI::IsMember({"suburb", "downtown", "park", "tunnel", "highway"}));
  sub->add_option("--hour", of.hour, "Hour of the day at the first camera (default 10)")->check(CLI::Range(0., 23.99));
  sub->add_option("--size", options->size, "Of the pictures (default 320x192)");
  sub->add_option("--fps", options->asked.fps, "Pictures a second (default 10)")->check(CLI::Range(.1, 60.));
  sub->add_option("--seed", options->asked.seed, "Seed of the city (default 1)");
  sub->add_option("--fleet-seed", of.seed, "Seed of which cameras, and of when drift reaches each (default 1)");
  sub->add_option("--out", options->out, "File to write; standard output without it");
  sub->add_flag("--json", common.json, "The cameras as one JSON object");
  sub->footer("district: share of cameras in one district; weather: share that the drift reaches, others get another;\n"
              "timing: 1 at once, 0 one after the other; lighting: 1 one time of day, 0 up to twelve hours apart.\n"
              "The file has the city's classes and, as teacher, its truth; settings of files after it hold instead:\n"
              "examples\n"
              "  ecco world fleet --cameras 6 --similarity district=.5,weather=.5,timing=0 --out fleet.yaml\n"
              "  ecco server --config fleet.yaml --config mine.yaml\n"
              "  ecco world fleet --cameras 3 --on drone --home park --drift hour=22.5@120 --json");
  sub->callback(
      [&common, &chosen, options] { chosen = [&common, options] { return write_fleet(common, *options); }; });
}

// -- roads -----------------------------------------------------------------------------------------------

struct roads_options {
  std::uint64_t seed = 1;
  std::filesystem::path out = "roads";
};

int write_roads(const common_options& common, const roads_options& options) {
  if (auto made = make_folder(options.out); !made)
    return give_up(common, made.error());
  std::vector<std::string> files;
  for (const auto& one : world::sumo_files(options.seed)) {
    if (auto written = write_text(options.out / one.name, one.text); !written)
      return give_up(common, written.error());
    files.push_back((options.out / one.name).string());
  }
  if (common.json)
    std::puts(nlohmann::json{{"ok", true}, {"files", files}}
                  .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
                  .c_str());
  else if (!common.quiet)
    for (const auto& file : files)
      std::printf("%s\n", file.c_str());
  return exit_code::good;
}

void add_roads(CLI::App& app, common_options& common, command& chosen) {
  auto* sub = app.add_subcommand("roads", "The city's streets and signals for SUMO: its traffic can drive in the city");
  auto options = std::make_shared<roads_options>();
  sub->add_option("--seed", options->seed, "Seed of the city (default 1): its signals, and who drives where");
  sub->add_option("--out", options->out, "A folder (default roads)");
  sub->add_flag("--json", common.json, "The files as one JSON object");
  sub->footer("The folder has the network for netconvert (city.netccfg), vehicles, bicycles and people (city.rou.xml), and a\n"
              "run of eight minutes (city.sumocfg). SUMO is not part of ecco: apt install sumo, or pip install eclipse-sumo.\n"
              "From the streets to the picture, with one seed in both:\n"
              "  ecco world roads --seed 7 --out roads\n"
              "  (cd roads && netconvert -c city.netccfg && sumo -c city.sumocfg)\n"
              "  ecco world show --camera 'downtown-2?seed=7&traffic=roads/city.fcd.xml' --at 10,20,30\n"
              "Another demand: randomTrips.py -n city.net.xml -r own.rou.xml, then sumo -c city.sumocfg -r own.rou.xml.\n"
              "A trace keeps to the signals, in all its repetitions, when it begins at and lasts multiples of 80 s.");
  sub->callback(
      [&common, &chosen, options] { chosen = [&common, options] { return write_roads(common, *options); }; });
}

} // namespace

void add_world(CLI::App& app, common_options& common, command& chosen) {
  auto* sub = app.add_subcommand("world", "The synthetic city: look at it, and render it with exact labels");
  sub->require_subcommand(1);
  add_show(*sub, common, chosen);
  add_render(*sub, common, chosen);
  add_fleet(*sub, common, chosen);
  add_roads(*sub, common, chosen);
  sub->footer("examples\n"
              "  ecco world show --camera downtown-1 --camera suburb-1 --camera tunnel-1\n"
              "  ecco world render --camera park-1 --seconds 30 --labels yolo --out park\n"
              "  ecco world fleet --cameras 6 --similarity weather=.5,timing=0 --out fleet.yaml\n"
              "  ecco world roads --seed 7 --out roads");
}

} // namespace ecco

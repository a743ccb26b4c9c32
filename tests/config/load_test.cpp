// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include "tests/config/scratch.hpp"

BOOST_AUTO_TEST_SUITE(load)

using namespace ecco;
using namespace std::chrono_literals;

// -- files -------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(each_refused_file_names_place_reason_and_cure) {
  const scratch_folder folder;
  for (const auto& [title, text] : read_table("refused.txt")) {
    const auto loaded = load_text(folder, text);
    BOOST_TEST_CONTEXT(text) {
      BOOST_REQUIRE(!loaded);
      BOOST_TEST(sentence(loaded.error()) == "case.yaml:" + title);
    }
  }
}

BOOST_AUTO_TEST_CASE(each_accepted_file_loads_and_survives_being_written) {
  const scratch_folder folder;
  for (const auto& [title, text] : read_table("accepted.txt")) {
    const auto loaded = load_text(folder, text);
    BOOST_TEST_CONTEXT(title) {
      BOOST_REQUIRE_MESSAGE(loaded, (loaded ? "" : sentence(loaded.error())));
      const auto again = load_text(folder, to_yaml(*loaded));
      BOOST_REQUIRE_MESSAGE(again, (again ? "" : sentence(again.error())));
      BOOST_TEST((*again == *loaded));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_and_crlf_change_nothing) {
  const scratch_folder folder;
  const auto loaded = load_text(folder, "\xef\xbb\xbf"
                                        "config_version: 1\r\nworker:\r\n  name: a\r\n");
  BOOST_REQUIRE_MESSAGE(loaded, (loaded ? "" : sentence(loaded.error())));
  BOOST_TEST(loaded->worker.name == "a");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_not_found) {
  const scratch_folder folder;
  const std::vector<std::filesystem::path> files{folder.path / "ecco.yaml"};
  const auto loaded = load_settings(files, {}, folder.outside());
  BOOST_REQUIRE(!loaded);
  BOOST_TEST((loaded.error().code == ec::not_found));
  BOOST_TEST(loaded.error().what == files.front().string() + ": there is no such file");
}

BOOST_AUTO_TEST_CASE(a_folder_is_not_a_file) {
  const scratch_folder folder;
  const std::vector<std::filesystem::path> files{folder.path};
  const auto loaded = load_settings(files, {}, folder.outside());
  BOOST_REQUIRE(!loaded);
  BOOST_TEST((loaded.error().code == ec::io_failed));
}

BOOST_AUTO_TEST_CASE(a_file_too_large_is_refused) {
  const scratch_folder folder;
  const auto loaded = load_text(folder, std::string(2 << 20, '#'));
  BOOST_REQUIRE(!loaded);
  BOOST_TEST(loaded.error().what == "case.yaml: larger than 1 MiB");
}

BOOST_AUTO_TEST_CASE(without_files_the_defaults_hold) {
  const scratch_folder folder;
  const auto loaded = load_settings({}, {}, folder.outside());
  BOOST_REQUIRE(loaded);
  settings expected;
  expected.server.state = folder.path / "ecco-state";
  BOOST_TEST((*loaded == expected));
}

// -- layers ------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(later_layers_win_value_by_value) {
  const scratch_folder folder;
  const std::vector files{
      folder.write("1.yaml", "config_version: 1\nseed: 1\nserver: {port: 1, media_port: 2, workers: 3}\n"
                             "cameras: {a: {source: /a, loop: false}, b: {source: /b}}\n"),
      folder.write("2.yaml", "config_version: 1\nserver: {media_port: 20, workers: 30}\n"
                             "cameras: {a: {source: /c}}\n")};
  auto outside = folder.outside();
  outside.variables = {
      {"ECCO_SERVER__WORKERS", "40"}, {"ECCO_SEED", "5"}, {"ECCO_WINDOW__MICRO_WINDOWS", "6"}};
  const std::vector<std::string> overrides{"seed=7", "cameras.b.pace=fast", "seed=8"};
  const auto loaded = load_settings(files, overrides, outside);
  BOOST_REQUIRE_MESSAGE(loaded, (loaded ? "" : sentence(loaded.error())));
  BOOST_TEST(loaded->server.port == 1);
  BOOST_TEST(loaded->server.media_port == 20);
  BOOST_TEST(loaded->server.workers == 40u);
  BOOST_TEST(loaded->window.micro_windows == 6u);
  BOOST_TEST(loaded->seed == 8u);
  BOOST_TEST(loaded->cameras.at(camera_id{"a"}).source == "/c");
  BOOST_TEST(!loaded->cameras.at(camera_id{"a"}).loop);
  BOOST_TEST((loaded->cameras.at(camera_id{"b"}).pace == pace::fast));
}

BOOST_AUTO_TEST_CASE(lists_are_replaced_as_a_whole) {
  const scratch_folder folder;
  const std::vector<std::string> overrides{"classes=[person, \"traffic light\"]", "cameras.a.filters=[]"};
  const auto loaded = load_text(folder,
                                "config_version: 1\nclasses: [person, car, dog]\n"
                                "cameras: {a: {source: /a, filters: [{chain: hflip}]}}\n",
                                overrides);
  BOOST_REQUIRE_MESSAGE(loaded, (loaded ? "" : sentence(loaded.error())));
  BOOST_TEST((loaded->classes == std::vector<std::string>{"person", "traffic light"}));
  BOOST_TEST(loaded->cameras.at(camera_id{"a"}).filters.empty());
}

BOOST_AUTO_TEST_CASE(a_shell_may_take_the_quotes_of_a_text) {
  const scratch_folder folder;
  const std::vector<std::string> overrides{"worker.name=007", "cameras.a.source=rtsp://h/x #1: y",
                                           "classes=['person', 'true']"};
  const auto loaded = load_settings({}, overrides, folder.outside());
  BOOST_REQUIRE_MESSAGE(loaded, (loaded ? "" : sentence(loaded.error())));
  BOOST_TEST(loaded->worker.name == "007");
  BOOST_TEST(loaded->cameras.at(camera_id{"a"}).source == "rtsp://h/x #1: y");
  BOOST_TEST(loaded->classes.at(1) == "true");
}

BOOST_AUTO_TEST_CASE(variables_of_others_are_left_alone) {
  const scratch_folder folder;
  auto outside = folder.outside();
  outside.variables = {{"ECCO_HOME", "x"}, {"ECCO_SERVER", "x"}, {"ECCOLOGY__X", "x"}, {"PATH", "x"}};
  BOOST_TEST(load_settings({}, {}, outside).has_value());
}

BOOST_AUTO_TEST_CASE(errors_outside_of_files_name_variable_or_argument) {
  const scratch_folder folder;
  const auto text_of = [&](std::map<std::string, std::string> variables, std::vector<std::string> overrides) {
    const auto loaded = load_settings({}, overrides, environment{std::move(variables), folder.path});
    return loaded ? "accepted" : sentence(loaded.error());
  };
  BOOST_TEST(text_of({{"ECCO_SERVER__PROT", "1"}}, {})
             == "ECCO_SERVER__PROT: server.prot is not a setting; did you mean 'port'?");
  BOOST_TEST(text_of({{"ECCO_SERVER__PORT", "x"}}, {})
             == "ECCO_SERVER__PORT: server.port must be a whole number, but is the text 'x'");
  BOOST_TEST(text_of({}, {"window.length=60"})
             == "--set window.length: window.length is 60 without a unit; write 60s");
  BOOST_TEST(text_of({}, {"window.length"})
             == "--set window.length: is not of the form path=value; write for example server.port=0");
  BOOST_TEST(text_of({}, {"=1"})
             == "--set =1: is not of the form path=value; write for example server.port=0");
  BOOST_TEST(text_of({}, {"a..b=1"})
             == "--set a..b: a is not a setting; there are preset, seed, server, worker, student, classes, teacher, "
                "window, gpu, bootstrap, policy, drift, zoo, deploy, sampling, rate, training, cameras, experiment");
  BOOST_TEST(text_of({}, {std::string(99, '.') + "=1"}).ends_with(": is nested too deep to be a setting"));
  BOOST_TEST(text_of({}, {"server.host=10.0.0.1"})
             == "--set server.host: server.host is '10.0.0.1', which is not a loopback address: refused "
                "until TLS is configured; use 127.0.0.1");
  BOOST_TEST(text_of({}, {"cameras.a.loop=maybe"})
             == "--set cameras.a.loop: cameras.a.loop must be true or false, but is the text 'maybe'");
}

BOOST_AUTO_TEST_CASE(no_error_shows_a_password) {
  const scratch_folder folder;
  const std::vector<std::string> overrides{"cameras.a.loop=rtsp://me:hush@host/1"};
  const auto loaded = load_settings({}, overrides, folder.outside());
  BOOST_REQUIRE(!loaded);
  BOOST_TEST(sentence(loaded.error()).find("hush") == std::string::npos);
}

// -- paths and variables in texts --------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(paths_begin_at_the_folder_of_what_they_stand_in) {
  const scratch_folder folder;
  const std::vector files{
      folder.write("etc/1.yaml", "config_version: 1\nserver: {state: ../state}\n"
                                 "cameras: {a: {source: clip.mp4, labels: /gt/a.txt}, b: {source: "
                                 "\"file:b.mp4\"}, c: {source: /dev/video0}}\n"),
      folder.write("demo/2.yaml", "config_version: 1\nstudent: {weights: w.safetensors}\n")};
  const std::vector<std::string> overrides{"teacher.labels=gt.txt", "teacher.weights=s.safetensors"};
  const auto loaded = load_settings(files, overrides, folder.outside());
  BOOST_REQUIRE_MESSAGE(loaded, (loaded ? "" : sentence(loaded.error())));
  BOOST_TEST(loaded->server.state == folder.path / "state");
  BOOST_TEST(loaded->student.weights == folder.path / "demo/w.safetensors");
  BOOST_TEST(loaded->teacher.labels == folder.path / "gt.txt");
  BOOST_TEST(loaded->teacher.weights == folder.path / "s.safetensors");
  BOOST_TEST(loaded->cameras.at(camera_id{"a"}).source == (folder.path / "etc/clip.mp4").string());
  BOOST_TEST(loaded->cameras.at(camera_id{"a"}).labels == "/gt/a.txt");
  BOOST_TEST(loaded->cameras.at(camera_id{"b"}).source == "file:b.mp4");
  BOOST_TEST(loaded->cameras.at(camera_id{"c"}).source == "/dev/video0");
}

BOOST_AUTO_TEST_CASE(variables_are_put_into_texts) {
  const scratch_folder folder;
  auto outside = folder.outside();
  outside.variables = {{"PASS", "${PASS}"}, {"EMPTY", ""}};
  const auto source_of = [&](const std::string& text) {
    const std::vector<std::string> overrides{"cameras.a.source=" + text};
    const auto loaded = load_settings({}, overrides, outside);
    return loaded ? loaded->cameras.at(camera_id{"a"}).source : sentence(loaded.error());
  };
  BOOST_TEST(source_of("rtsp://u:${PASS}@h") == "rtsp://u:${PASS}@h");
  BOOST_TEST(source_of("rtsp://${USER:guest}@h${EMPTY}") == "rtsp://guest@h");
  BOOST_TEST(source_of("rtsp://${USER:}${EMPTY:x}h") == "rtsp://h");
  BOOST_TEST(source_of("rtsp://$${PASS}$PASS") == "rtsp://${PASS}$PASS");
}

BOOST_AUTO_TEST_SUITE_END()

// SPDX-License-Identifier: Apache-2.0
#include "deploy/report/plot.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <boost/test/unit_test.hpp>

#include "deploy/report/plot_files.hpp"
#include "tests/deploy/made_runs.hpp"

namespace ecco {

namespace {

namespace fs = std::filesystem;

struct temporary_folder {
  fs::path path;

  temporary_folder() {
    std::string name = (fs::temp_directory_path() / "ecco-plot-XXXXXX").string();
    BOOST_REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~temporary_folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
};

/// No program is found on the PATH for as long as it lives.
struct empty_path {
  const char* before = std::getenv("PATH");
  std::string kept = before ? before : "";

  empty_path() { setenv("PATH", "/nonexistent", 1); }
  ~empty_path() { before ? setenv("PATH", kept.c_str(), 1) : unsetenv("PATH"); }
  empty_path(const empty_path&) = delete;
  empty_path& operator=(const empty_path&) = delete;
};

std::string content(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

bool have_gnuplot() {
  return std::system("command -v gnuplot >/dev/null 2>&1") == 0;
}

run_results demo_results() {
  return summarize(made::demo_like(), made::demo_facts());
}

} // namespace

BOOST_AUTO_TEST_SUITE(plot)

BOOST_AUTO_TEST_CASE(a_run_becomes_a_picture,
                     *boost::unit_test::precondition([](auto) { return have_gnuplot(); })) {
  temporary_folder folder;
  const auto files = draw(demo_results(), folder.path);
  BOOST_REQUIRE_MESSAGE(files, (files ? "" : render(files.error())));
  BOOST_TEST(content(files->png).starts_with("\x89PNG"));
  BOOST_TEST(fs::file_size(files->png) > 20'000u);
  BOOST_TEST(content(files->svg).find("north") != std::string::npos);
  BOOST_TEST(content(folder.path / "gnuplot.log") == "");
}

BOOST_AUTO_TEST_CASE(a_run_without_readings_and_groups_is_drawn_too,
                     *boost::unit_test::precondition([](auto) { return have_gnuplot(); })) {
  temporary_folder folder;
  const auto files = draw(summarize({}, made::demo_facts()), folder.path);
  BOOST_REQUIRE_MESSAGE(files, (files ? "" : render(files.error())));
  BOOST_TEST(fs::file_size(files->png) > 1'000u);
}

BOOST_AUTO_TEST_CASE(without_gnuplot_the_data_is_kept_and_the_message_says_what_to_install) {
  temporary_folder folder;
  empty_path nothing_found;
  const auto files = draw(demo_results(), folder.path);
  BOOST_REQUIRE(!files);
  BOOST_TEST((files.error().code == ec::unsupported));
  BOOST_TEST(files.error().hint.find("gnuplot-nox") != std::string::npos);
  BOOST_TEST(fs::exists(folder.path / "accuracy.tsv"));
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_not_there_is_named) {
  const auto files = draw(demo_results(), "/nonexistent/pictures");
  BOOST_REQUIRE(!files);
  BOOST_TEST((files.error().code == ec::io_failed));
  BOOST_TEST(files.error().what.starts_with("/nonexistent/pictures/accuracy.tsv: "));
}

BOOST_AUTO_TEST_CASE(names_cannot_break_out_of_the_script) {
  auto results = demo_results();
  results.policy = "x'; system 'touch broken'; '\n";
  for (const auto& [name, text] : plot_files(results))
    if (name == "run.gp")
      BOOST_TEST(text.find("policy x''; system ''touch broken''; '', seed 7'") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ecco

// SPDX-License-Identifier: Apache-2.0
#include "deploy/report/profile_plot.hpp"

#include <algorithm>
#include <limits>

#include <boost/test/unit_test.hpp>

using namespace ecco;

namespace {

profile_record a_run(double devices, double fps, picture_size size, double accuracy) {
  return {devices, {fps, size}, accuracy, .01, 60, 800, 1000, 1, 1};
}

std::string file_of(const std::vector<plot_file>& files, const std::string& name) {
  const auto found = std::find_if(files.begin(), files.end(), [&](const plot_file& f) { return f.name == name; });
  return found == files.end() ? "" : found->text;
}

std::size_t count(const std::string& in, const std::string& what) {
  std::size_t out = 0;
  for (auto at = in.find(what); at != in.npos; at = in.find(what, at + 1))
    ++out;
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(profile_plots)

BOOST_AUTO_TEST_CASE(a_panel_a_budget_a_line_a_size_and_what_the_table_takes_circled) {
  const picture_size small{128, 96}, large{256, 192};
  const std::vector<profile_record> runs{a_run(.5, 5, large, .3), a_run(.5, 1, large, .6), a_run(.1, 1, small, .2),
                                         a_run(.1, 5, small, .25), a_run(.1, 1, large, .1)};
  const auto files = profile_plot_files(runs, "north's eye");
  const auto script = file_of(files, "profile.gp"), data = file_of(files, "profile.tsv");
  BOOST_TEST(count(script, "set title '10 % of a device'") == 1u);
  BOOST_TEST(count(script, "set title '50 % of a device'") == 1u);
  BOOST_TEST(count(script, "yerrorlines") == 3u);
  BOOST_TEST(count(script, "title 'north''s eye'") == 1u);
  BOOST_TEST(script.find("set label 1 '' at 5,0.25 point") != script.npos);
  // Not .6 at one frame a second: that would send less than at the budget below.
  BOOST_TEST(script.find("set label 1 '' at 5,0.3 point") != script.npos);
  BOOST_TEST(count(script, "set label 1") == 2u);
  // Blocks in the order of panels and sizes, rates ascending.
  BOOST_TEST(data.find("0.1\t128x96\t1\t0.2000") < data.find("0.1\t128x96\t5\t0.2500"));
  BOOST_TEST(data.find("0.1\t128x96\t5\t0.2500") < data.find("0.1\t256x192\t1\t0.1000"));
  BOOST_TEST(data.find("0.1\t256x192\t1\t0.1000") < data.find("0.5\t256x192\t1\t0.6000"));
  BOOST_TEST(data.find("0.5\t256x192\t1\t0.6000") < data.find("0.5\t256x192\t5\t0.3000"));
}

BOOST_AUTO_TEST_CASE(runs_without_an_accuracy_are_not_drawn) {
  const std::vector<profile_record> runs{a_run(.5, 5, {128, 96}, std::numeric_limits<double>::quiet_NaN()),
                                         a_run(.5, 1, {128, 96}, .6)};
  const auto files = profile_plot_files(runs, "t");
  BOOST_TEST(count(file_of(files, "profile.tsv"), "nan") == 0u);
  BOOST_TEST(count(file_of(files, "profile.tsv"), "128x96") == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

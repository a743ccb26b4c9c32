// SPDX-License-Identifier: Apache-2.0
// Times reading and evaluating COCO files, for coco_bench.py. Usage: ecco_coco_bench TRUTH RESULTS bbox|segm
// RUNS THREADS Prints one JSON object: seconds of each run, and the twelve figures.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>

#include <nlohmann/json.hpp>

#include "deploy/coco/read_coco.hpp"
#include "runtime/score/coco_figures.hpp"

namespace {

using namespace ecco;

template <class Work>
double seconds(Work work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

} // namespace

int main(int argc, char** argv) try {
  if (argc != 6) {
    std::fputs("usage: ecco_coco_bench TRUTH RESULTS bbox|segm RUNS THREADS\n", stderr);
    return 2;
  }
  const auto regions = std::string_view{argv[3]} == "segm" ? coco_regions::masks : coco_regions::boxes;
  const auto runs = std::atoi(argv[4]);
  const auto threads = static_cast<unsigned>(std::atoi(argv[5]));
  nlohmann::json out;
  result<coco_input> input;
  out["read_s"] = seconds([&] { input = read_coco(argv[1], argv[2], regions); });
  if (!input) {
    std::fprintf(stderr, "ecco_coco_bench: %s\n", render(input.error()).c_str());
    return 65;
  }
  coco_figures f;
  for (int i = 0; i < runs; ++i)
    out["evaluate_s"].push_back(
        seconds([&] { f = summarise(match(input->scene, coco_areas, threads), {}, threads).all; }));
  out["figures"] = {f.ap,  f.ap50, f.ap75,  f.ap_small, f.ap_medium, f.ap_large,
                    f.ar1, f.ar10, f.ar100, f.ar_small, f.ar_medium, f.ar_large};
  std::puts(out.dump().c_str());
  return 0;
} catch (const std::exception& problem) {
  std::fprintf(stderr, "ecco_coco_bench: %s\n", problem.what());
  return 1;
}

// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/yolo11.hpp"

#include <algorithm>
#include <array>

namespace ecco {

namespace {

// Ultralytics' table, and "p", which is ecco's own for CPUs.
constexpr std::array variants{
    yolo11_variant{"yolo11p", .50, .125, 1024, false, false},
    yolo11_variant{"yolo11n", .50, .250, 1024, false, false},
    yolo11_variant{"yolo11s", .50, .500, 1024, false, false},
    yolo11_variant{"yolo11m", .50, 1.00, 512, true, false},
    yolo11_variant{"yolo11l", 1.0, 1.00, 512, true, false},
    yolo11_variant{"yolo11x", 1.0, 1.50, 512, true, false},
    yolo11_variant{"yolo11p-seg", .50, .125, 1024, false, true},
    yolo11_variant{"yolo11n-seg", .50, .250, 1024, false, true},
    yolo11_variant{"yolo11s-seg", .50, .500, 1024, false, true},
    yolo11_variant{"yolo11m-seg", .50, 1.00, 512, true, true},
    yolo11_variant{"yolo11l-seg", 1.0, 1.00, 512, true, true},
    yolo11_variant{"yolo11x-seg", 1.0, 1.50, 512, true, true},
};

std::string all_names() {
  std::string names;
  for (const auto& v : variants)
    names += (names.empty() ? "" : ", ") + std::string{v.name};
  return names;
}

} // namespace

std::span<const yolo11_variant> yolo11_variants() {
  return variants;
}

result<yolo11_variant> variant_of(const student_spec& spec) {
  const auto found = std::find_if(variants.begin(), variants.end(),
                                  [&](const yolo11_variant& v) { return v.name == spec.architecture; });
  if (found == variants.end())
    return fail(ec::invalid_argument, "student: unknown architecture \"" + spec.architecture + "\"",
                "use one of " + all_names());
  if (spec.classes == 0)
    return fail(ec::invalid_argument, "student: no classes", "name at least one class");
  for (auto pixels : {spec.input_width, spec.input_height})
    if (pixels % 32 != 0 || pixels < 32 || pixels > 4096)
      return fail(ec::invalid_argument, "student: input of " + std::to_string(pixels) + " pixels",
                  "use multiples of 32 from 32 to 4096");
  return *found;
}

} // namespace ecco

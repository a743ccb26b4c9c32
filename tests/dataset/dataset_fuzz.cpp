// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <sstream>
#include <string_view>

#include "config/dataset_address.hpp"
#include "runtime/dataset/cityflow.hpp"
#include "runtime/dataset/mdot.hpp"
#include "runtime/dataset/mot.hpp"
#include "runtime/dataset/picture_size.hpp"
#include "runtime/dataset/visdrone.hpp"
#include "runtime/dataset/yolo_labels.hpp"

namespace {

template <class T>
bool is_told(const ecco::result<T>& read) {
  if (!read && read.error().what.empty())
    std::abort();
  return read.has_value();
}

bool is_sound(const ecco::pixel_box& b) {
  return b.width > 0 && b.height > 0 && b.x * 0 == 0 && b.y * 0 == 0 && b.width < 2e6 && b.height < 2e6;
}

void check_mot(std::string_view text, ecco::mot_flavour flavour) {
  const auto rows = ecco::parse_mot_truth(text, "gt", flavour, 1000);
  if (!is_told(rows))
    return;
  for (const auto& row : *rows)
    if (!is_sound(row.where) || row.frame < 1 || row.frame > 1000)
      std::abort();
  if (flavour == ecco::mot_flavour::challenge
      && !ecco::parse_mot_truth(ecco::write_mot_truth(*rows), "gt", flavour, 1000))
    std::abort();
}

void check_yolo(std::string_view text) {
  const auto rows = ecco::parse_yolo_labels(text, "l", 80);
  if (is_told(rows) && ecco::parse_yolo_labels(ecco::write_yolo_labels(*rows), "l", 80) != *rows)
    std::abort();
}

void check_visdrone(std::string_view text) {
  const auto truth = ecco::parse_visdrone(text, "a", 1000);
  if (is_told(truth))
    for (const auto& row : truth->rows)
      if (!is_sound(row.where))
        std::abort();
}

void check_address(std::string_view text) {
  const auto place = ecco::dataset_named_by(text);
  if (!place)
    return;
  const auto options = ecco::read_dataset_options(place->layout, place->options);
  if (!is_told(options))
    return;
  for (const auto& one : options->classes)
    if (one.name.empty() || (one.name + one.is).find_first_of(",:&") != one.name.npos)
      std::abort();
}

} // namespace

/// The first byte chooses the reader. What is read must be sound and survive a second trip; what is refused must say
/// why.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  switch (data[0] % 8) {
    case 0: check_mot(text, ecco::mot_flavour::challenge); break;
    case 1: check_mot(text, ecco::mot_flavour::cityflow); break;
    case 2: check_visdrone(text); break;
    case 3: check_yolo(text); break;
    case 4:
      is_told(ecco::parse_seqinfo(text, "ini"));
      if (const auto names = ecco::parse_mot_names(text, "labels");
          is_told(names) && ecco::parse_mot_names(ecco::write_mot_names(*names), "labels")->size() != names->size())
        std::abort();
      break;
    case 5:
      is_told(ecco::parse_mdot(text, "g"));
      is_told(ecco::parse_mdot_flags(text, "g"));
      is_told(ecco::parse_cityflow_offsets(text, "s"));
      break;
    case 6: {
      std::istringstream in{std::string{text}};
      is_told(ecco::picture_size(in));
      break;
    }
    case 7: check_address(text);
  }
  return 0;
}

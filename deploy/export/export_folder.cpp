// SPDX-License-Identifier: Apache-2.0
#include "deploy/export/export_folder.hpp"

#include <unistd.h>

#include "deploy/report/text_file.hpp"

namespace ecco {

namespace {

namespace fs = std::filesystem;

constexpr auto summary_name = "ecco-export.json";

result<void> check_place(const fs::path& place, bool replace) {
  std::error_code failure;
  const auto status = fs::status(place, failure);
  if (!fs::exists(status))
    return {};
  if (!fs::is_directory(status))
    return fail(ec::io_failed, place.string() + " is a file, not a folder", "choose another --out");
  if (fs::is_empty(place, failure) && !failure)
    return {};
  if (!fs::exists(place / summary_name, failure))
    return fail(ec::io_failed, place.string() + " is there already, and is no export of ecco",
                "choose another --out; it is not replaced, whatever is said");
  if (!replace)
    return fail(ec::io_failed, place.string() + " is there already", "--force replaces it");
  return {};
}

} // namespace

result<std::unique_ptr<export_folder>> export_folder::begin(const fs::path& given, bool replace) {
  // Without a slash at its end, so that a name can be put beside it.
  const auto place = given.has_filename() ? given : given.parent_path();
  if (auto good = check_place(place, replace); !good)
    return tl::unexpected{good.error()};
  auto draft = place;
  draft += ".part" + std::to_string(::getpid());
  std::error_code failure;
  fs::remove_all(draft, failure);
  if (!fs::create_directory(draft, failure))
    return fail(ec::io_failed, draft.string() + " cannot be made: " + failure.message(),
                "is the folder above it there, and yours?");
  return std::unique_ptr<export_folder>{new export_folder{place, std::move(draft)}};
}

export_folder::~export_folder() {
  std::error_code ignored;
  if (!finished_)
    fs::remove_all(draft_, ignored);
}

result<void> export_folder::finish(const std::string& summary) {
  if (auto written = write_text(draft_ / summary_name, summary); !written)
    return written;
  std::error_code failure;
  auto old = place_;
  old += ".old" + std::to_string(::getpid());
  const bool replaces = fs::exists(place_, failure);
  if (replaces)
    fs::rename(place_, old, failure);
  if (!failure)
    fs::rename(draft_, place_, failure);
  if (failure) {
    std::error_code ignored;
    if (replaces && !fs::exists(place_, ignored))
      fs::rename(old, place_, ignored);
    return fail(ec::io_failed, place_.string() + " cannot be put in place: " + failure.message());
  }
  finished_ = true;
  fs::remove_all(old, failure);
  return {};
}

} // namespace ecco

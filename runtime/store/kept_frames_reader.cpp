// SPDX-License-Identifier: Apache-2.0
#include "runtime/store/kept_frames_reader.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace ecco {

namespace {

namespace fs = std::filesystem;

constexpr auto extension = ".frames";
constexpr std::size_t digits = 8;

bool is_ours(const fs::path& file) {
  const auto stem = file.stem().string();
  return file.extension() == extension && stem.size() == digits
         && std::all_of(stem.begin(), stem.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

} // namespace

result<std::vector<fs::path>> kept_frame_files(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code failure;
  for (fs::directory_iterator entry{folder, failure}, end; !failure && entry != end; entry.increment(failure))
    if (is_ours(entry->path()))
      out.push_back(entry->path());
  if (failure)
    return fail(ec::io_failed, folder.string() + " cannot be read: " + failure.message());
  std::sort(out.begin(), out.end());
  return out;
}

result<kept_frames_reader> kept_frames_reader::open(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::exists(folder, ignored))
    return fail(ec::not_found, folder.string() + " does not exist");
  auto files = kept_frame_files(folder);
  if (!files)
    return tl::unexpected{files.error()};
  if (files->empty())
    return fail(ec::not_found, folder.string() + " holds no frames");
  return kept_frames_reader{std::move(*files)};
}

std::optional<std::variant<labelled_segment, kept_joining>> kept_frames_reader::next() {
  while (file_ || !files_.empty()) {
    if (!file_) {
      auto opened = entry_file::open(files_.front());
      files_.pop_front();
      if (!opened && opened.error().code != ec::not_found) // a server may remove the oldest at any time
        faults_.push_back(opened.error());
      if (!opened)
        continue;
      file_ = std::move(*opened);
      begun_ = false;
    }
    auto entry = next_of_file();
    if (!entry) {
      file_.reset();
    } else if (auto* header = std::get_if<kept_header>(&*entry)) {
      next_number_ = std::max(next_number_, header->first);
      header_ = std::move(*header);
      begun_ = true;
    } else if (auto* segment = std::get_if<labelled_segment>(&*entry)) {
      next_number_ = std::max(next_number_, segment->first + segment->labels.size());
      return std::move(*segment);
    } else {
      return std::get<kept_joining>(std::move(*entry));
    }
  }
  return std::nullopt;
}

std::optional<kept_entry> kept_frames_reader::next_of_file() {
  while (true) {
    const auto offset = file_->offset();
    const auto data = file_->next();
    if (!data) {
      if (!file_->torn())
        leave_out(data.error(), offset);
      return std::nullopt;
    }
    if (data->empty())
      return std::nullopt;
    auto entry = decode_kept_entry(*data);
    auto good = entry ? check(*entry) : result<void>{tl::unexpected{entry.error()}};
    if (good)
      return std::move(*entry);
    leave_out(good.error(), offset);
    if (!begun_) // nothing can be made of labels whose classes are not known
      return std::nullopt;
  }
}

void kept_frames_reader::leave_out(const error& why, std::uint64_t offset) {
  faults_.push_back({ec::malformed_data,
                     file_->path().string() + ": at byte " + std::to_string(offset) + ": " + why.what,
                     why.hint.empty() ? "what stands there is left out" : why.hint});
}

result<void> kept_frames_reader::check(const kept_entry& entry) const {
  if (std::holds_alternative<kept_header>(entry) == begun_)
    return fail(ec::malformed_data, begun_ ? "a second header" : "it does not begin with a header");
  const auto* segment = std::get_if<labelled_segment>(&entry);
  if (segment == nullptr)
    return {};
  for (const auto& labels : segment->labels)
    for (const auto& one : labels.value_or(std::vector<label>{}))
      if (one.class_id >= header_.classes.size())
        return fail(ec::malformed_data, "a label of class " + std::to_string(one.class_id)
                                            + ", where there are " + std::to_string(header_.classes.size()));
  return {};
}

} // namespace ecco

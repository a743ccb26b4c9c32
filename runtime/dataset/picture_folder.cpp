// SPDX-License-Identifier: Apache-2.0
#include "runtime/dataset/picture_folder.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "runtime/dataset/text_rows.hpp"

namespace ecco {

namespace {

namespace fs = std::filesystem;

std::string size_text(picture_extent size) {
  return std::to_string(size.width) + " x " + std::to_string(size.height);
}

bool number_of(const std::string& stem, std::int64_t& number) {
  const auto [end, failure] = std::from_chars(stem.data(), stem.data() + stem.size(), number);
  return failure == std::errc{} && end == stem.data() + stem.size() && number >= 0;
}

/// Of sorted items, the one whose number it is.
template <class Frames>
auto* find_in(Frames& frames, std::int64_t number) {
  const auto found = std::lower_bound(frames.begin(), frames.end(), number,
                                      [](const dataset_frame& f, std::int64_t n) { return f.number < n; });
  return found == frames.end() || found->number != number ? nullptr : &*found;
}

} // namespace

bool is_picture_name(const fs::path& file) {
  auto extension = file.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension == ".jpg" || extension == ".jpeg" || extension == ".png";
}

result<std::vector<fs::path>> pictures_in(const fs::path& folder) {
  std::error_code wrong;
  if (!fs::is_directory(folder, wrong))
    return fail(ec::not_found, folder.string() + ": there is no such folder of pictures", "check the path");
  std::vector<fs::path> out;
  for (fs::directory_iterator entry{folder, wrong}, end; !wrong && entry != end; entry.increment(wrong))
    if (is_picture_name(entry->path())) {
      if (static_cast<std::int64_t>(out.size()) == most_frames)
        return fail(ec::malformed_data, folder.string() + ": more than ten million pictures");
      out.push_back(entry->path());
    }
  if (wrong)
    return fail(ec::io_failed, folder.string() + " cannot be read: " + wrong.message());
  std::sort(out.begin(), out.end());
  return out;
}

result<std::vector<dataset_frame>> numbered_frames(const fs::path& folder) {
  const auto files = pictures_in(folder);
  if (!files)
    return tl::unexpected{files.error()};
  if (files->empty())
    return fail(ec::malformed_data, folder.string() + ": no picture is in it", "JPEG and PNG files are read");
  fault_list faults{folder.string()};
  std::vector<dataset_frame> out;
  for (const auto& file : *files) {
    dataset_frame frame;
    frame.picture = file;
    if (!number_of(file.stem().string(), frame.number))
      faults.add(0, 0, file.filename().string() + " is not named by a frame's number, like 000001.jpg");
    out.push_back(std::move(frame));
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  for (std::size_t i = 1; faults.empty() && i < out.size(); ++i)
    if (out[i].number == out[i - 1].number)
      faults.add(0, 0,
                 "frame " + std::to_string(out[i].number) + " is there twice: " + out[i - 1].picture.filename().string()
                     + " and " + out[i].picture.filename().string());
  if (!faults.empty())
    return faults.as_error("leave only the pictures of the sequence in the folder");
  return out;
}

dataset_sequence without_clock(dataset_layout layout, const std::filesystem::path& folder, double fps) {
  dataset_sequence out;
  out.layout = layout;
  out.name = (folder.has_filename() ? folder : folder.parent_path()).filename().string();
  out.fps = fps;
  out.fps_is_assumed = true;
  return out;
}

result<void> fill_in_sizes(std::vector<dataset_frame>& frames, picture_extent all) {
  fault_list faults{frames.empty() ? "" : frames.front().picture.parent_path().string()};
  for (auto& frame : frames) {
    const auto size = picture_size(frame.picture);
    if (!size)
      return tl::unexpected{size.error()};
    if (all == picture_extent{})
      all = *size;
    if (*size != all)
      faults.add(0, 0,
                 frame.picture.filename().string() + " is " + size_text(*size) + " pixels, where the sequence is "
                     + size_text(all));
    frame.width = size->width;
    frame.height = size->height;
  }
  if (!faults.empty())
    return faults.as_error("all pictures of a sequence have one size");
  return {};
}

result<void> fill_in_own_sizes(std::vector<dataset_frame>& frames) {
  for (auto& frame : frames) {
    const auto size = picture_size(frame.picture);
    if (!size)
      return tl::unexpected{size.error()};
    frame.width = size->width;
    frame.height = size->height;
  }
  return {};
}

bool stays_within(const fs::path& name) {
  return !name.empty() && !name.is_absolute() && std::find(name.begin(), name.end(), "..") == name.end();
}

dataset_frame* find_frame(std::vector<dataset_frame>& frames, std::int64_t number) {
  return find_in(frames, number);
}

const dataset_frame* find_frame(const std::vector<dataset_frame>& frames, std::int64_t number) {
  return find_in(frames, number);
}

} // namespace ecco

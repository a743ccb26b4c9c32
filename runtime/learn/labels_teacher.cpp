// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/labels_teacher.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/learn/outlines.hpp"

namespace ecco {

namespace {

/// One line of the file. Named after the format's own columns.
struct mot_row {
  std::int64_t frame = 0;
  double left = 0, top = 0, width = 0, height = 0;
  int flag = 0, class_id = 0;
  double visibility = 0;
  std::vector<polygon> outline;
};

/// What is wrong with a line, and the byte where, from 1; 0: the line as a whole.
struct complaint {
  std::string what;
  std::size_t column = 0;
};

using frames_by_number = std::unordered_map<std::int64_t, std::vector<label>>;

std::string_view trimmed(std::string_view text) {
  auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    auto comma = line.find(',');
    fields.push_back(trimmed(line.substr(0, comma)));
    if (comma == std::string_view::npos)
      return fields;
    line.remove_prefix(comma + 1);
  }
}

template <class T>
bool parse(std::string_view text, T& value) {
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc{} && end == text.data() + text.size();
}

std::string quoted(std::string_view text) {
  return "'" + std::string{text.substr(0, 40)} + "'";
}

/// Reads the polygons of an outline. Errors name the byte of `line`, of which `text` is a part.
class outline_reader {
 public:
  outline_reader(std::string_view line, const mot_row& row) : line_{line}, row_{row} {}

  tl::expected<std::vector<polygon>, complaint> operator()(std::string_view text) const {
    std::vector<polygon> rings;
    for (;;) {
      const auto end = text.find(';');
      auto ring = read_ring(text.substr(0, end));
      if (!ring)
        return tl::unexpected{ring.error()};
      rings.push_back(std::move(*ring));
      if (end == std::string_view::npos)
        return rings;
      text.remove_prefix(end + 1);
    }
  }

 private:
  tl::expected<polygon, complaint> read_ring(std::string_view text) const {
    polygon corners;
    for (auto left = trimmed(text); !left.empty(); left = trimmed(left)) {
      const auto word = left.substr(0, left.find_first_of(" \t"));
      double value = 0;
      if (!parse(word, value) || !std::isfinite(value))
        return refuse(word, "outline: " + quoted(word) + " is no number");
      if (!is_in_box(value, corners.size() % 2 == 0))
        return refuse(word, "outline: " + quoted(word) + " lies outside of the box");
      corners.push_back(value);
      left.remove_prefix(word.size());
    }
    if (corners.size() < 6 || corners.size() % 2 != 0)
      return refuse(text, "outline: " + std::to_string(corners.size())
                              + " numbers are not x and y of three corners or more");
    return corners;
  }

  bool is_in_box(double value, bool horizontal) const {
    constexpr double tolerance = 2;
    const auto from = horizontal ? row_.left : row_.top, length = horizontal ? row_.width : row_.height;
    return value >= from - tolerance && value <= from + length + tolerance;
  }

  tl::unexpected<complaint> refuse(std::string_view at, const std::string& what) const {
    return tl::unexpected{complaint{what, static_cast<std::size_t>(at.data() - line_.data()) + 1}};
  }

  std::string_view line_;
  const mot_row& row_;
};

/// Reads one line; the failing side says what is wrong with it.
tl::expected<mot_row, complaint> parse_row(std::string_view line) {
  auto fields = fields_of(line);
  const auto refuse = [](const std::string& what) { return tl::unexpected{complaint{what}}; };
  if (fields.size() != 9 && fields.size() != 10)
    return refuse("has " + std::to_string(fields.size()) + " fields in place of 9 or 10");
  auto no_number = [&](std::size_t field, const char* name) {
    return refuse(std::string{name} + " " + quoted(fields[field]) + " is no number");
  };
  mot_row row;
  const std::array<std::pair<const char*, double*>, 4> lengths{
      {{"left", &row.left}, {"top", &row.top}, {"width", &row.width}, {"height", &row.height}}};
  if (!parse(fields[0], row.frame))
    return no_number(0, "frame");
  for (std::size_t i = 0; i < lengths.size(); ++i)
    if (!parse(fields[i + 2], *lengths[i].second) || !std::isfinite(*lengths[i].second))
      return no_number(i + 2, lengths[i].first);
  if (!parse(fields[6], row.flag))
    return no_number(6, "flag");
  if (!parse(fields[7], row.class_id))
    return no_number(7, "class");
  if (!parse(fields[8], row.visibility) || !std::isfinite(row.visibility))
    return no_number(8, "visibility");
  if (row.frame < 1)
    return refuse("frame " + std::to_string(row.frame) + " is less than 1");
  if (row.width <= 0 || row.height <= 0)
    return refuse("width and height must be more than 0");
  if (fields.size() == 9 || fields[9].find_first_of(" \t;") == std::string_view::npos)
    return row;
  auto outline = outline_reader{line, row}(fields[9]);
  if (!outline)
    return tl::unexpected{outline.error()};
  row.outline = std::move(*outline);
  return row;
}

/// Turns rows into labels of one view.
class viewer {
 public:
  explicit viewer(const labels_options& options)
      : options_(options),
        view_(options.view.value_or(pixel_rectangle{0, 0, options.width, options.height})) {}

  /// Nothing when the row's object does not count, or is not in sight.
  std::optional<label> operator()(const mot_row& row) const {
    auto mapped = options_.classes.find(row.class_id);
    if (mapped == options_.classes.end())
      return std::nullopt;
    auto x = [&](double pixel) { return std::clamp((pixel - view_.left) / view_.width, 0., 1.); };
    auto y = [&](double pixel) { return std::clamp((pixel - view_.top) / view_.height, 0., 1.); };
    auto x1 = x(row.left), x2 = x(row.left + row.width), y1 = y(row.top), y2 = y(row.top + row.height);
    auto whole = row.width / view_.width * (row.height / view_.height);
    auto inside = (x2 - x1) * (y2 - y1);
    if (inside <= 0 || inside < options_.least_inside * whole)
      return std::nullopt;
    auto hidden = row.visibility >= 0 && row.visibility < options_.least_visible;
    return label{
        {static_cast<float>(x1), static_cast<float>(y1), static_cast<float>(x2), static_cast<float>(y2)},
        mapped->second,
        row.flag == 0 || hidden,
        shape_of(row)};
  }

 private:
  outline shape_of(const mot_row& row) const {
    const pixel_box seen{double(view_.left), double(view_.top), double(view_.width), double(view_.height)};
    return to_outline(row.outline, seen, seen, 0);
  }

  const labels_options& options_;
  pixel_rectangle view_;
};

/// Names the lines that could not be read, the first ten in words.
class complaints {
 public:
  void add(const std::string& name, std::size_t line, const complaint& bad) {
    if (++count_ > 10)
      return;
    const auto column = bad.column > 0 ? ":" + std::to_string(bad.column) : "";
    text_ += (text_.empty() ? "" : "; ") + name + ":" + std::to_string(line) + column + ": " + bad.what;
  }
  bool empty() const { return count_ == 0; }
  std::string text() const {
    return count_ <= 10 ? text_ : text_ + "; and " + std::to_string(count_ - 10) + " more";
  }

 private:
  std::size_t count_ = 0;
  std::string text_;
};

result<frames_by_number> read_lines(std::istream& lines, const std::string& name,
                                    const labels_options& options) {
  const viewer view{options};
  frames_by_number frames;
  complaints bad;
  bool outlined = false;
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    if (trimmed(line).empty())
      continue;
    auto row = parse_row(line);
    if (!row) {
      bad.add(name, number, row.error());
    } else if (auto seen = view(*row)) {
      outlined |= !seen->shape.empty();
      frames[row->frame].push_back(std::move(*seen));
    }
  }
  if (!bad.empty())
    return fail(ec::malformed_data, bad.text(),
                "lines are frame,id,left,top,width,height,flag,class,visibility[,x y x y x y ...]");
  if (lines.bad())
    return fail(ec::io_failed, name + ": reading stopped before the end");
  if (options.outlines_needed && !outlined && !frames.empty())
    return fail(
        ec::malformed_data, name + ": no label has an outline, which a student with masks learns from",
        "add the corners of each object as a tenth field, x y x y ..., or choose a student without -seg");
  return frames;
}

result<void> check(const labels_options& options) {
  auto refuse = [](const std::string& what) { return fail(ec::invalid_argument, "labels teacher: " + what); };
  auto is_share = [](double value) { return value >= 0 && value <= 1; };
  if (!(options.fps > 0 && options.fps <= 1000))
    return refuse("fps must lie in (0, 1000]");
  if (options.width == 0 || options.height == 0)
    return refuse("the size of the labelled pictures is missing");
  if (!is_share(options.least_inside) || !is_share(options.least_visible))
    return refuse("least_inside and least_visible must lie in [0, 1]");
  if (const auto& view = options.view;
      view
      && (view->width == 0 || view->height == 0 || view->left + view->width > options.width
          || view->top + view->height > options.height))
    return refuse("the view does not lie within the labelled pictures");
  return {};
}

class labels_teacher final : public teacher {
 public:
  labels_teacher(frames_by_number frames, double fps) : frames_(std::move(frames)), fps_(fps) {}

  result<std::vector<label>> label_frame(const frame& shot) override {
    auto number = std::llround(seconds_of(shot.media_time) * fps_) + 1;
    auto found = frames_.find(number);
    return found == frames_.end() ? std::vector<label>{} : found->second;
  }

 private:
  frames_by_number frames_;
  double fps_;
};

} // namespace

result<std::unique_ptr<teacher>> make_labels_teacher(std::istream& lines, const std::string& name,
                                                     const labels_options& options) {
  if (auto valid = check(options); !valid)
    return tl::unexpected(valid.error());
  auto frames = read_lines(lines, name, options);
  if (!frames)
    return tl::unexpected(frames.error());
  return std::make_unique<labels_teacher>(std::move(*frames), options.fps);
}

result<std::unique_ptr<teacher>> make_labels_teacher(const std::filesystem::path& file,
                                                     const labels_options& options) {
  std::ifstream lines{file};
  if (!lines)
    return fail(ec::not_found, file.string() + ": cannot be opened", "check the path of the labels");
  return make_labels_teacher(lines, file.string(), options);
}

} // namespace ecco

// SPDX-License-Identifier: Apache-2.0
#include "runtime/dataset/yolo_labels.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "runtime/dataset/text_rows.hpp"

namespace ecco {

namespace {

std::optional<yolo_row> read_row(const text_row& fields, std::size_t classes) {
  const auto n = fields.size();
  if (n != 5 && (n < 7 || n % 2 == 0)) {
    fields.refuse(text_row::whole_line,
                  std::to_string(n) + " fields are neither a box (5) nor a polygon (7, 9, 11, ...)");
    return std::nullopt;
  }
  const auto class_id = fields.whole(0, "class", 0, static_cast<std::int64_t>(classes) - 1);
  std::vector<double> numbers;
  for (std::size_t i = 1; i < n; ++i) {
    const auto value = fields.number(i, n == 5 && i == 3 ? "width" : n == 5 && i == 4 ? "height" : "coordinate", 0, 1);
    if (!value)
      return std::nullopt;
    numbers.push_back(*value);
  }
  if (!class_id)
    return std::nullopt;
  if (n == 5)
    return yolo_row{static_cast<std::uint32_t>(*class_id), numbers[0], numbers[1], numbers[2], numbers[3], {}};
  double low[2] = {1, 1}, high[2] = {0, 0};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    low[i % 2] = std::min(low[i % 2], numbers[i]);
    high[i % 2] = std::max(high[i % 2], numbers[i]);
  }
  return yolo_row{static_cast<std::uint32_t>(*class_id),
                  (low[0] + high[0]) / 2,
                  (low[1] + high[1]) / 2,
                  high[0] - low[0],
                  high[1] - low[1],
                  std::move(numbers)};
}

} // namespace

result<std::vector<yolo_row>> parse_yolo_labels(std::string_view text, const std::string& name, std::size_t classes) {
  fault_list faults{name};
  std::vector<yolo_row> out;
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    const text_row fields{line, number, ' ', faults};
    if (auto row = read_row(fields, classes))
      out.push_back(std::move(*row));
  });
  if (!faults.empty())
    return faults.as_error("lines are class x y width height, in fractions of the picture");
  return out;
}

std::string write_yolo_labels(std::span<const yolo_row> rows) {
  std::string out;
  for (const auto& row : rows) {
    out += std::to_string(row.class_id);
    if (row.polygon.empty())
      for (const auto value : {row.x, row.y, row.width, row.height})
        out += ' ' + shortest(value);
    else
      for (const auto value : row.polygon)
        out += ' ' + shortest(value);
    out += '\n';
  }
  return out;
}

} // namespace ecco

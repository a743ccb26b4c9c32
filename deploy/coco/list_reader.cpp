// SPDX-License-Identifier: Apache-2.0
#include "deploy/coco/list_reader.hpp"

#include <fstream>
#include <optional>

namespace ecco {

namespace {

using nlohmann::json;
using event = json::parse_event_t;

/// Nothing in these files is nested deeper: document, list, element, segmentation, polygon.
constexpr int deepest = 16;
constexpr std::uintmax_t largest_file = std::uintmax_t{8} << 30;

/// Follows the parser: hands over the elements of lists, and lets it keep nothing else.
class follower {
 public:
  explicit follower(const std::vector<list_visit>& lists)
      : lists_(lists), list_depth_(lists.front().name.empty() ? 0 : 1) {}

  /// The parser's callback: false throws away what was read, or what is about to be.
  bool operator()(int depth, event what, json& read) {
    if (failure_)
      return false;
    if (depth > deepest)
      return refuse("is nested too deeply");
    if (what == event::key && depth == 1 && list_depth_ == 1)
      return find(read.get_ref<const std::string&>());
    if (depth < list_depth_)
      return true; // the document
    if (depth == list_depth_)
      return at_list(what);
    return in_list_ && (depth > list_depth_ + 1 || at_element(what, read));
  }

  /// Where the parser is.
  std::string place() const { return in_list_ ? element_name() : list_ ? list_->name : "top level"; }

  const std::optional<error>& failure() const { return failure_; }
  bool has_seen(const list_visit& list) const { return seen_.contains(list.name); }

 private:
  bool refuse(const std::string& why) {
    failure_ = error{ec::malformed_data, place() + " " + why, {}};
    return false;
  }

  std::string element_name() const { return list_->name + "[" + std::to_string(index_) + "]"; }

  bool find(const std::string& name) {
    list_ = nullptr;
    for (const auto& l : lists_)
      if (l.name == name)
        list_ = &l;
    return list_ != nullptr;
  }

  bool at_list(event what) {
    if (list_depth_ == 0 && what == event::array_start)
      find("");
    in_list_ = list_ && what == event::array_start;
    if (in_list_) {
      index_ = 0;
      seen_.insert(list_->name);
    } else {
      list_ = nullptr;
    }
    return in_list_ || what == event::array_end;
  }

  bool at_element(event what, const json& read) {
    if (what == event::object_start || what == event::array_start || what == event::key)
      return true;
    if (auto good = list_->visit(read, element_name()); !good)
      failure_ = good.error();
    ++index_;
    return false;
  }

  const std::vector<list_visit>& lists_;
  int list_depth_;
  const list_visit* list_ = nullptr;
  bool in_list_ = false;
  std::size_t index_ = 0;
  std::set<std::string> seen_;
  std::optional<error> failure_;
};

/// nlohmann's text without its number in brackets.
std::string without_prefix(std::string_view text) {
  const auto end = text.find("] ");
  return std::string{end == std::string_view::npos ? text : text.substr(end + 2)};
}

result<void> look_at(const std::filesystem::path& file) {
  std::error_code failure;
  if (!std::filesystem::exists(file, failure))
    return fail(ec::not_found, file.string() + ": there is no such file");
  const auto size = std::filesystem::file_size(file, failure);
  if (failure)
    return fail(ec::io_failed, file.string() + " cannot be read: " + failure.message());
  if (size > largest_file)
    return fail(ec::malformed_data, file.string() + ": " + std::to_string(size) + " bytes are too many",
                "at most 8 GiB are read");
  return {};
}

} // namespace

result<void> read_lists(const std::filesystem::path& file, const std::vector<list_visit>& lists) {
  if (auto good = look_at(file); !good)
    return good;
  std::ifstream in{file, std::ios::binary};
  if (!in)
    return fail(ec::io_failed, file.string() + " cannot be opened", "may it be read?");
  follower follow{lists};
  auto refuse = [&](const std::string& why, const std::string& hint = {}) {
    return fail(ec::malformed_data, file.string() + ": " + why, hint);
  };
  try {
    [[maybe_unused]] const auto skeleton =
        json::parse(in, [&](int d, event what, json& read) { return follow(d, what, read); });
  } catch (const json::exception& problem) {
    if (!follow.failure())
      return refuse(follow.place() + ": " + without_prefix(problem.what()),
                    "NaN and Infinity are not JSON either: every number must be finite");
  }
  if (in.bad())
    return fail(ec::io_failed, file.string() + " cannot be read to its end");
  if (follow.failure())
    return refuse(follow.failure()->what, follow.failure()->hint);
  for (const auto& list : lists)
    if (!follow.has_seen(list))
      return refuse(list.name.empty() ? "the document is not a list"
                                      : "there is no list '" + list.name + "'");
  return {};
}

} // namespace ecco

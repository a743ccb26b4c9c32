// SPDX-License-Identifier: Apache-2.0
#include "actors/replay_script.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

namespace ecco {

namespace {

bytes comparable(recorded_message record, std::vector<blob_view>& blobs) {
  record.index = 0;
  record.answers.reset();
  return encode_entry(record, blobs);
}

} // namespace

bool is_of_server(const std::string& name) {
  constexpr std::string_view others[] = {"camera:", "worker:", "telemetry:", "outside:"};
  return !name.empty()
         && std::none_of(std::begin(others), std::end(others), [&](auto prefix) { return name.starts_with(prefix); });
}

bool is_from_server(const recorded_message& record) {
  return is_of_server(record.sender);
}

bool is_same(const recorded_message& a, const recorded_message& b) {
  std::vector<blob_view> blobs;
  return comparable(a, blobs) == comparable(b, blobs);
}

const recorded_message* replay_script::ahead(std::size_t n) {
  while (read_.size() <= n && !failure_) {
    auto read = next_();
    if (!read)
      failure_ = read.error();
    else if (*read)
      read_.push_back(std::move(**read));
    else
      return nullptr;
  }
  return n < read_.size() ? &read_[n] : nullptr;
}

const recorded_message* replay_script::from_server(std::size_t n) {
  for (std::size_t i = 0; const auto* record = ahead(i); ++i)
    if (is_from_server(*record) && n-- == 0)
      return record;
  return nullptr;
}

} // namespace ecco

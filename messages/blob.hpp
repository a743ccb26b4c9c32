// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace ecco {

using bytes = std::vector<std::uint8_t>;

/// Immutable bytes shared by reference count: frames, video and weights are never copied within a process.
class blob {
 public:
  blob() = default;
  explicit blob(bytes data) : data_(std::make_shared<const bytes>(std::move(data))) {}

  std::span<const std::uint8_t> view() const {
    return data_ ? std::span<const std::uint8_t>{*data_} : std::span<const std::uint8_t>{};
  }
  std::size_t size() const { return data_ ? data_->size() : 0; }
  bool empty() const { return size() == 0; }

  /// Compares contents.
  friend bool operator==(const blob& a, const blob& b) {
    return a.data_ == b.data_
           || (a.size() == b.size() && std::equal(a.view().begin(), a.view().end(), b.view().begin()));
  }

 private:
  std::shared_ptr<const bytes> data_;
};

} // namespace ecco

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "messages/error.hpp"

namespace ecco {

/// Where in a message a reader stands, e.g. `trainOrder.samples[3].labels`. A chain of such on the stack
/// costs nothing until something is wrong and `text` is wanted. A place must not outlive the one it was made
/// from.
class place {
 public:
  /// The message itself, by the name of its kind.
  explicit place(std::string_view kind) : name_(kind) {}

  place operator/(std::string_view field) const { return {this, field, 0}; }
  place operator[](std::size_t index) const { return {this, {}, index}; }

  std::string text() const {
    if (outer_ == nullptr)
      return std::string{name_};
    if (name_.empty())
      return outer_->text() + '[' + std::to_string(index_) + ']';
    return outer_->text() + '.' + std::string{name_};
  }

 private:
  place(const place* outer, std::string_view name, std::size_t index)
      : outer_(outer), name_(name), index_(index) {}

  const place* outer_ = nullptr;
  /// Empty for an element of a list.
  std::string_view name_;
  std::size_t index_ = 0;
};

/// Throws an `error` that begins with the place: "retrainRequest.camera is empty". Only for use behind the
/// codec's public functions, which catch it.
[[noreturn]] inline void refuse(const place& at, const std::string& why, std::string hint = {}) {
  throw error{ec::invalid_argument, at.text() + ' ' + why, std::move(hint)};
}

} // namespace ecco

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/error.hpp"

namespace ecco {

/// Keeps one thing over the server's end.
template <class T>
class keeper {
 public:
  virtual ~keeper() = default;

  /// Nothing yet: `T{}`. @returns `malformed_data` for what cannot be, `io_failed`
  virtual result<T> load() = 0;

  /// On error what was there before still is.
  virtual result<void> save(const T& now) = 0;
};

/// For virtual time: gone with the process.
template <class T>
class memory_keeper final : public keeper<T> {
 public:
  result<T> load() override { return value_; }

  result<void> save(const T& now) override {
    value_ = now;
    return {};
  }

 private:
  T value_;
};

} // namespace ecco

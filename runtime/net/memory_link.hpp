// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runtime/net/media_link.hpp"

namespace ecco {

/// Both ends of the media link within one process and without threads: a segment that is sent has arrived.
/// For virtual time. Nothing is encoded, so a segment's wire bytes are those of its stream.
class memory_link : public media_receiver {
 public:
  /// Opens the sending end for whoever holds `token`. The link must outlive it.
  virtual result<std::unique_ptr<media_sender>> connect(std::uint64_t token) = 0;
};

std::unique_ptr<memory_link> make_memory_link();

} // namespace ecco

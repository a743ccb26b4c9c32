// SPDX-License-Identifier: Apache-2.0
// Private to messages/: takes the large blobs out of a message that is recorded, and puts them back.
#pragma once

#include "messages/recording.hpp"
#include "messages/wire.hpp"

namespace ecco::wire {

/// Where a blob belongs: the message's fields of type `Data` are counted in the order of the schema.
struct placed_blob {
  std::uint32_t place = 0;
  blob_view blob;
};

/// Empties the large fields of `message`, whose bytes are in `gaps`, and fills in the others.
std::vector<placed_blob> take_large_blobs(Envelope::Builder message, const std::vector<gap>& gaps);

/// One that was taken out.
struct missing_blob {
  std::uint32_t place = 0;
  std::uint64_t size = 0;
  std::string sha256;
};

/// Fills the fields again. Throws an `error` when there is no such place, or `from` does not have the blob.
void put_back(Envelope::Builder message, const std::vector<missing_blob>& missing, const blob_source& from);

} // namespace ecco::wire

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "messages/recording.hpp"
#include "tests/messages/signed_entry.hpp"

namespace {

/// What is decoded is encoded to the same again, and can be shown.
void check(const ecco::recording_entry& entry) {
  const auto* record = std::get_if<ecco::recorded_message>(&entry);
  if (record == nullptr || !record->unreadable.empty())
    return;
  std::vector<ecco::blob_view> needs;
  const auto again = ecco::decode_entry(
    ecco::encode_entry(*record, needs), [&](const std::string& name, std::uint64_t) -> ecco::result<ecco::bytes> {
      for (const auto& blob : needs)
        if (blob.sha256 == name)
          return ecco::bytes{blob.content.begin(), blob.content.end()};
      std::abort();
    });
  if (!again || ecco::to_json(*record).find('\n') != std::string::npos)
    std::abort();
}

} // namespace

/// A stream of entries, which a reader goes through to the first that is bad: that one is told why.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::span<const std::uint8_t> rest{data, size};
  std::map<std::string, ecco::bytes> blobs;
  const ecco::blob_source find = [&](const std::string& name, std::uint64_t wanted) -> ecco::result<ecco::bytes> {
    const auto found = blobs.find(name);
    if (found == blobs.end() || found->second.size() != wanted)
      return ecco::fail(ecco::ec::malformed_data, "no such blob");
    return found->second;
  };
  while (!rest.empty()) {
    const auto length = ecco::entry_bytes(rest);
    if (!length && length.error().what.empty())
      std::abort();
    if (!length || !*length || **length > rest.size())
      break;
    ecco::bytes entry{rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(**length)};
    ecco::test::sign(entry);
    const auto decoded = ecco::decode_entry(entry, find);
    if (!decoded && decoded.error().what.empty())
      std::abort();
    if (!decoded)
      break;
    check(*decoded);
    if (const auto* blob = std::get_if<ecco::recorded_blob>(&*decoded))
      blobs[blob->sha256] = {blob->content.view().begin(), blob->content.view().end()};
    rest = rest.subspan(**length);
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <functional>
#include <vector>

#include "runtime/learn/safetensors.hpp"

namespace {

bool lies_within(std::span<const std::uint8_t> part, std::span<const std::uint8_t> whole) {
  const std::less_equal<> before;
  return before(whole.data(), part.data()) && before(part.data() + part.size(), whole.data() + whole.size());
}

bool same(const ecco::tensor_entry& a, const ecco::tensor_entry& b) {
  return a.name == b.name && a.type == b.type && a.shape == b.shape
         && std::equal(a.data.begin(), a.data.end(), b.data.begin(), b.data.end());
}

} // namespace

/// A file that is read must have its tensors within itself, as long as their shapes say, and survive a second trip;
/// a file that is refused must be told why.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ecco::blob file{ecco::bytes{data, data + size}};
  const auto read = ecco::read_safetensors(file);
  if (!read) {
    if (read.error().what.empty())
      std::abort();
    return 0;
  }
  for (const auto& tensor : read->tensors) {
    std::uint64_t length = size_of(tensor.type);
    for (const auto side : tensor.shape)
      length *= static_cast<std::uint64_t>(side);
    if (length != tensor.data.size() || !lies_within(tensor.data, file.view()))
      std::abort();
  }
  const auto again = ecco::read_safetensors(ecco::write_safetensors(read->tensors, read->metadata));
  if (!again || again->metadata != read->metadata || again->tensors.size() != read->tensors.size()
      || !std::equal(read->tensors.begin(), read->tensors.end(), again->tensors.begin(), same))
    std::abort();
  return 0;
}

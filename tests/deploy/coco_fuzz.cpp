// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>

#include <sys/mman.h>
#include <unistd.h>

#include "deploy/coco/read_coco.hpp"
#include "runtime/score/coco_figures.hpp"

namespace {

/// A file that is nowhere but in memory.
class memory_file {
 public:
  explicit memory_file(std::string_view text) : descriptor_{::memfd_create("coco", 0)} {
    if (::write(descriptor_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
      std::abort();
  }
  ~memory_file() { ::close(descriptor_); }
  memory_file(const memory_file&) = delete;
  memory_file& operator=(const memory_file&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

void check(const ecco::result<ecco::coco_input>& input) {
  if (!input) {
    if (input.error().what.empty())
      std::abort();
    return;
  }
  const auto ap = summarise(match(input->scene)).all.ap;
  if (!std::isnan(ap) && !(ap >= 0 && ap <= 1))
    std::abort();
}

} // namespace

/// A truth, a zero byte, results. What is read must give an average precision, what is not a reason.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view both{reinterpret_cast<const char*>(data), size};
  const auto border = both.find('\0');
  if (border == both.npos)
    return 0;
  const memory_file truth{both.substr(0, border)}, results{both.substr(border + 1)};
  for (auto regions : {ecco::coco_regions::boxes, ecco::coco_regions::masks})
    check(ecco::read_coco(truth.path(), results.path(), regions));
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "deploy/recorded_run.hpp"

#include <cstdio>
#include <memory>
#include <utility>

#include "config/load.hpp"
#include "messages/sha256.hpp"
#include "runtime/base/random.hpp"
#include "runtime/store/recording_file.hpp"

namespace ecco {

namespace {

/// Keeps what is said, and tells people when that cannot be done.
class recorder {
 public:
  explicit recorder(std::unique_ptr<recording_writer> to) : to_(std::move(to)) {}
  ~recorder() { tell(to_->finish()); }
  recorder(const recorder&) = delete;
  recorder& operator=(const recorder&) = delete;

  void keep(recorded_message& said) { tell(to_->append(said)); }

 private:
  static void tell(const result<void>& done) {
    if (!done)
      std::fprintf(stderr, "ecco: %s\n", render(done.error()).c_str());
  }

  std::unique_ptr<recording_writer> to_;
};

} // namespace

recording_header header_of(const settings& from, std::string node) {
  recording_header out;
  out.program = "ecco " ECCO_VERSION;
  out.node = std::move(node);
  out.seed = from.seed;
  out.config = to_yaml(from);
  const auto* text = reinterpret_cast<const std::uint8_t*>(out.config.data());
  out.config_sha256 = sha256_hex({text, out.config.size()});
  return out;
}

result<std::shared_ptr<tap>> make_tap(const settings& from, const std::filesystem::path& file,
                                      const recording_header& header) {
  if (file.empty() && !from.server.faults)
    return std::shared_ptr<tap>{};
  auto out = std::make_shared<tap>(seed_for(from.seed, "faults"));
  if (from.server.faults)
    out->allow_faults();
  if (file.empty())
    return out;
  auto opened = recording_writer::create(file, header);
  if (!opened)
    return tl::unexpected{opened.error()};
  out->watch([to = std::make_shared<recorder>(std::move(*opened))](recorded_message& said) { to->keep(said); });
  return out;
}

result<void> tap_system(caf::actor_system& system, const settings& from, const std::filesystem::path& file,
                        const recording_header& header) {
  auto made = make_tap(from, file, header);
  if (!made)
    return tl::unexpected{made.error()};
  attach_tap(system, std::move(*made));
  return {};
}

} // namespace ecco

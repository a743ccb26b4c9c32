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
  out->watch([to = std::shared_ptr<recording_writer>{std::move(*opened)}](recorded_message& record) {
    if (auto written = to->append(record); !written)
      std::fprintf(stderr, "ecco: %s\n", render(written.error()).c_str());
  });
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

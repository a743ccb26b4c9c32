// SPDX-License-Identifier: Apache-2.0
#include "deploy/weights_output.hpp"

#include <cstdio>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "deploy/whole_file.hpp"
#include "messages/sha256.hpp"
#include "runtime/learn/safetensors.hpp"
#include "runtime/learn/weights.hpp"

namespace ecco {

namespace {

existing_file about_existing(const weights_output& options) {
  return options.force ? existing_file::replace : existing_file::keep;
}

result<blob> with_metadata(const blob& file, const std::map<std::string, std::string>& more) {
  if (more.empty())
    return file;
  auto read = read_safetensors(file);
  if (!read)
    return tl::unexpected{read.error()};
  for (const auto& [key, value] : more)
    read->metadata[key] = value;
  return write_safetensors(read->tensors, read->metadata);
}

} // namespace

void add_weights_options(CLI::App& sub, weights_output& options) {
  sub.add_flag("--half", options.half, "fp16 in place of fp32");
  sub.add_flag("--force", options.force, "Replace the file when it is there already");
}

result<void> check_output(const weights_output& options) {
  return check_target(options.to, about_existing(options));
}

int write_weights(const common_options& common, const weights_output& options, const std::string& called,
                  const blob& from, const std::map<std::string, std::string>& metadata,
                  const nlohmann::json& facts) {
  const auto made =
      deployable(from, options.half ? scalar_type::f16 : scalar_type::f32).and_then([&](const blob& one) {
        return with_metadata(one, metadata);
      });
  if (!made)
    return give_up(common, {made.error().code, called + ": " + made.error().what, made.error().hint});
  if (auto written = write_whole_file(options.to, made->view(), about_existing(options)); !written)
    return give_up(common, written.error());
  const auto* elements = options.half ? "F16" : "F32";
  nlohmann::json out{{"ok", true},
                     {"file", options.to.string()},
                     {"elements", elements},
                     {"bytes", made->size()},
                     {"sha256", sha256_hex(made->view())}};
  out.update(facts);
  if (common.json)
    std::puts(out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  else
    std::puts(fmt::format("{}: {}, {:.2f} MB, sha256 {}", options.to.string(), elements,
                          1e-6 * static_cast<double>(made->size()), sha256_hex(made->view()))
                  .c_str());
  return exit_code::good;
}

} // namespace ecco

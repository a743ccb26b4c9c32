// SPDX-License-Identifier: Apache-2.0
#include "deploy/loaded_model.hpp"

#include <utility>

#include "deploy/whole_file.hpp"

namespace ecco {

namespace {

template <class T>
tl::unexpected<error> about(const std::string& file, const result<T>& failed) {
  return fail(failed.error().code, file + ": " + failed.error().what, failed.error().hint);
}

} // namespace

result<loaded_model> load_model(const std::filesystem::path& file, const picture_size& input,
                                const detection_options& options) {
  const auto read = read_weights(file);
  if (!read)
    return tl::unexpected{read.error()};
  return load_model(*read, file.string(), input, options);
}

result<loaded_model> load_model(const blob& file, const std::string& called, const picture_size& input,
                                const detection_options& options) {
  const auto facts = recognise(file);
  if (!facts)
    return about(called, facts);
  loaded_model model{*facts, facts->student, nullptr};
  model.spec.input_width = input.width;
  model.spec.input_height = input.height;
  auto detector = torch_detector::make(model.spec, options);
  if (!detector)
    return tl::unexpected{detector.error()};
  const auto weights = deployable(file, scalar_type::f32);
  if (!weights)
    return about(called, weights);
  if (auto taken = (*detector)->load(*weights); !taken)
    return about(called, taken);
  model.detector = std::move(*detector);
  return model;
}

} // namespace ecco

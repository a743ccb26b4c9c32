// SPDX-License-Identifier: Apache-2.0
#include "deploy/export_results.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "config/units.hpp"
#include "deploy/export/stored_models.hpp"
#include "deploy/report/text_file.hpp"
#include "runtime/learn/torch_process.hpp"
#include "runtime/learn/yolo11.hpp"

namespace ecco {

namespace {

/// By the option, or what the server told with the model.
result<picture_size> input_of(const results_options& options, const revision& facts) {
  if (options.input.empty() && facts.student.input_width != 0)
    return picture_size{facts.student.input_width, facts.student.input_height};
  if (options.input.empty())
    return fail(ec::invalid_argument, "the size of the model's input is not recorded",
                "say it: --input 640x640");
  const auto size = parse_picture_size(options.input);
  if (!size)
    return fail(ec::invalid_argument, "--input " + size.error().what, size.error().hint);
  return size;
}

result<model_choice> model_of(const frame_choice& frames, const results_options& options) {
  if (options.revision != 0)
    return model_choice{{}, {}, options.revision};
  if (frames.group)
    return model_choice{frames.group, {}, {}};
  if (frames.camera)
    return model_choice{{}, frames.camera, {}};
  return fail(ec::invalid_argument, "whose model shall look at the frames?",
              "name a --group, a --camera or a --revision");
}

} // namespace

results_exporter::results_exporter(loaded_model model, class_categories categories, coco_input input,
                                   std::uint32_t revision)
    : model_(std::move(model)), categories_(std::move(categories)),
      regions_(variant_of(model_.facts.student)->masks ? coco_regions::masks : coco_regions::boxes),
      input_(std::move(input)), revision_(revision) {}

result<std::unique_ptr<results_exporter>> results_exporter::make(const std::filesystem::path& state,
                                                                 const frame_choice& choice,
                                                                 const std::vector<std::string>& classes,
                                                                 const results_options& options) {
  const auto wanted = model_of(choice, options);
  if (!wanted)
    return tl::unexpected{wanted.error()};
  const auto stored = load_stored_model(state, *wanted);
  if (!stored)
    return tl::unexpected{stored.error()};
  const auto input = input_of(options, stored->facts);
  if (!input)
    return tl::unexpected{input.error()};
  const auto device = find_device(options.device);
  if (!device)
    return tl::unexpected{device.error()};
  use_threads(static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
  detection_options detecting;
  detecting.least_score = options.least_score;
  detecting.overlap = .7F; // as Ultralytics validates
  detecting.device = *device;
  const auto number = stored->facts.model.revision;
  auto model =
      load_model(stored->weights, state.string() + ": revision " + std::to_string(number), *input, detecting);
  if (!model)
    return tl::unexpected{model.error()};
  coco_input scene;
  for (std::size_t i = 0; i < classes.size(); ++i)
    scene.categories.push_back({static_cast<std::int64_t>(i) + 1, classes[i]});
  auto categories = categories_of(model->spec.classes, stored->facts.student.classes, scene.categories);
  if (!categories)
    return tl::unexpected{categories.error()};
  return std::unique_ptr<results_exporter>{
      new results_exporter{std::move(*model), std::move(*categories), std::move(scene), number}};
}

result<void> results_exporter::add(const std::vector<exported_frame>& frames) {
  std::vector<const image*> pictures;
  for (const auto& frame : frames)
    pictures.push_back(&frame.picture);
  const auto seen = model_.detector->detect(pictures);
  if (!seen)
    return tl::unexpected{seen.error()};
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const auto place = static_cast<std::uint32_t>(input_.images.size());
    const auto& picture = frames[i].picture;
    input_.images.push_back({static_cast<std::int64_t>(frames[i].number), picture.height, picture.width, {}});
    for (const auto& one : (*seen)[i])
      if (const auto category = categories_[one.class_id])
        add_detection(input_, one, picture, place, *category, regions_);
  }
  return {};
}

result<void> results_exporter::finish(const std::filesystem::path& folder) {
  return write_text(folder / "results.json", as_results(input_));
}

} // namespace ecco

// SPDX-License-Identifier: Apache-2.0
#include "tests/messages/samples.hpp"

namespace ecco::test {

namespace {

using namespace std::chrono_literals;

blob a_blob(std::initializer_list<std::uint8_t> content) {
  return blob{bytes{content}};
}

model_ref a_model(std::uint32_t revision) {
  return {.revision = revision, .sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"};
}

frame a_frame() {
  return {
      .camera = camera_id{"bridge-2"},
      .media_time = 1500ms,
      .role = sample_role::held_out,
      .picture = {.width = 2, .height = 1, .rgb = a_blob({1, 2, 3, 4, 5, 6})},
  };
}

detection a_detection() {
  return {.where = {.x1 = 0.125f, .y1 = 0.25f, .x2 = 0.5f, .y2 = 1}, .class_id = 2, .score = 0.75f};
}

label a_label() {
  return {.where = {.x1 = 0.25f, .y1 = 0.5f, .x2 = 0.75f, .y2 = 0.875f}, .class_id = 7, .ignore = true};
}

labelled_frame a_labelled_frame() {
  return {.shot = a_frame(), .labels = {a_label()}, .seen = {a_detection()}, .seen_by = 4};
}

camera_score a_score() {
  return {
      .camera = camera_id{"bridge-2"},
      .map50 = 0.5,
      .map = 0.25,
      .standard_error = 0.0625,
      .frames = 40,
      .objects = 120,
  };
}

time_spent a_time_spent() {
  return {.training = 3s, .evaluation = 900ms, .other = 100ms};
}

sampling_plan a_plan() {
  return {
      .train_fps = 0.5,
      .held_out_fps = 2,
      .width = 640,
      .height = 360,
      .bits_per_second = 400'000,
      .split = {.cycle = 20, .train = 12, .guard = 2, .held_out = 5},
  };
}

camera_status a_camera_status() {
  return {
      .camera = camera_id{"bridge-2"},
      .model = a_model(4),
      .frames_seen = 9'000,
      .frames_sent = 700,
      .bytes_sent = 5'000'000'000,
      .drift_score = 0.375,
      .confidence = 0.625,
      .objects = 3.5,
  };
}

std::vector<envelope> learning_samples() {
  return {
      sample_batch{.camera = camera_id{"bridge-2"}, .frames = {a_labelled_frame()}, .usual = 0},
      label_order{.frames = {a_frame()}},
      labels{.frames = {{a_label()}, {}}, .busy = 80ms},
      micro_window_grant{.term = epoch{6},
                         .window = 12,
                         .index = 3,
                         .group = group_id{7},
                         .worker = worker_id{"gpu.0"},
                         .slice = 4s,
                         .others = {},
                         .token = 0},
      micro_window_report{.term = epoch{6},
                          .window = 12,
                          .index = 3,
                          .group = group_id{7},
                          .worker = worker_id{"gpu.0"},
                          .accuracy_before = 0.5,
                          .accuracy_after = 0.625,
                          .standard_error = 0.03125,
                          .members = {a_score()},
                          .images = 512,
                          .loss = 1.75,
                          .spent = a_time_spent()},
      train_order{.group = group_id{7},
                  .worker = worker_id{"gpu.0"},
                  .base = 9,
                  .from_scratch = true,
                  .checkpoint = a_blob({10, 20, 30}),
                  .samples = {a_labelled_frame()},
                  .members = {camera_id{"bridge-2"}, camera_id{"tunnel"}},
                  .slice = 4s,
                  .seed = 0xfeedfacecafebeef,
                  .together = {}},
      train_report{.group = group_id{7},
                   .state = 10,
                   .checkpoint = a_blob({10, 20, 31}),
                   .weights = a_blob({40, 50}),
                   .before = {a_score()},
                   .after = {a_score(), a_score()},
                   .images = 512,
                   .loss = 1.75,
                   .spent = a_time_spent()},
      eval_order{.weights = a_blob({40, 50}), .frames = {a_labelled_frame()}},
      eval_report{.scores = {a_score()}, .busy = 300ms},
      model_update{.model = a_model(5), .weights = a_blob({40, 50, 60, 70, 80, 90, 100, 110, 120})},
      model_ack{.camera = camera_id{"bridge-2"}, .model = a_model(5)},
      model_candidate{.group = group_id{7},
                      .window = 12,
                      .parent = a_model(4),
                      .weights = a_blob({40, 50}),
                      .members = {{.candidate = a_score(), .deployed = a_score()}}},
      gate_verdict{
          .model = a_model(5), .deployed = {camera_id{"bridge-2"}}, .refused = {camera_id{"tunnel"}}},
      model_query{.revision = 5, .camera = camera_id{"bridge-2"}},
      rollback_order{.group = group_id{7}},
  };
}

std::vector<envelope> grouping_samples() {
  return {
      error{.code = ec::not_found, .what = "vtest.avi: no such file", .hint = "check the path"},
      retrain_request{.id = request_id{0xdeadbeef00000001},
                      .camera = camera_id{"bridge-2"},
                      .place = {.latitude = 52.5, .longitude = -13.25},
                      .age = 2s,
                      .reason = request_reason::injected,
                      .model = a_model(4)},
      request_answer{.id = request_id{0xdeadbeef00000001},
                     .group = group_id{7},
                     .joined = true,
                     .why = "fits the dusk group"},
      subsample_order{.since = 30s, .at_least = 16},
      join_order{.group = group_id{7}, .camera = camera_id{"bridge-2"}, .since = 2s, .evidence = {}},
      leave_order{.group = group_id{7}, .camera = camera_id{"bridge-2"}},
      regroup_event{.kind = regroup_kind::left,
                    .camera = camera_id{"bridge-2"},
                    .group = group_id{7},
                    .window = 12,
                    .why = "fell by 0.1"},
      job_started{.group = group_id{7}, .members = 3},
      job_ended{.group = group_id{7}},
      window_closed{.window = 12,
                    .jobs = {{.group = group_id{7}, .grants = 5, .accuracy = 0.625, .gain = -0.125}}},
      gpu_share{.group = group_id{7}, .window = 12, .p = 0.375, .c = 90s, .members = 3},
      a_plan(),
      encoded_segment{.camera = camera_id{"bridge-2"},
                      .sequence = 77,
                      .source = incarnation{0x0123456789abcdef},
                      .role = sample_role::guard,
                      .codec = "h264",
                      .width = 640,
                      .height = 360,
                      .frames = {{.media_time = 7s, .seen = {a_detection()}, .seen_by = 4}},
                      .stream = a_blob({0, 0, 0, 1, 9, 16})},
  };
}

std::vector<envelope> node_samples() {
  return {
      camera_hello{.camera = camera_id{"bridge-2"},
                   .process = incarnation{0x0123456789abcdef},
                   .place = {.latitude = 52.5, .longitude = -13.25},
                   .model = a_model(4)},
      camera_welcome{.media_host = "server.example",
                     .media_port = 7'070,
                     .media_token = 0xa5a5a5a5a5a5a5a5,
                     .plan = a_plan(),
                     .student = "yolo11n",
                     .input_width = 640,
                     .input_height = 384,
                     .classes = {"car", "traffic light"}},
      worker_hello{
          .worker = worker_id{"gpu.0"}, .process = incarnation{0xfedcba9876543210}, .device = "cuda:0"},
      worker_welcome{.student = "yolo11n",
                     .input_width = 640,
                     .input_height = 384,
                     .classes = {"car", "traffic light"},
                     .teacher = "yolo11x"},
      chunk{.transfer = 11, .offset = 65'536, .total = 70'000, .crc = 0xcbf43926, .part = {5, 6, 7}},
      chunk_ack{.transfer = 11, .offset = 65'539},
      a_camera_status(),
      arrival_report{
          .camera = camera_id{"bridge-2"}, .segments = 5, .frames = 25, .received = 250'000, .over = 5s},
      event{.at = 61s,
            .id = "camera.drifted",
            .camera = camera_id{"bridge-2"},
            .group = group_id{7},
            .worker = worker_id{"gpu.0"},
            .window = 12,
            .value = -2.5,
            .text = "la nuit est tombée"},
      status_query{},
      status_report{
          .uptime = 3600s,
          .term = epoch{6},
          .window = 12,
          .micro_window = 3,
          .cameras = {{.last = a_camera_status(), .online = true, .group = group_id{7}, .map50 = 0.5}},
          .groups = {{.group = group_id{7},
                      .members = {camera_id{"bridge-2"}},
                      .map50 = 0.5,
                      .share = 0.375,
                      .grants = 5}},
          .workers = {{.worker = worker_id{"gpu.0"}, .device = "cuda:0", .online = true, .busy = 1800s}},
          .actors = {"allocator", "camera/bridge-2"},
      },
      inject_order{.to = "grouper", .json = R"({"statusQuery":{}})", .fault = std::nullopt, .encoded = {}},
      inject_answer{.json = R"({"chunkAck":{}})"},
      expert_query{.camera = camera_id{"bridge-2"}, .revision = 4, .frames = {a_labelled_frame()}},
      archive_order{.group = group_id{7},
                    .window = 12,
                    .parent = a_model(4),
                    .weights = a_blob({40, 50, 60}),
                    .frames = {a_labelled_frame()}},
      rate_plan{.weight = 0.375},
  };
}

} // namespace

const std::vector<envelope>& samples() {
  static const auto all = [] {
    auto list = grouping_samples();
    for (const auto& part : {learning_samples(), node_samples()})
      list.insert(list.end(), part.begin(), part.end());
    return list;
  }();
  return all;
}

} // namespace ecco::test

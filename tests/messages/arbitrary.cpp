// SPDX-License-Identifier: Apache-2.0
#include "tests/messages/arbitrary.hpp"

#include <algorithm>
#include <array>

namespace ecco::test {

namespace {

// -- values -----------------------------------------------------------------

template <class Integer = std::uint32_t>
Integer number() {
  return *rc::gen::arbitrary<Integer>();
}

/// Uniform on both sides included; exact as a float.
double real(double low, double high) {
  constexpr int steps = 1 << 16;
  return low + (high - low) * *rc::gen::inRange(0, steps + 1) / steps;
}

double fraction() {
  return real(0, 1);
}

bool coin() {
  return *rc::gen::arbitrary<bool>();
}

duration span() {
  return duration{*rc::gen::nonNegative<std::int64_t>()};
}

template <class Enum>
Enum enumerator(Enum last) {
  return static_cast<Enum>(*rc::gen::inRange(0, static_cast<int>(last) + 1));
}

std::string name() {
  const auto first = *rc::gen::elementOf(std::string{"abcxyz0189"});
  const auto rest = *rc::gen::container<std::string>(rc::gen::elementOf(std::string{"abz019_-."}));
  return first + rest.substr(0, 62);
}

std::string name_or_empty() {
  return coin() ? name() : std::string{};
}

std::string text() {
  using namespace std::string_literals;
  std::string all;
  for (const auto& character : *rc::gen::container<std::vector<std::string>>(
           rc::gen::element("a"s, " "s, "\""s, "\\"s, "\n"s, "\x01"s, "\0"s, "ß"s, "日"s, "😀"s)))
    all += character;
  return all;
}

std::string text_not_empty() {
  return "t" + text();
}

bytes some_bytes(std::size_t count) {
  return *rc::gen::container<bytes>(count, rc::gen::arbitrary<std::uint8_t>());
}

blob a_blob(std::size_t most_bytes) {
  const auto content = some_bytes(*rc::gen::inRange(std::size_t{0}, most_bytes + 1));
  return content.empty() ? blob{} : blob{content};
}

/// Up to three of what `make` makes.
template <class Make>
auto some(Make make) {
  std::vector<decltype(make())> all;
  for (auto left = *rc::gen::inRange(0, 4); left > 0; --left)
    all.push_back(make());
  return all;
}

// -- parts of messages ------------------------------------------------------

camera_id camera() {
  return camera_id{name()};
}

camera_id camera_or_none() {
  return camera_id{name_or_empty()};
}

worker_id worker_or_none() {
  return worker_id{name_or_empty()};
}

group_id group() {
  return group_id{number()};
}

box a_box() {
  const auto [x1, x2] = std::minmax({fraction(), fraction()});
  const auto [y1, y2] = std::minmax({fraction(), fraction()});
  return {.x1 = static_cast<float>(x1),
          .y1 = static_cast<float>(y1),
          .x2 = static_cast<float>(x2),
          .y2 = static_cast<float>(y2)};
}

outline a_shape() {
  return {some([] {
    std::vector<corner> ring;
    for (auto left = *rc::gen::inRange(3, 9); left > 0; --left)
      ring.push_back({number<std::uint16_t>(), number<std::uint16_t>()});
    return ring;
  })};
}

detection a_detection() {
  return {.where = a_box(),
          .class_id = number<std::uint16_t>(),
          .score = static_cast<float>(fraction()),
          .shape = a_shape()};
}

label a_label() {
  return {.where = a_box(), .class_id = number<std::uint16_t>(), .ignore = coin(), .shape = a_shape()};
}

image an_image(std::size_t most_bytes) {
  if (most_bytes < 3)
    return {.width = 0, .height = number<std::uint16_t>(), .rgb = {}};
  const auto width = *rc::gen::inRange<std::size_t>(1, most_bytes / 3 + 1);
  const auto height = *rc::gen::inRange<std::size_t>(1, most_bytes / 3 / width + 1);
  return {.width = static_cast<std::uint16_t>(width),
          .height = static_cast<std::uint16_t>(height),
          .rgb = blob{some_bytes(3 * width * height)}};
}

frame a_frame(std::size_t most_bytes) {
  return {.camera = camera(),
          .media_time = span(),
          .role = enumerator(sample_role::guard),
          .picture = an_image(most_bytes)};
}

labelled_frame a_labelled_frame(std::size_t most_bytes) {
  return {.shot = a_frame(most_bytes),
          .labels = some(a_label),
          .seen = some(a_detection),
          .seen_by = number(),
          .before_drift = coin()};
}

std::vector<labelled_frame> labelled_frames(std::size_t most_bytes) {
  return some([&] { return a_labelled_frame(most_bytes); });
}

model_ref a_model() {
  const auto digit = rc::gen::elementOf(std::string{"0123456789abcdef"});
  return {.revision = number(),
          .sha256 = coin() ? *rc::gen::container<std::string>(64, digit) : std::string{}};
}

location a_place() {
  return {.latitude = real(-90, 90), .longitude = real(-180, 180)};
}

camera_score a_score() {
  return {.camera = camera(),
          .map50 = fraction(),
          .map = fraction(),
          .standard_error = real(0, 10),
          .frames = number(),
          .objects = number()};
}

time_spent spent() {
  return {.training = span(), .evaluation = span(), .other = span()};
}

sample_split a_split() {
  const auto part = [] { return static_cast<std::uint16_t>(*rc::gen::inRange(0, 20'000)); };
  sample_split split{.cycle = 0, .train = part(), .guard = part(), .held_out = part()};
  split.cycle = static_cast<std::uint16_t>(
      std::max(1, split.train + split.guard + split.held_out + *rc::gen::inRange(0, 5'000)));
  return split;
}

std::uint16_t even() {
  return number<std::uint16_t>() & 0xFFFE;
}

camera_status a_camera_status() {
  return {.camera = camera(),
          .model = a_model(),
          .frames_seen = number<std::uint64_t>(),
          .frames_sent = number<std::uint64_t>(),
          .bytes_sent = number<std::uint64_t>(),
          .drift_score = real(0, 3),
          .confidence = fraction(),
          .objects = real(0, 100),
          .place = coin() ? std::optional{a_place()} : std::nullopt,
          .rate = real(0, 1e9),
          .group = group()};
}

// -- messages ---------------------------------------------------------------

/// Specialised for each message below.
template <class T>
T any(std::size_t most_bytes);

template <>
error any(std::size_t) {
  return {.code = static_cast<ec>(*rc::gen::inRange(1, 14)), .what = text(), .hint = text()};
}

template <>
retrain_request any(std::size_t) {
  return {.id = request_id{number<std::uint64_t>()},
          .camera = camera(),
          .place = a_place(),
          .age = span(),
          .reason = enumerator(request_reason::injected),
          .model = a_model()};
}

template <>
request_answer any(std::size_t) {
  return {.id = request_id{number<std::uint64_t>()}, .group = group(), .joined = coin(), .why = text()};
}

template <>
subsample_order any(std::size_t) {
  return {.since = span(), .at_least = number()};
}

template <>
join_order any(std::size_t) {
  join_order order{.group = group(), .camera = camera(), .since = span(), .evidence = {}, .renew = coin()};
  if (coin())
    order.evidence = {.candidate = a_score(), .deployed = a_score()};
  return order;
}

template <>
leave_order any(std::size_t) {
  return {.group = group(), .camera = camera()};
}

template <>
regroup_event any(std::size_t) {
  const auto kind = enumerator(regroup_kind::ended);
  return {.kind = kind,
          .camera = kind == regroup_kind::ended ? camera_or_none() : camera(),
          .group = group(),
          .window = number(),
          .why = text()};
}

template <>
job_started any(std::size_t) {
  return {.group = group(), .members = number()};
}

template <>
job_ended any(std::size_t) {
  return {.group = group()};
}

template <>
window_closed any(std::size_t) {
  return {.window = number(),
          .jobs = some([] {
            return job_standing{
                .group = group(), .grants = number(), .accuracy = fraction(), .gain = real(-1, 1)};
          })};
}

template <>
gpu_share any(std::size_t) {
  return {.group = group(),
          .window = number(),
          .p = fraction(),
          .c = span(),
          .members = number(),
          .pixels_per_second = real(0, 1e9),
          .labels_per_second = real(0, 1e4)};
}

template <>
sampling_plan any(std::size_t) {
  return {.train_fps = real(0, 240),
          .held_out_fps = real(0, 240),
          .width = even(),
          .height = even(),
          .bits_per_second = number(),
          .split = a_split()};
}

template <>
rate_plan any(std::size_t) {
  return {.weight = real(1e-6, 1e6)};
}

template <>
encoded_segment any(std::size_t most_bytes) {
  return {.camera = camera(),
          .sequence = number<std::uint64_t>(),
          .source = incarnation{number<std::uint64_t>()},
          .role = enumerator(sample_role::guard),
          .codec = name(),
          .width = number<std::uint16_t>(),
          .height = number<std::uint16_t>(),
          .frames = some([] {
            return frame_note{.media_time = span(), .seen = some(a_detection), .seen_by = number()};
          }),
          .stream = a_blob(most_bytes)};
}

template <>
sample_batch any(std::size_t most_bytes) {
  sample_batch batch{.camera = camera(), .frames = labelled_frames(most_bytes), .usual = fraction()};
  for (auto& member : batch.frames)
    member.shot.camera = batch.camera;
  return batch;
}

template <>
label_order any(std::size_t most_bytes) {
  return {.frames = some([&] { return a_frame(most_bytes); })};
}

template <>
labels any(std::size_t) {
  return {.frames = some([] { return some(a_label); }), .busy = span()};
}

template <>
micro_window_grant any(std::size_t) {
  return {.term = epoch{number<std::uint64_t>()},
          .window = number(),
          .index = number(),
          .group = group(),
          .worker = worker_or_none(),
          .slice = span(),
          .others = some([] { return worker_id{name()}; }),
          .token = number<std::uint64_t>()};
}

template <>
micro_window_report any(std::size_t) {
  return {.term = epoch{number<std::uint64_t>()},
          .window = number(),
          .index = number(),
          .group = group(),
          .worker = worker_or_none(),
          .accuracy_before = fraction(),
          .accuracy_after = fraction(),
          .standard_error = real(0, 1),
          .members = some(a_score),
          .images = number(),
          .loss = real(-5, 100),
          .spent = spent(),
          .pixels = number<std::uint64_t>()};
}

static rendezvous a_rendezvous() {
  const auto size = *rc::gen::inRange<std::uint16_t>(1, rendezvous::most_ranks + 1);
  return {number<std::uint64_t>(), *rc::gen::inRange<std::uint16_t>(0, size), size};
}

template <>
train_order any(std::size_t most_bytes) {
  const auto from_scratch = coin();
  return {.group = group(),
          .worker = worker_or_none(),
          .base = number(),
          .from_scratch = from_scratch,
          .checkpoint = from_scratch ? a_blob(most_bytes) : blob{},
          .samples = labelled_frames(most_bytes),
          .members = some(camera),
          .slice = span(),
          .seed = number<std::uint64_t>(),
          .together = a_rendezvous()};
}

template <>
train_report any(std::size_t most_bytes) {
  return {.group = group(),
          .state = number(),
          .checkpoint = a_blob(most_bytes),
          .weights = a_blob(most_bytes),
          .before = some(a_score),
          .after = some(a_score),
          .images = number(),
          .loss = real(-5, 100),
          .spent = spent(),
          .pixels = number<std::uint64_t>()};
}

template <>
eval_order any(std::size_t most_bytes) {
  return {.weights = a_blob(most_bytes), .frames = labelled_frames(most_bytes), .features = coin()};
}

template <>
eval_report any(std::size_t) {
  return {.scores = some(a_score), .busy = span(),
          .features = some([] {
            return some([] { return static_cast<float>(*rc::gen::inRange(-1000, 1000)) / 8; });
          }),
          .others = some(a_score)};
}

template <>
expert_query any(std::size_t most_bytes) {
  return {.camera = coin() ? camera() : camera_id{},
          .revision = number(),
          .frames = labelled_frames(most_bytes),
          .own = coin() ? std::optional{model_update{a_model(), a_blob(most_bytes)}} : std::nullopt};
}

template <>
archive_order any(std::size_t most_bytes) {
  return {.group = group(),
          .window = number(),
          .parent = a_model(),
          .weights = a_blob(most_bytes),
          .frames = labelled_frames(most_bytes)};
}

template <>
model_update any(std::size_t most_bytes) {
  return {.model = a_model(), .weights = a_blob(most_bytes)};
}

template <>
model_ack any(std::size_t) {
  return {.camera = camera(), .model = a_model()};
}

template <>
model_candidate any(std::size_t most_bytes) {
  return {.group = group(),
          .window = number(),
          .parent = a_model(),
          .weights = a_blob(most_bytes),
          .members = some([] {
            gate_evidence evidence{.candidate = a_score(), .deployed = a_score(), .revision = number()};
            if (coin())
              evidence.before_drift = {a_score(), a_score()};
            return evidence;
          })};
}

template <>
gate_verdict any(std::size_t) {
  return {.model = a_model(), .deployed = some(camera), .refused = some(camera)};
}

template <>
model_query any(std::size_t) {
  const auto revision = number();
  return {.revision = revision,
          .camera = revision == 0 ? camera() : camera_or_none(),
          .name_only = coin()};
}

template <>
rollback_order any(std::size_t) {
  return {.group = group(), .camera = camera_or_none(), .why = text()};
}

template <>
camera_hello any(std::size_t) {
  return {.camera = camera(),
          .process = incarnation{number<std::uint64_t>()},
          .place = a_place(),
          .model = a_model()};
}

template <>
camera_welcome any(std::size_t) {
  return {.media_host = text(),
          .media_port = number<std::uint16_t>(),
          .media_token = number<std::uint64_t>(),
          .plan = any<sampling_plan>(0),
          .student = name(),
          .input_width = number<std::uint16_t>(),
          .input_height = number<std::uint16_t>(),
          .classes = some(text_not_empty)};
}

template <>
worker_hello any(std::size_t) {
  return {.worker = worker_id{name()}, .process = incarnation{number<std::uint64_t>()}, .device = text()};
}

template <>
worker_welcome any(std::size_t) {
  return {.student = name(),
          .input_width = number<std::uint16_t>(),
          .input_height = number<std::uint16_t>(),
          .classes = some(text_not_empty),
          .teacher = text()};
}

template <>
chunk any(std::size_t most_bytes) {
  const auto part = some_bytes(*rc::gen::inRange(std::size_t{0}, most_bytes + 1));
  const auto offset = *rc::gen::inRange<std::uint64_t>(0, 1u << 27);
  return {.transfer = number<std::uint64_t>(),
          .offset = offset,
          .total = offset + part.size() + *rc::gen::inRange<std::uint64_t>(0, 1u << 20),
          .crc = number(),
          .part = part};
}

template <>
chunk_ack any(std::size_t) {
  return {.transfer = number<std::uint64_t>(), .offset = number<std::uint64_t>()};
}

template <>
camera_status any(std::size_t) {
  return a_camera_status();
}

template <>
arrival_report any(std::size_t) {
  return {.camera = camera(),
          .segments = number(),
          .frames = number(),
          .received = number<std::uint64_t>(),
          .over = span()};
}

template <>
event any(std::size_t) {
  return {.at = span(),
          .id = text_not_empty(),
          .camera = camera_or_none(),
          .group = group(),
          .worker = worker_or_none(),
          .window = number(),
          .value = real(-1e9, 1e9),
          .text = text()};
}

template <>
status_query any(std::size_t) {
  return {};
}

template <>
status_report any(std::size_t) {
  return {.uptime = span(),
          .term = epoch{number<std::uint64_t>()},
          .window = number(),
          .micro_window = number(),
          .cameras = some([] {
            return camera_standing{
                .last = a_camera_status(), .online = coin(), .group = group(), .map50 = fraction(),
                .arriving = real(0, 1e9), .truth50 = coin() ? std::optional{fraction()} : std::nullopt,
                .teacher50 = coin() ? std::optional{fraction()} : std::nullopt};
          }),
          .groups = some([] {
            return group_standing{.group = group(),
                                  .members = some(camera),
                                  .map50 = fraction(),
                                  .share = fraction(),
                                  .grants = number()};
          }),
          .workers = some([] {
            return worker_standing{
                .worker = worker_id{name()}, .device = text(), .online = coin(), .busy = span()};
          }),
          .actors = some(text_not_empty)};
}

template <>
inject_order any(std::size_t most_bytes) {
  if (most_bytes > 0 && coin())
    return {.to = text_not_empty(), .json = {}, .fault = std::nullopt, .encoded = blob{some_bytes(most_bytes)}};
  if (coin()) {
    const auto fate = static_cast<message_fate>(1 + number<std::uint8_t>() % 4);
    const auto delay = fate == message_fate::delayed ? duration{1'000} : duration{};
    const fault_rule rule{fate, text(), text(), text(), number<std::uint64_t>(), fraction(), delay};
    return {.to = {}, .json = {}, .fault = rule, .encoded = {}};
  }
  return {.to = text_not_empty(), .json = text(), .fault = std::nullopt, .encoded = {}};
}

template <>
inject_answer any(std::size_t) {
  return {.json = text()};
}

template <std::size_t I>
envelope any_alternative(std::size_t most_bytes) {
  return envelope{std::in_place_index<I>, any<std::variant_alternative_t<I, envelope>>(most_bytes)};
}

template <std::size_t... I>
envelope any_of_kind(std::size_t kind, std::size_t most_bytes, std::index_sequence<I...>) {
  constexpr std::array makers{&any_alternative<I>...};
  return makers.at(kind)(most_bytes);
}

} // namespace

rc::Gen<envelope> arbitrary_message(std::size_t kind, std::size_t most_bytes) {
  return rc::gen::exec([=] {
    return any_of_kind(kind, most_bytes, std::make_index_sequence<std::variant_size_v<envelope>>{});
  });
}

} // namespace ecco::test

// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <functional>

#include <boost/test/unit_test.hpp>

#include "messages/codec.hpp"
#include "tests/messages/samples.hpp"

using namespace ecco;
using namespace std::chrono_literals;

namespace {

/// Spoils the sample of type `T`, and expects the error to be exactly `says`.
template <class T>
void refused(const std::string& says, const std::function<void(T&)>& spoil) {
  auto message = test::sample<T>();
  spoil(message);
  const auto decoded = decode(encode(message));
  BOOST_REQUIRE_MESSAGE(!decoded, "accepted: " << says);
  BOOST_TEST(to_string(decoded.error().code) == "invalid_argument");
  BOOST_TEST(decoded.error().what == says);
}

} // namespace

BOOST_AUTO_TEST_SUITE(ranges)

BOOST_AUTO_TEST_CASE(boxes_lie_within_the_picture_and_are_ordered) {
  const std::string where = "trainOrder.samples[0].labels[0].where.";
  const auto box_of = [](train_order& order) -> box& { return order.samples[0].labels[0].where; };
  refused<train_order>(where + "x1 is nan", [=](auto& m) { box_of(m).x1 = static_cast<float>(NAN); });
  refused<train_order>(where + "x1 is -0.5, not within 0 to 1", [=](auto& m) { box_of(m).x1 = -0.5f; });
  refused<train_order>(where + "y1 is inf, not within 0 to 1",
                       [=](auto& m) { box_of(m).y1 = static_cast<float>(INFINITY); });
  refused<train_order>(where + "x2 is 1.5, not within 0 to 1", [=](auto& m) { box_of(m).x2 = 1.5f; });
  refused<train_order>(where + "y2 is nan", [=](auto& m) { box_of(m).y2 = static_cast<float>(NAN); });
  refused<train_order>(where + "x1 is right of x2", [=](auto& m) { box_of(m).x2 = 0.125f; });
  refused<train_order>(where + "y1 is below y2", [=](auto& m) { box_of(m).y2 = 0.125f; });
}

BOOST_AUTO_TEST_CASE(rings_have_three_corners_or_more_and_shapes_a_bounded_number) {
  const auto square = std::vector<corner>{{0, 0}, {65'535, 0}, {65'535, 65'535}, {0, 65'535}};
  const std::string of_label = "trainOrder.samples[0].labels[0].shape";
  refused<train_order>(of_label + "[1] has 4 numbers, not x and y of three corners or more", [=](auto& m) {
    m.samples[0].labels[0].shape.rings = {square, {square[0], square[1]}};
  });
  refused<train_order>(of_label + "[0] has 0 numbers, not x and y of three corners or more",
                       [](auto& m) { m.samples[0].labels[0].shape.rings = {{}}; });
  refused<train_order>(of_label + " has 65 entries, at most 64",
                       [=](auto& m) { m.samples[0].labels[0].shape.rings.assign(65, square); });
  refused<encoded_segment>(
      "encodedSegment.frames[0].seen[0].shape[2] is one ring too many: they have more than 4096 corners",
      [](auto& m) { m.frames[0].seen[0].shape.rings.assign(3, std::vector<corner>(2'000)); });

  auto largest = test::sample<train_order>();
  largest.samples[0].labels[0].shape.rings.assign(64, std::vector<corner>(64));
  const auto decoded = decode(encode(largest));
  BOOST_TEST_REQUIRE(decoded.has_value());
  BOOST_TEST((*decoded == envelope{largest}));
}

BOOST_AUTO_TEST_CASE(the_place_counts_the_elements_of_lists) {
  refused<train_order>("trainOrder.samples[3].seen[1].score is nan", [](auto& m) {
    m.samples.assign(5, m.samples[0]);
    m.samples[3].seen.assign(2, m.samples[3].seen[0]);
    m.samples[3].seen[1].score = static_cast<float>(NAN);
  });
  refused<labels>("labels.frames[1][0].where.x1 is nan", [](auto& m) {
    m.frames[1] = m.frames[0];
    m.frames[1][0].where.x1 = static_cast<float>(NAN);
  });
}

BOOST_AUTO_TEST_CASE(fractions_are_from_0_to_1) {
  refused<sample_batch>("sampleBatch.frames[0].seen[0].score is 2, not within 0 to 1",
                        [](auto& m) { m.frames[0].seen[0].score = 2; });
  refused<gpu_share>("gpuShare.pixelsPerSecond is nan", [](auto& m) { m.pixels_per_second = NAN; });
  refused<gpu_share>("gpuShare.labelsPerSecond is -1, less than 0", [](auto& m) { m.labels_per_second = -1; });
  refused<gpu_share>("gpuShare.p is nan", [](auto& m) { m.p = NAN; });
  refused<gpu_share>("gpuShare.p is 1.01, not within 0 to 1", [](auto& m) { m.p = 1.01; });
  refused<eval_report>("evalReport.scores[0].map50 is -1, not within 0 to 1",
                       [](auto& m) { m.scores[0].map50 = -1; });
  refused<eval_report>("evalReport.scores[0].map is 1.5, not within 0 to 1",
                       [](auto& m) { m.scores[0].map = 1.5; });
  refused<micro_window_report>("microWindowReport.accuracyBefore is 2, not within 0 to 1",
                               [](auto& m) { m.accuracy_before = 2; });
  refused<micro_window_report>("microWindowReport.accuracyAfter is inf, not within 0 to 1",
                               [](auto& m) { m.accuracy_after = INFINITY; });
  refused<window_closed>("windowClosed.jobs[0].accuracy is 7, not within 0 to 1",
                         [](auto& m) { m.jobs[0].accuracy = 7; });
  refused<camera_status>("cameraStatus.confidence is nan", [](auto& m) { m.confidence = NAN; });
  refused<status_report>("statusReport.groups[0].share is nan", [](auto& m) { m.groups[0].share = NAN; });
  refused<status_report>("statusReport.cameras[0].map50 is 2, not within 0 to 1",
                         [](auto& m) { m.cameras[0].map50 = 2; });
}

BOOST_AUTO_TEST_CASE(other_numbers_keep_their_ranges) {
  refused<retrain_request>("retrainRequest.place.latitude is 90.5, not within -90 to 90",
                           [](auto& m) { m.place.latitude = 90.5; });
  refused<camera_hello>("cameraHello.place.longitude is nan", [](auto& m) { m.place.longitude = NAN; });
  refused<window_closed>("windowClosed.jobs[0].gain is -2, not within -1 to 1",
                         [](auto& m) { m.jobs[0].gain = -2; });
  refused<eval_report>("evalReport.scores[0].standardError is -1, less than 0",
                       [](auto& m) { m.scores[0].standard_error = -1; });
  refused<micro_window_report>("microWindowReport.standardError is inf",
                               [](auto& m) { m.standard_error = INFINITY; });
  refused<micro_window_report>("microWindowReport.loss is nan", [](auto& m) { m.loss = NAN; });
  refused<train_report>("trainReport.loss is -inf", [](auto& m) { m.loss = -INFINITY; });
  refused<camera_status>("cameraStatus.place.latitude is 91, not within -90 to 90", [](auto& m) { m.place = location{91, 0}; });
  refused<camera_status>("cameraStatus.driftScore is nan", [](auto& m) { m.drift_score = NAN; });
  refused<camera_status>("cameraStatus.objects is -1, less than 0", [](auto& m) { m.objects = -1; });
  refused<event>("event.value is inf", [](auto& m) { m.value = INFINITY; });
}

BOOST_AUTO_TEST_CASE(plans_can_be_followed) {
  refused<sampling_plan>("samplingPlan.trainFps is 241, not within 0 to 240",
                         [](auto& m) { m.train_fps = 241; });
  refused<sampling_plan>("samplingPlan.heldOutFps is nan", [](auto& m) { m.held_out_fps = NAN; });
  refused<rate_plan>("ratePlan.weight is 0, not within 1e-06 to 1e+06", [](auto& m) { m.weight = 0; });
  refused<rate_plan>("ratePlan.weight is nan", [](auto& m) { m.weight = NAN; });
  refused<camera_status>("cameraStatus.rate is -1, less than 0", [](auto& m) { m.rate = -1; });
  refused<sampling_plan>("samplingPlan.width is 641, not even", [](auto& m) { m.width = 641; });
  refused<sampling_plan>("samplingPlan.height is 1, not even", [](auto& m) { m.height = 1; });
  refused<sampling_plan>("samplingPlan.split.cycle is 0", [](auto& m) { m.split.cycle = 0; });
  refused<camera_welcome>("cameraWelcome.plan.split.cycle is shorter than train, guard and heldOut together",
                          [](auto& m) { m.plan.split.train = 65'535; });
}

BOOST_AUTO_TEST_CASE(spans_of_time_are_not_negative) {
  refused<retrain_request>("retrainRequest.age is -1 ns, less than 0", [](auto& m) { m.age = -1ns; });
  refused<subsample_order>("subsampleOrder.since is -1 ns, less than 0", [](auto& m) { m.since = -1ns; });
  refused<join_order>("joinOrder.evidence.candidate.map50 is 2, not within 0 to 1",
                      [](auto& m) { m.evidence = gate_evidence{{camera_id{"a"}, 2, 0, 0, 0, 0}, {}}; });
  refused<join_order>("joinOrder.since is -1 ns, less than 0", [](auto& m) { m.since = -1ns; });
  refused<gpu_share>("gpuShare.c is -1000000000 ns, less than 0", [](auto& m) { m.c = -1s; });
  refused<micro_window_grant>("microWindowGrant.slice is -1 ns, less than 0",
                              [](auto& m) { m.slice = -1ns; });
  refused<train_order>("trainOrder.slice is -1 ns, less than 0", [](auto& m) { m.slice = -1ns; });
  refused<train_report>("trainReport.spent.other is -1 ns, less than 0",
                        [](auto& m) { m.spent.other = -1ns; });
  refused<label_order>("labelOrder.frames[0].mediaTime is -1 ns, less than 0",
                       [](auto& m) { m.frames[0].media_time = -1ns; });
  refused<encoded_segment>("encodedSegment.frames[0].mediaTime is -1 ns, less than 0",
                           [](auto& m) { m.frames[0].media_time = -1ns; });
  refused<labels>("labels.busy is -1 ns, less than 0", [](auto& m) { m.busy = -1ns; });
  refused<event>("event.at is -1 ns, less than 0", [](auto& m) { m.at = -1ns; });
}

BOOST_AUTO_TEST_CASE(a_rank_is_one_of_those_that_meet) {
  refused<train_order>("trainOrder.together.size is 0, not within 1 to 256", [](auto& m) { m.together.size = 0; });
  refused<train_order>("trainOrder.together.size is 257, not within 1 to 256", [](auto& m) { m.together.size = 257; });
  refused<train_order>("trainOrder.together.rank is 2, not within 0 to 1", [](auto& m) { m.together = {7, 2, 2}; });
  refused<micro_window_grant>("microWindowGrant.others has 256 entries, at most 255",
                              [](auto& m) { m.others.assign(256, worker_id{"gpu"}); });
  refused<micro_window_grant>("microWindowGrant.others[1] is empty",
                              [](auto& m) { m.others = {worker_id{"gpu1"}, worker_id{}}; });
}

BOOST_AUTO_TEST_CASE(names_are_given_and_well_formed) {
  refused<retrain_request>("retrainRequest.camera is empty", [](auto& m) { m.camera = {}; });
  refused<retrain_request>("retrainRequest.camera is not a name", [](auto& m) { m.camera.value = "../etc"; });
  refused<worker_hello>("workerHello.worker is empty", [](auto& m) { m.worker = {}; });
  refused<train_order>("trainOrder.members[1] is empty", [](auto& m) { m.members[1] = {}; });
  refused<gate_verdict>("gateVerdict.refused[0] is not a name", [](auto& m) { m.refused[0].value = "A"; });
  refused<model_candidate>("modelCandidate.members[0].deployed.camera is empty",
                           [](auto& m) { m.members[0].deployed.camera = {}; });
  refused<event>("event.worker is not a name", [](auto& m) { m.worker.value = "no spaces"; });
  refused<event>("event.id is empty", [](auto& m) { m.id.clear(); });
  refused<regroup_event>("regroupEvent.camera is empty", [](auto& m) { m.camera = {}; });
  refused<model_query>("modelQuery names neither a revision nor a camera", [](auto& m) { m = {}; });
  refused<encoded_segment>("encodedSegment.codec is not a name", [](auto& m) { m.codec = "H.264"; });
  refused<camera_welcome>("cameraWelcome.student is empty", [](auto& m) { m.student.clear(); });
  refused<worker_welcome>("workerWelcome.classes[1] is empty", [](auto& m) { m.classes[1].clear(); });
  refused<inject_order>("injectOrder.to is empty", [](auto& m) { m.to.clear(); });
  refused<inject_order>("injectOrder has a fault and a message", [](auto& m) { m.fault.emplace(); });
  refused<inject_order>("injectOrder has its message twice", [](auto& m) { m.encoded = blob{bytes(8)}; });
  const auto with_fault = [](auto change) {
    return [change](auto& m) {
      m = {{}, {}, fault_rule{}, {}};
      change(*m.fault);
    };
  };
  refused<inject_order>("injectOrder.fault.fate is delivered, which is no fault",
                        with_fault([](fault_rule& rule) { rule.fate = message_fate::delivered; }));
  refused<inject_order>("injectOrder.fault.probability is nan",
                        with_fault([](fault_rule& rule) { rule.probability = NAN; }));
  refused<inject_order>("injectOrder.fault.probability is 1.5, not within 0 to 1",
                        with_fault([](fault_rule& rule) { rule.probability = 1.5; }));
  refused<inject_order>("injectOrder.fault.delay is for delayed messages, and then longer than 0",
                        with_fault([](fault_rule& rule) { rule.delay = duration{1}; }));
  refused<inject_order>("injectOrder.fault.delay is for delayed messages, and then longer than 0",
                        with_fault([](fault_rule& rule) { rule.fate = message_fate::delayed; }));
}

BOOST_AUTO_TEST_CASE(text_is_utf8_of_bounded_length) {
  refused<request_answer>("requestAnswer.why is not UTF-8", [](auto& m) { m.why = "\xFF"; });
  refused<error>("error.what has 1048577 bytes, at most 1048576",
                 [](auto& m) { m.what.assign((1 << 20) + 1, 'a'); });
  refused<inject_order>("injectOrder.json has 16777217 bytes, at most 16777216",
                        [](auto& m) { m.json.assign((16 << 20) + 1, 'a'); });
}

BOOST_AUTO_TEST_CASE(hashes_are_empty_or_64_lower_case_digits) {
  const std::string says = "modelAck.model.sha256 is not 64 lower-case hexadecimal digits";
  refused<model_ack>(says, [](auto& m) { m.model.sha256.pop_back(); });
  refused<model_ack>(says, [](auto& m) { m.model.sha256[7] = 'A'; });
  refused<model_ack>(says, [](auto& m) { m.model.sha256[0] = 'g'; });
}

BOOST_AUTO_TEST_CASE(a_picture_has_three_bytes_a_pixel) {
  refused<label_order>("labelOrder.frames[0].picture.rgb has 6 bytes, not 3 * width * height = 9",
                       [](auto& m) { m.frames[0].picture.width = 3; });
  refused<label_order>("labelOrder.frames[0].picture.rgb has 6 bytes, not 3 * width * height = 12884508675",
                       [](auto& m) { m.frames[0].picture.width = m.frames[0].picture.height = 65'535; });
}

BOOST_AUTO_TEST_CASE(enumerators_are_known) {
  const auto later = 200;
  refused<error>("error.code is none", [](auto& m) { m.code = ec{}; });
  refused<error>("error.code is enumerant 200, unknown here",
                 [=](auto& m) { m.code = static_cast<ec>(later); });
  refused<retrain_request>("retrainRequest.reason is enumerant 200, unknown here",
                           [=](auto& m) { m.reason = static_cast<request_reason>(later); });
  refused<regroup_event>("regroupEvent.kind is enumerant 200, unknown here",
                         [=](auto& m) { m.kind = static_cast<regroup_kind>(later); });
  refused<encoded_segment>("encodedSegment.role is enumerant 200, unknown here",
                           [=](auto& m) { m.role = static_cast<sample_role>(later); });
}

BOOST_AUTO_TEST_CASE(lists_are_bounded) {
  refused<eval_order>("evalOrder.frames[0].labels has 4097 entries, at most 4096",
                      [](auto& m) { m.frames[0].labels.assign(4'097, {}); });
  refused<encoded_segment>("encodedSegment.frames has 65537 entries, at most 65536",
                           [](auto& m) { m.frames.assign(65'537, {}); });
  refused<gate_verdict>("gateVerdict.deployed has 65537 entries, at most 65536",
                        [](auto& m) { m.deployed.assign(65'537, camera_id{"a"}); });
}

BOOST_AUTO_TEST_CASE(fields_do_not_contradict_each_other) {
  refused<sample_batch>("sampleBatch.frames[0].shot.camera is not the batch's camera",
                        [](auto& m) { m.camera.value = "tunnel"; });
  refused<train_order>("trainOrder.checkpoint is not empty, though fromScratch is false",
                       [](auto& m) { m.from_scratch = false; });
  refused<chunk>("chunk.part ends beyond total", [](auto& m) { m.offset = m.total - 2; });
  refused<chunk>("chunk.part ends beyond total", [](auto& m) { m.offset = ~std::uint64_t{0}; });
  refused<chunk>("chunk.total is 268435457 bytes, at most 268435456",
                 [](auto& m) { m.total = max_message_bytes + 1; });
}

BOOST_AUTO_TEST_SUITE_END()

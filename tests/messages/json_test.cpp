// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include "messages/codec.hpp"
#include "tests/messages/arbitrary.hpp"
#include "tests/messages/samples.hpp"
#include "tests/messages/why.hpp"

using namespace ecco;
using namespace std::chrono_literals;

namespace {

void refused(const std::string& json, const std::string& says, const std::string& hints = {}) {
  const auto message = from_json(json);
  BOOST_REQUIRE_MESSAGE(!message, "accepted: " << json.substr(0, 200));
  BOOST_TEST(message.error().what == says);
  BOOST_TEST(message.error().hint.find(hints) != std::string::npos, message.error().hint);
}

template <class T>
T read_as(const std::string& json) {
  const auto message = from_json(json);
  BOOST_REQUIRE_MESSAGE(message, test::why(message));
  return std::get<T>(*message);
}

} // namespace

BOOST_AUTO_TEST_SUITE(json)

BOOST_AUTO_TEST_CASE(any_message_without_blobs_comes_back_as_it_was) {
  for (std::size_t kind = 0; kind < std::variant_size_v<envelope>; ++kind) {
    const auto name = std::string{kind_of(test::samples()[kind])};
    BOOST_TEST(rc::check(name + " comes back from JSON", [=] {
      const auto message = *test::arbitrary_message(kind, 0);
      const auto parsed = from_json(to_json(message));
      if (!parsed)
        RC_FAIL(render(parsed.error()) + " in " + to_json(message));
      RC_ASSERT(*parsed == message);
    }));
  }
}

BOOST_AUTO_TEST_CASE(messages_are_shown_in_the_words_of_the_schema) {
  BOOST_TEST(to_json(status_query{}) == R"({"statusQuery":{}})");
  BOOST_TEST(to_json(test::sample<join_order>())
             == R"({"joinOrder":{"group":7,"camera":"bridge-2","since":"2000000000","renew":false}})");
  BOOST_TEST(to_json(test::sample<error>())
             == R"({"error":{"code":"notFound","what":"vtest.avi: no such file","hint":"check the path"}})");
}

BOOST_AUTO_TEST_CASE(blobs_are_shown_as_their_size) {
  BOOST_TEST(to_json(model_update{.model = {.revision = 5, .sha256 = {}}, .weights = blob{bytes(1'000'000)}})
             == R"({"modelUpdate":{"model":{"revision":5,"sha256":""},"weights":1000000}})");
}

BOOST_AUTO_TEST_CASE(floats_are_shown_with_the_digits_they_need) {
  labels answer{.frames = {{{.where = {.x1 = 0.1f, .y1 = 0.2f, .x2 = 0.21f, .y2 = 1}}}}, .busy = {}};
  BOOST_TEST(to_json(answer).find(R"({"x1":0.1,"y1":0.2,"x2":0.21,"y2":1})") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(unknown_numbers_are_nan_in_json_too) {
  event happening{
      .at = 1s, .id = "x", .camera = {}, .group = {}, .worker = {}, .window = 0, .value = NAN, .text = {}};
  BOOST_TEST(to_json(happening).find(R"("value":"NaN")") != std::string::npos);
  BOOST_TEST(std::isnan(read_as<event>(to_json(happening)).value));
  refused(R"({"event":{"id":"x","value":"Infinity"}})", "event.value is inf");
}

BOOST_AUTO_TEST_CASE(absent_fields_take_the_defaults_of_the_schema) {
  const auto plan = read_as<sampling_plan>(R"({"samplingPlan":{"trainFps":0.5,"width":640,"height":360}})");
  BOOST_TEST((plan.split == sample_split{}));
  BOOST_TEST(plan.bits_per_second == 0u);
  refused(R"({"retrainRequest":{"id":1}})", "retrainRequest.camera is empty");
}

BOOST_AUTO_TEST_CASE(long_numbers_may_be_numbers_or_strings) {
  BOOST_TEST(read_as<chunk_ack>(R"({"chunkAck":{"transfer":7,"offset":"8"}})").offset == 8u);
  BOOST_TEST(read_as<chunk_ack>(R"({"chunkAck":{"offset":9007199254740992}})").offset == 1ull << 53);
  BOOST_TEST(read_as<chunk_ack>(R"({"chunkAck":{"offset":"18446744073709551615"}})").offset == ~0ull);
  BOOST_TEST((read_as<join_order>(R"({"joinOrder":{"camera":"a","since":2000000000}})").since == 2s));
  refused(R"({"chunkAck":{"offset":9007199254740994}})", "chunkAck.offset is too large for a JSON number",
          "write it as a string");
  refused(R"({"chunkAck":{"offset":"18446744073709551616"}})",
          "chunkAck.offset is not an integer from 0 to 18446744073709551615");
  refused(R"({"chunkAck":{"offset":-1}})",
          "chunkAck.offset is not an integer from 0 to 18446744073709551615");
  refused(R"({"chunkAck":{"offset":"8 "}})",
          "chunkAck.offset is not an integer from 0 to 18446744073709551615");
}

BOOST_AUTO_TEST_CASE(values_of_a_wrong_type_name_their_field) {
  refused(R"({"retrainRequest":{"camera":7}})", "retrainRequest.camera is not a string");
  refused(R"({"retrainRequest":{"camera":null}})", "retrainRequest.camera is not a string");
  refused(R"({"retrainRequest":{"place":[]}})", "retrainRequest.place is not an object");
  refused(R"({"retrainRequest":{"place":{"latitude":"52"}}})",
          R"(retrainRequest.place.latitude is not a number (or "NaN"))");
  refused(R"({"retrainRequest":{"place":{"latitude":null}}})",
          R"(retrainRequest.place.latitude is not a number (or "NaN"))");
  refused(R"({"requestAnswer":{"joined":1}})", "requestAnswer.joined is not true or false");
  refused(R"({"labels":{"frames":[[],[{"classId":70000}]]}})",
          "labels.frames[1][0].classId is not an integer from 0 to 65535");
  refused(R"({"jobStarted":{"members":1.5}})", "jobStarted.members is not an integer from 0 to 4294967295");
  refused(R"({"jobStarted":{"members":1e999}})", "jobStarted.members is not an integer from 0 to 4294967295");
  refused(R"({"jobStarted":7})", "jobStarted is not an object");
  refused(R"({"gateVerdict":{"refused":{}}})", "gateVerdict.refused is not a list");
  refused(R"({"gateVerdict":{"refused":["a",1]}})", "gateVerdict.refused[1] is not a string");
}

BOOST_AUTO_TEST_CASE(values_out_of_range_name_their_field) {
  refused(R"({"labels":{"frames":[[{"where":{"x1":2}}]]}})",
          "labels.frames[0][0].where.x1 is 2, not within 0 to 1");
  refused(R"({"labels":{"frames":[[{"where":{"x1":1e99}}]]}})",
          "labels.frames[0][0].where.x1 is inf, not within 0 to 1");
  refused(R"({"joinOrder":{"camera":"a","since":-5}})", "joinOrder.since is -5 ns, less than 0");
}

BOOST_AUTO_TEST_CASE(shapes_are_lists_of_numbers_and_left_out_when_there_is_none) {
  labels answer{.frames = {{{.where = {}, .shape = {{{{0, 0}, {9, 0}, {9, 7}}}}}}}, .busy = {}};
  BOOST_TEST(to_json(answer).find(R"("shape":[[0,0,9,0,9,7]])") != std::string::npos, to_json(answer));
  BOOST_TEST((read_as<labels>(to_json(answer)) == answer));
  answer.frames[0][0].shape = {};
  BOOST_TEST(to_json(answer).find("shape") == std::string::npos, to_json(answer));
  refused(R"({"labels":{"frames":[[{"shape":[[0,0,9,0,9]]}]]}})",
          "labels.frames[0][0].shape[0] has 5 numbers, not x and y of three corners or more");
  refused(R"({"labels":{"frames":[[{"shape":[[0,0,9,0,9,65536]]}]]}})",
          "labels.frames[0][0].shape[0][5] is not an integer from 0 to 65535");
  refused(R"({"labels":{"frames":[[{"shape":[7]}]]}})", "labels.frames[0][0].shape[0] is not a list");
}

BOOST_AUTO_TEST_CASE(bytes_cannot_be_given) {
  refused(R"({"modelUpdate":{"weights":12}})", "modelUpdate.weights holds bytes, which JSON cannot carry",
          "leave it out");
  refused(R"({"modelUpdate":{"weights":[1,2]}})", "modelUpdate.weights holds bytes, which JSON cannot carry");
  BOOST_TEST(read_as<eval_order>(R"({"evalOrder":{"weights":0}})").weights.empty());
}

BOOST_AUTO_TEST_CASE(unknown_fields_are_refused_with_the_one_probably_meant) {
  refused(R"({"retrainRequest":{"camrea":"a"}})", R"(retrainRequest has no field "camrea")",
          "did you mean camera?");
  refused(R"({"samplingPlan":{"split":{"held_out":1}}})", R"(samplingPlan.split has no field "held_out")",
          "did you mean heldOut?");
  refused(R"({"statusQuery":{"x":1}})", R"(statusQuery has no field "x")");
  refused(R"({"chunkAck":{"offset":1,"offset":2}})", "chunkAck.offset is given twice");
}

BOOST_AUTO_TEST_CASE(unknown_enumerants_are_refused_with_the_one_probably_meant) {
  refused(R"({"retrainRequest":{"reason":"drifted"}})",
          R"(retrainRequest.reason is "drifted", not one of drift regroup injected)", "did you mean drift?");
  refused(R"({"retrainRequest":{"reason":0}})", "retrainRequest.reason is not one of drift regroup injected");
}

BOOST_AUTO_TEST_CASE(unknown_kinds_are_refused_with_the_one_probably_meant) {
  refused(R"({"retrainRequst":{}})", R"("retrainRequst" is not a kind of message)",
          "did you mean retrainRequest?");
  refused(R"({"banana":{}})", R"("banana" is not a kind of message)");
  refused("{\"" + std::string(1'000, 'x') + "\":1}",
          '"' + std::string(60, 'x') + R"(..." is not a kind of message)");
}

BOOST_AUTO_TEST_CASE(there_is_exactly_one_message) {
  refused("{}", "JSON holds no message", "{\"statusQuery\": {}}");
  refused("[]", "JSON holds no message");
  refused("7", "JSON holds no message");
  refused(R"({"statusQuery":{},"chunkAck":{}})", "JSON holds several messages: statusQuery and chunkAck");
  refused(R"({"statusQuery":{},"statusQuery":{}})",
          "JSON holds several messages: statusQuery and statusQuery");
}

BOOST_AUTO_TEST_CASE(text_that_is_not_json_is_refused) {
  using namespace std::string_literals;
  for (const auto& text :
       {""s, " "s, "{"s, R"({"statusQuery":{})"s, R"({"statusQuery":{}} x)"s, R"({'statusQuery':{}})"s,
        R"({"statusQuery":{},})"s, "nul"s, R"({"a":"\q"})"s, R"({"a":"\u12G4"})"s, R"({"a":01})"s, "\xFF"s,
        "{\"statusQuery\":{}}\0"s, R"({"error":{"what":"\ud83d"}})"s}) {
    const auto message = from_json(text);
    BOOST_REQUIRE_MESSAGE(!message, "accepted: " << text);
    BOOST_TEST(!message.error().what.empty());
  }
}

BOOST_AUTO_TEST_CASE(deep_and_huge_text_is_refused) {
  refused(std::string(100'000, '['), "JSON: JSON message nested too deeply.");
  refused(std::string((16u << 20) + 1, ' '), "JSON of 16777217 bytes, at most 16777216");
}

BOOST_AUTO_TEST_SUITE_END()

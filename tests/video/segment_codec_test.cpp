// SPDX-License-Identifier: Apache-2.0
#include "runtime/video/segment_codec.hpp"

#include <random>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "runtime/video/libav_encoder.hpp"
#include "runtime/video/source.hpp"
#include "tests/video/pictures.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;
namespace data = boost::unit_test::data;

namespace {

constexpr std::uint16_t width = 256, height = 192;

/// Both codecs a peer may send, by libav's name of the encoder. mpeg4 is the fallback where there is no
/// H.264.
const char* const encoder_names[] = {"libx264", "mpeg4"};

std::unique_ptr<segment_encoder> an_encoder(const char* name, std::uint32_t bits_per_second = 500'000) {
  return make_libav_encoder(name, {width, height, bits_per_second}).value();
}

ec code_of(const result<std::vector<image>>& decoded) {
  return decoded ? ec{} : decoded.error().code;
}

/// Seconds 10 to 12 of the real video, every second picture, scaled.
std::vector<image> real_pictures() {
  std::vector<image> pictures;
  const auto source = open_source({real_video, false, {{0s, "fps=5,scale=256:192"}}}).value();
  while (pictures.size() < 10) {
    auto next = source->next().value();
    if (next.media_time >= 10s)
      pictures.push_back(std::move(next.picture));
  }
  return pictures;
}

} // namespace

BOOST_AUTO_TEST_SUITE(segment_codec)

BOOST_DATA_TEST_CASE(what_is_encoded_comes_back, data::make(encoder_names) * data::make({1, 2, 5, 30}), name,
                     count) {
  const auto encoder = an_encoder(name);
  const auto pictures = some_pictures(width, height, count);
  const auto decoded = make_segment_decoder()->decode(a_segment(*encoder, pictures, width, height)).value();
  BOOST_REQUIRE_EQUAL(decoded.size(), pictures.size());
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    BOOST_TEST(decoded[i].width == width);
    BOOST_TEST(decoded[i].height == height);
    BOOST_TEST(psnr(pictures[i], decoded[i]) > 30);
  }
}

BOOST_DATA_TEST_CASE(every_segment_decodes_by_itself, data::make(encoder_names), name) {
  const auto encoder = an_encoder(name);
  const auto pictures = some_pictures(width, height, 3);
  const auto first = a_segment(*encoder, pictures, width, height);
  const auto second = a_segment(*encoder, pictures, width, height);
  BOOST_TEST(make_segment_decoder()->decode(second).has_value());
  // And nothing of an earlier segment, or of a broken one, is left in a decoder.
  const auto decoder = make_segment_decoder();
  auto broken = first;
  broken.stream = blob{bytes(100, 7)};
  BOOST_TEST(!decoder->decode(broken));
  BOOST_TEST((decoder->decode(first).value() == make_segment_decoder()->decode(first).value()));
}

BOOST_AUTO_TEST_CASE(pictures_of_any_size_are_scaled_to_the_segment) {
  const auto encoder = make_segment_encoder({64, 48}).value();
  std::vector<image> pictures{a_picture(640, 480, 0), a_picture(33, 17, 1), a_picture(1920, 1080, 2)};
  const auto decoded = make_segment_decoder()->decode(a_segment(*encoder, pictures, 64, 48)).value();
  BOOST_TEST(decoded.size() == 3u);
  BOOST_TEST(std::abs(brightness(decoded[0]) - brightness(pictures[0])) < 3);
}

BOOST_AUTO_TEST_CASE(odd_macroblock_sizes_come_back_exactly) {
  for (const auto& [w, h] : std::initializer_list<std::pair<std::uint16_t, std::uint16_t>>{
           {16, 16}, {18, 34}, {416, 312}, {1920, 1080}, {4096, 16}}) {
    const auto encoder = make_segment_encoder({w, h}).value();
    const auto decoded =
        make_segment_decoder()->decode(a_segment(*encoder, some_pictures(w, h, 2), w, h)).value();
    BOOST_TEST(decoded.at(1).width == w);
    BOOST_TEST(decoded.at(1).height == h);
  }
}

BOOST_AUTO_TEST_CASE(a_segment_keeps_to_its_bit_rate, *boost::unit_test::precondition(has_real_video)) {
  const auto pictures = real_pictures();
  const auto encoder = make_segment_encoder({width, height, 500'000}).value();
  std::size_t last = ~std::size_t{0};
  for (const std::uint32_t rate : {400'000u, 200'000u, 100'000u, 50'000u}) {
    encoder->set_bit_rate(rate);
    const auto size = 8 * encoder->encode(std::span{pictures}.first(5), 1s).value().size();
    BOOST_TEST(size < 1.2 * rate);
    BOOST_TEST(size < last);
    last = size;
  }
}

BOOST_AUTO_TEST_CASE(five_pictures_of_real_video_look_well_at_200_kbit,
                     *boost::unit_test::precondition(has_real_video)) {
  const auto pictures = real_pictures();
  const std::vector<image> second(pictures.begin(), pictures.begin() + 5);
  for (const auto& [rate, decibels] : {std::pair{200'000u, 30.}, {500'000u, 34.}}) {
    const auto encoder = make_segment_encoder({width, height, rate}).value();
    const auto decoded = make_segment_decoder()->decode(a_segment(*encoder, second, width, height)).value();
    for (std::size_t i = 0; i < second.size(); ++i)
      BOOST_TEST(psnr(second[i], decoded[i]) > decibels);
  }
}

BOOST_AUTO_TEST_CASE(encoders_refuse_what_they_cannot_encode) {
  const std::pair<std::uint16_t, std::uint16_t> sizes[] = {{0, 0}, {15, 16}, {255, 192}, {256, 4098}};
  for (const auto& [w, h] : sizes)
    BOOST_TEST((make_segment_encoder({w, h}).error().code == ec::invalid_argument));
  BOOST_TEST((make_libav_encoder("nothing", {width, height}).error().code == ec::unsupported));

  const auto encoder = make_segment_encoder({width, height}).value();
  const auto pictures = some_pictures(width, height, 1);
  const std::vector<image> hollow{{width, height, blob{bytes(10)}}};
  BOOST_TEST((encoder->encode({}, 1s).error().code == ec::invalid_argument));
  BOOST_TEST((encoder->encode(pictures, 0s).error().code == ec::invalid_argument));
  BOOST_TEST((encoder->encode(hollow, 1s).error().code == ec::invalid_argument));
}

BOOST_DATA_TEST_CASE(a_segment_that_lies_is_refused, data::make(encoder_names), name) {
  const auto decoder = make_segment_decoder();
  const auto honest = a_segment(*an_encoder(name), some_pictures(width, height, 4), width, height);
  const auto refused = [&](auto&& change) {
    auto lying = honest;
    change(lying);
    return code_of(decoder->decode(lying)) == ec::malformed_data;
  };
  BOOST_TEST(refused([](auto& s) { s.frames.resize(3); }));
  BOOST_TEST(refused([](auto& s) { s.frames.resize(5); }));
  BOOST_TEST(refused([](auto& s) { s.frames.clear(); }));
  BOOST_TEST(refused([](auto& s) { s.frames.resize(1'000'000); }));
  BOOST_TEST(refused([](auto& s) { s.width = 128; }));
  BOOST_TEST(refused([](auto& s) { s.width = s.height = 4096; }));
  BOOST_TEST(refused([](auto& s) { s.height = 5000; }));
  BOOST_TEST(refused([](auto& s) { s.stream = blob{}; }));
  BOOST_TEST(refused([](auto& s) { s.stream = blob{bytes((8u << 20) + 1)}; }));
  auto strange = honest;
  strange.codec = "png";
  BOOST_TEST((code_of(decoder->decode(strange)) == ec::unsupported));
}

BOOST_DATA_TEST_CASE(truncated_streams_never_pass_for_whole, data::make(encoder_names), name) {
  const auto decoder = make_segment_decoder();
  const auto whole = a_segment(*an_encoder(name, 100'000), some_pictures(width, height, 3), width, height);
  const auto all = whole.stream.view();
  for (std::size_t size = 0; size < all.size() - 16; size += 1 + all.size() / 100) {
    auto cut = whole;
    cut.stream = blob{bytes(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(size))};
    const auto decoded = decoder->decode(cut);
    // The cut may fall between a picture's last slice and its padding; a missing picture is always noticed.
    BOOST_TEST((decoded ? decoded->size() == 3 : decoded.error().code == ec::malformed_data));
    if (size < all.size() / 2)
      BOOST_TEST(!decoded);
  }
}

BOOST_DATA_TEST_CASE(flipped_bits_and_garbage_do_no_harm, data::make(encoder_names), name) {
  const auto decoder = make_segment_decoder();
  const auto whole = a_segment(*an_encoder(name, 100'000), some_pictures(width, height, 3), width, height);
  std::mt19937 random{7};
  for (int round = 0; round < 300; ++round) {
    auto flipped = whole;
    bytes stream(whole.stream.view().begin(), whole.stream.view().end());
    for (int flips = 1 + round % 20; flips > 0; --flips)
      stream[random() % stream.size()] ^= static_cast<std::uint8_t>(1u << random() % 8);
    flipped.stream = blob{std::move(stream)};
    const auto decoded = decoder->decode(flipped);
    BOOST_TEST((decoded ? decoded->size() == 3 : decoded.error().code == ec::malformed_data));
  }
  for (int round = 0; round < 50; ++round) {
    auto garbage = whole;
    bytes stream(random() % 5000 + 1);
    for (auto& byte : stream)
      byte = static_cast<std::uint8_t>(random());
    garbage.stream = blob{std::move(stream)};
    BOOST_TEST((code_of(decoder->decode(garbage)) == ec::malformed_data));
  }
}

BOOST_AUTO_TEST_CASE(raw_segments_come_back_bit_for_bit) {
  const auto encoder = make_raw_encoder();
  const auto decoder = make_raw_decoder();
  const auto pictures = some_pictures(40, 30, 3);
  const auto segment = a_segment(*encoder, pictures, 40, 30);
  BOOST_TEST(segment.codec == "raw");
  BOOST_TEST((decoder->decode(segment).value() == pictures));

  const auto refused = [&](auto&& change) {
    auto lying = segment;
    change(lying);
    return code_of(decoder->decode(lying)) == ec::malformed_data;
  };
  BOOST_TEST(refused([](auto& s) { s.frames.resize(2); }));
  BOOST_TEST(refused([](auto& s) { std::swap(s.width, s.height); }));
  BOOST_TEST(refused([](auto& s) { s.width = 0; }));
  BOOST_TEST(refused([](auto& s) { s.stream = blob{bytes(7)}; }));
  BOOST_TEST((encoder->encode({}, 1s).error().code == ec::invalid_argument));
  BOOST_TEST((make_segment_decoder()->decode(segment).error().code == ec::unsupported));
}

BOOST_AUTO_TEST_SUITE_END()

// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/safetensors.hpp"

#include <algorithm>
#include <string>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

using namespace ecco;

namespace {

bytes file_bytes(const std::string& header, std::size_t data_size = 0) {
  bytes out;
  for (std::size_t i = 0; i < 8; ++i)
    out.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(header.size()) >> (8 * i)));
  out.insert(out.end(), header.begin(), header.end());
  out.resize(out.size() + data_size);
  return out;
}

/// The reason why a file with this header and so many bytes of data is refused.
std::string refusal(const std::string& header, std::size_t data_size = 0) {
  auto read = read_safetensors(blob{file_bytes(header, data_size)});
  return read ? "accepted" : read.error().what;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Tensors and the bytes they view.
struct owned_tensors {
  std::vector<bytes> storage;
  std::vector<tensor_entry> entries;
};

owned_tensors any_tensors() {
  owned_tensors out;
  auto count = *rc::gen::inRange<std::size_t>(0, 6);
  for (std::size_t i = 0; i < count; ++i) {
    auto type = *rc::gen::element(scalar_type::f16, scalar_type::bf16, scalar_type::f32, scalar_type::f64,
                                  scalar_type::i64, scalar_type::i32, scalar_type::u8);
    auto shape = *rc::gen::resize(
        3, rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(1, 5)));
    std::size_t length = size_of(type);
    for (auto n : shape)
      length *= static_cast<std::size_t>(n);
    out.storage.push_back(*rc::gen::container<bytes>(length, rc::gen::arbitrary<std::uint8_t>()));
    out.entries.push_back({"model." + std::to_string(i) + ".weight", type, shape, {}});
  }
  for (std::size_t i = 0; i < count; ++i)
    out.entries[i].data = out.storage[i];
  return out;
}

bool same(const tensor_entry& a, const tensor_entry& b) {
  return a.name == b.name && a.type == b.type && a.shape == b.shape
         && std::equal(a.data.begin(), a.data.end(), b.data.begin(), b.data.end());
}

} // namespace

BOOST_AUTO_TEST_SUITE(safetensors_format)

RC_BOOST_PROP(what_was_written_is_read, ()) {
  auto tensors = any_tensors();
  std::map<std::string, std::string> metadata;
  if (*rc::gen::arbitrary<bool>())
    metadata = {{"architecture", "yolo11n"}, {"quote\"\n", "\xc3\xa9"}};
  auto read = read_safetensors(write_safetensors(tensors.entries, metadata));
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->metadata == metadata);
  RC_ASSERT(read->tensors.size() == tensors.entries.size());
  for (std::size_t i = 0; i < tensors.entries.size(); ++i)
    RC_ASSERT(same(read->tensors[i], tensors.entries[i]));
}

RC_BOOST_PROP(truncated_files_are_refused, ()) {
  auto tensors = any_tensors();
  auto whole = write_safetensors(tensors.entries);
  auto size = *rc::gen::inRange<std::size_t>(0, whole.size());
  auto view = whole.view();
  RC_ASSERT(!read_safetensors(blob{bytes(view.begin(), view.begin() + static_cast<std::ptrdiff_t>(size))}));
}

RC_BOOST_PROP(corrupt_files_never_yield_views_outside_the_file, ()) {
  auto tensors = any_tensors();
  auto whole = write_safetensors(tensors.entries);
  bytes broken(whole.view().begin(), whole.view().end());
  for (int i = 0; i < 3; ++i)
    broken[*rc::gen::inRange<std::size_t>(0, broken.size())] = *rc::gen::arbitrary<std::uint8_t>();
  blob file{broken};
  auto read = read_safetensors(file);
  if (!read)
    return;
  for (const auto& tensor : read->tensors) {
    RC_ASSERT(tensor.data.data() >= file.view().data());
    RC_ASSERT(tensor.data.data() + tensor.data.size() <= file.view().data() + file.size());
  }
}

BOOST_AUTO_TEST_CASE(views_outlive_the_blob_they_were_read_from) {
  const bytes ones{1, 1, 1, 1};
  result<safetensors> read;
  {
    const tensor_entry entry{"x", scalar_type::u8, {4}, ones};
    auto file = write_safetensors(std::span{&entry, 1});
    read = read_safetensors(file);
  }
  BOOST_TEST_REQUIRE(read.has_value());
  auto copy = *read;
  BOOST_TEST(int{copy.tensors.at(0).data[3]} == 1);
}

BOOST_AUTO_TEST_CASE(data_begin_at_a_multiple_of_eight) {
  const bytes one{1};
  const tensor_entry entry{"name", scalar_type::u8, {1}, one};
  BOOST_TEST(write_safetensors(std::span{&entry, 1}).size() % 8 == 1u);
}

BOOST_AUTO_TEST_CASE(a_header_by_another_writer_is_understood) {
  auto read = read_safetensors(blob{file_bytes(
      R"({"__metadata__":{"format":"pt"},"b":{"dtype":"F16","shape":[2,1],"data_offsets":[4,8]},)"
      R"("a":{"dtype":"I32","shape":[],"data_offsets":[0,4]},"none":{"dtype":"F32","shape":[0,7],"data_offsets":[8,8]}}   )",
      8)});
  BOOST_TEST_REQUIRE(read.has_value());
  BOOST_TEST_REQUIRE(read->tensors.size() == 3u);
  BOOST_TEST(read->tensors[0].name == "a");
  BOOST_TEST(read->tensors[0].shape.empty());
  BOOST_TEST(read->tensors[1].name == "b");
  BOOST_TEST(read->tensors[2].data.empty());
  BOOST_TEST(read->metadata.at("format") == "pt");
}

BOOST_AUTO_TEST_CASE(a_header_longer_than_the_limit_is_refused_before_it_is_parsed) {
  bytes huge{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, '{', '}'};
  auto read = read_safetensors(blob{huge});
  BOOST_TEST_REQUIRE(!read.has_value());
  BOOST_TEST(contains(read.error().what, "claims"));
  BOOST_TEST(contains(refusal("{" + std::string(std::size_t{5} << 20, ' ') + "}"), "claims"));
}

BOOST_AUTO_TEST_CASE(every_broken_header_names_what_is_wrong) {
  const std::string f32_at = R"("dtype":"F32","shape":[1],"data_offsets":)";
  const struct {
    std::string header;
    std::size_t data;
    std::string reason;
  } cases[] = {
      {"", 0, "not a JSON object"},
      {"[]", 0, "not a JSON object"},
      {" {}", 0, "not a JSON object"},
      {"{", 0, "not a JSON object"},
      {"{}x", 0, "not a JSON object"},
      {"{\"\xff\":1}", 0, "not a JSON object"},
      {std::string(100000, '['), 0, "not a JSON object"},
      {"{\"a\":" + std::string(100000, '['), 0, "not a JSON object"},
      {R"({"a":1})", 0, "'a' lacks"},
      {R"({"a":{"shape":[1],"data_offsets":[0,4]}})", 4, "'a' lacks"},
      {R"({"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}})", 4, "'a' lacks"},
      {R"({"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}})", 8, "elements of type C64"},
      {R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4, "shape of tensor 'a'"},
      {R"({"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}})", 4, "shape of tensor 'a'"},
      {R"({"a":{"dtype":"F32","shape":4,"data_offsets":[0,4]}})", 4, "shape of tensor 'a'"},
      {R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 0,
       "shape of tensor 'a'"},
      {R"({"a":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,4]}})", 4,
       "shape of tensor 'a'"},
      {R"({"a":{)" + f32_at + R"([4,0]}})", 4, "data_offsets of tensor 'a'"},
      {R"({"a":{)" + f32_at + R"([0]}})", 4, "data_offsets of tensor 'a'"},
      {R"({"a":{)" + f32_at + R"([0,4,8]}})", 8, "data_offsets of tensor 'a'"},
      {R"({"a":{)" + f32_at + R"(["0","4"]}})", 4, "data_offsets of tensor 'a'"},
      {R"({"a":{)" + f32_at + R"([0,4]}})", 3, "ends beyond the file"},
      {R"({"a":{)" + f32_at + R"([0,8]}})", 8, "has 8 bytes where its shape needs 4"},
      {R"({"a":{)" + f32_at + R"([4,8]}})", 8, "hole"},
      {R"({"a":{)" + f32_at + R"([0,4]},"b":{)" + f32_at + R"([2,6]}})", 6, "overlap"},
      {R"({"a":{)" + f32_at + R"([0,4]},"b":{)" + f32_at + R"([0,4]}})", 4, "overlap"},
      {R"({"a":{)" + f32_at + R"([0,4]}})", 5, "behind the last"},
      {R"({"a":{)" + f32_at + R"([0,4]},"a":{)" + f32_at + R"([0,4]}})", 4, "two tensors are named 'a'"},
      {R"({"__metadata__":[]})", 0, "not an object"},
      {R"({"__metadata__":{"a":1}})", 0, "under 'a'"},
  };
  for (const auto& c : cases)
    BOOST_TEST(contains(refusal(c.header, c.data), c.reason), c.header.substr(0, 80)
                                                                  << " gave: " << refusal(c.header, c.data));
}

BOOST_AUTO_TEST_SUITE_END()

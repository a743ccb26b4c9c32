// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include <capnp/compat/json.h>
#include <capnp/message.h>

#include "messages/capnp_error.hpp"
#include "messages/codec.hpp"
#include "messages/place.hpp"
#include "messages/spelling.hpp"
#include "messages/utf8.hpp"
#include "messages/wire.hpp"

namespace ecco {

namespace {

using json_value = capnp::JsonValue;

constexpr std::size_t max_json_bytes = 16u << 20;

// -- how values look --------------------------------------------------------

// capnp's handlers are never deleted through their base, which has no virtual destructor.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"

/// A blob is shown as its size, and can only be given as 0.
class blob_as_size final : public capnp::JsonCodec::Handler<capnp::Data> {
 public:
  void encode(const capnp::JsonCodec&, capnp::Data::Reader from, json_value::Builder to) const override {
    to.setNumber(static_cast<double>(from.size()));
  }
  capnp::Orphan<capnp::Data> decode(const capnp::JsonCodec&, json_value::Reader,
                                    capnp::Orphanage orphanage) const override {
    return orphanage.newOrphan<capnp::Data>(0);
  }
};

/// Shows a float with the digits that a float needs: 0.21, not 0.20999999344348907.
class float_as_float final : public capnp::JsonCodec::Handler<float> {
 public:
  void encode(const capnp::JsonCodec&, float from, json_value::Builder to) const override {
    char digits[32]{};
    std::to_chars(digits, digits + sizeof digits - 1, from);
    if (std::isfinite(from))
      to.setNumber(std::strtod(digits, nullptr));
    else
      to.setString(std::isnan(from) ? "NaN" : from > 0 ? "Infinity" : "-Infinity");
  }
  float decode(const capnp::JsonCodec&, json_value::Reader from) const override {
    return from.isNumber() ? static_cast<float>(from.getNumber())
                           : std::strtof(from.getString().cStr(), nullptr);
  }
};

#pragma GCC diagnostic pop

/// capnp's codec with our handlers.
class json_codec {
 public:
  json_codec() {
    codec_.setRejectUnknownFields(true);
    codec_.setMaxNestingDepth(16);
    codec_.addTypeHandler(blobs_);
    codec_.addTypeHandler(floats_);
  }
  const capnp::JsonCodec* operator->() const { return &codec_; }

 private:
  blob_as_size blobs_;
  float_as_float floats_;
  capnp::JsonCodec codec_;
};

// -- what is accepted -------------------------------------------------------
// capnp's codec finds the same faults, but does not say where; and it is lenient about null, repeated fields
// and numbers that a double cannot hold.

std::string_view view(kj::StringPtr text) {
  return {text.begin(), text.size()};
}

/// `text` in quotes, cut when it is long.
std::string quoted(std::string_view text) {
  constexpr std::size_t most = 60;
  if (text.size() <= most)
    return '"' + std::string{text} + '"';
  auto end = most;
  while (!is_utf8(text.substr(0, end)))
    --end;
  return '"' + std::string{text.substr(0, end)} + "...\"";
}

template <class Schemas>
std::vector<std::string_view> names_of(Schemas schemas) {
  std::vector<std::string_view> names;
  for (const auto& schema : schemas)
    names.push_back(view(schema.getProto().getName()));
  return names;
}

void expect(const place& at, bool is_so, const char* what) {
  if (!is_so)
    refuse(at, std::string{"is not "} + what);
}

template <class Integer>
void check_integer(const place& at, json_value::Reader value) {
  using limits = std::numeric_limits<Integer>;
  const auto range =
      "an integer from " + std::to_string(limits::min()) + " to " + std::to_string(limits::max());
  if (value.isString()) {
    const auto digits = view(value.getString());
    Integer parsed{};
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), parsed);
    return expect(at, fault == std::errc{} && end == digits.data() + digits.size(), range.c_str());
  }
  expect(at, value.isNumber(), range.c_str());
  const auto number = value.getNumber();
  // From 2^53 on, a double skips integers.
  constexpr auto exact = 9007199254740992.0;
  if (sizeof(Integer) == 8 && std::abs(number) > exact)
    refuse(at, "is too large for a JSON number", "write it as a string");
  const auto low = static_cast<double>(limits::min());
  const auto high = static_cast<double>(limits::max());
  expect(at, std::trunc(number) == number && number >= low && number <= high, range.c_str());
}

void check_float(const place& at, json_value::Reader value) {
  constexpr std::string_view not_finite[] = {"NaN", "Infinity", "-Infinity"};
  const auto named = value.isString() && std::ranges::count(not_finite, view(value.getString())) > 0;
  expect(at, value.isNumber() || named, "a number (or \"NaN\")");
}

void check_enumerant(const place& at, json_value::Reader value, capnp::EnumSchema type) {
  const auto names = names_of(type.getEnumerants());
  std::string choice = "one of";
  for (const auto name : names)
    choice += ' ' + std::string{name};
  expect(at, value.isString(), choice.c_str());
  const auto given = view(value.getString());
  if (std::ranges::find(names, given) == names.end())
    refuse(at, "is " + quoted(given) + ", not " + choice, did_you_mean(given, names));
}

void check(const place& at, json_value::Reader value, capnp::Type type);

void check_struct(const place& at, json_value::Reader value, capnp::StructSchema type) {
  expect(at, value.isObject(), "an object");
  std::vector<bool> seen(type.getFields().size());
  for (const auto member : value.getObject()) {
    KJ_IF_MAYBE (field, type.findFieldByName(member.getName())) {
      const auto here = at / view(member.getName());
      if (seen[field->getIndex()])
        refuse(here, "is given twice");
      seen[field->getIndex()] = true;
      check(here, member.getValue(), field->getType());
    } else {
      const auto given = view(member.getName());
      refuse(at, "has no field " + quoted(given), did_you_mean(given, names_of(type.getFields())));
    }
  }
}

void check_list(const place& at, json_value::Reader value, capnp::Type element) {
  expect(at, value.isArray(), "a list");
  std::size_t index = 0;
  for (const auto entry : value.getArray())
    check(at[index++], entry, element);
}

void check(const place& at, json_value::Reader value, capnp::Type type) {
  using kind = capnp::schema::Type;
  switch (type.which()) {
    case kind::BOOL: return expect(at, value.isBoolean(), "true or false");
    case kind::INT64: return check_integer<std::int64_t>(at, value);
    case kind::UINT16: return check_integer<std::uint16_t>(at, value);
    case kind::UINT32: return check_integer<std::uint32_t>(at, value);
    case kind::UINT64: return check_integer<std::uint64_t>(at, value);
    case kind::FLOAT32:
    case kind::FLOAT64: return check_float(at, value);
    case kind::TEXT: return expect(at, value.isString(), "a string");
    case kind::DATA:
      if (!value.isNumber() || value.getNumber() != 0)
        refuse(at, "holds bytes, which JSON cannot carry", "leave it out, or give 0");
      return;
    case kind::ENUM: return check_enumerant(at, value, type.asEnum());
    case kind::STRUCT: return check_struct(at, value, type.asStruct());
    case kind::LIST: return check_list(at, value, type.asList().getElementType());
    default: refuse(at, "has a type that JSON cannot carry");
  }
}

/// The one message in `value`, named and well-formed.
void check_envelope(json_value::Reader value) {
  const std::string example = R"(write one message, e.g. {"statusQuery": {}})";
  if (!value.isObject() || value.getObject().size() == 0)
    throw error{ec::invalid_argument, "JSON holds no message", example};
  const auto fields = value.getObject();
  const auto type = capnp::Schema::from<wire::Envelope>();
  for (const auto field : fields) {
    const auto given = view(field.getName());
    const auto kinds = names_of(type.getUnionFields());
    if (std::ranges::find(kinds, given) == kinds.end())
      throw error{ec::invalid_argument, quoted(given) + " is not a kind of message",
                  did_you_mean(given, kinds)};
  }
  if (fields.size() > 1)
    throw error{ec::invalid_argument,
                "JSON holds several messages: " + std::string{view(fields[0].getName())} + " and "
                    + std::string{view(fields[1].getName())},
                example};
  const auto name = fields[0].getName();
  check(place{view(name)}, fields[0].getValue(), type.getFieldByName(name).getType());
}

envelope parse(std::string_view text) {
  const json_codec codec;
  capnp::MallocMessageBuilder parsed;
  auto value = parsed.initRoot<json_value>();
  try {
    codec->decodeRaw(kj::arrayPtr(text.data(), text.size()), value);
  } catch (const kj::Exception& broken) {
    throw error{ec::malformed_data, "JSON: " + readable(broken), "`jq .` shows where"};
  }
  check_envelope(value);

  capnp::MallocMessageBuilder built;
  auto message = built.initRoot<wire::Envelope>();
  codec->decode(value, message);
  return wire::read(message);
}

} // namespace

std::string to_json(const envelope& message) {
  capnp::MallocMessageBuilder built;
  auto root = built.initRoot<wire::Envelope>();
  std::vector<wire::gap> blobs_are_only_measured;
  wire::write(root, message, blobs_are_only_measured);
  const json_codec codec;
  return codec->encode(root.asReader()).cStr();
}

result<envelope> from_json(std::string_view text) {
  if (text.size() > max_json_bytes)
    return fail(ec::malformed_data, "JSON of " + std::to_string(text.size()) + " bytes, at most "
                                        + std::to_string(max_json_bytes));
  // capnp's parser takes a zero byte for the end of the text.
  if (!is_utf8(text) || text.find('\0') != text.npos)
    return fail(ec::malformed_data, "JSON: the text is not UTF-8");
  try {
    return parse(text);
  } catch (const error& refusal) {
    return tl::unexpected<error>{refusal};
  } catch (const kj::Exception& broken) {
    return fail(ec::malformed_data, "JSON: " + readable(broken));
  }
}

} // namespace ecco

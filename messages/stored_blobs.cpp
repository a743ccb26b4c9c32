// SPDX-License-Identifier: Apache-2.0
#include "messages/stored_blobs.hpp"

#include <algorithm>
#include <cstring>
#include <functional>

#include <capnp/dynamic.h>

#include "messages/sha256.hpp"

namespace ecco::wire {

namespace {

using visitor = std::function<void(capnp::DynamicStruct::Builder owner, capnp::StructSchema::Field field)>;

void visit_data(capnp::DynamicStruct::Builder owner, const visitor& visit);

void visit_field(capnp::DynamicStruct::Builder owner, capnp::StructSchema::Field field, const visitor& visit) {
  const auto type = field.getType();
  if (type.isData())
    return visit(owner, field);
  if (!owner.has(field))
    return;
  if (type.isStruct())
    return visit_data(owner.get(field).as<capnp::DynamicStruct>(), visit);
  if (!type.isList() || !type.asList().getElementType().isStruct())
    return;
  auto list = owner.get(field).as<capnp::DynamicList>();
  for (unsigned i = 0; i < list.size(); ++i)
    visit_data(list[i].as<capnp::DynamicStruct>(), visit);
}

/// Every field of type `Data` in and below `owner`, set or not.
void visit_data(capnp::DynamicStruct::Builder owner, const visitor& visit) {
  for (const auto field : owner.getSchema().getNonUnionFields())
    visit_field(owner, field, visit);
  KJ_IF_MAYBE (field, owner.which())
    visit_field(owner, *field, visit);
}

} // namespace

std::vector<placed_blob> take_large_blobs(Envelope::Builder message, const std::vector<gap>& gaps) {
  std::vector<placed_blob> out;
  std::uint32_t place = 0;
  auto sorted = gaps;
  std::ranges::sort(sorted, std::less<>{}, &gap::begin);
  visit_data(message, [&](capnp::DynamicStruct::Builder owner, capnp::StructSchema::Field field) {
    const auto here = place++;
    if (!owner.has(field))
      return;
    auto room = owner.get(field).as<capnp::Data>();
    const auto found = std::ranges::lower_bound(sorted, room.begin(), std::less<>{}, &gap::begin);
    if (found == sorted.end() || found->begin != room.begin())
      return; // its bytes are there
    const auto content = found->content;
    if (content.size() < stored_blob_bytes) {
      std::memcpy(room.begin(), content.data(), content.size());
      return;
    }
    out.push_back({here, {sha256_hex(content), content}});
    owner.clear(field);
  });
  return out;
}

void put_back(Envelope::Builder message, const std::vector<missing_blob>& missing, const blob_source& from) {
  std::uint32_t place = 0;
  auto next = missing.begin();
  visit_data(message, [&](capnp::DynamicStruct::Builder owner, capnp::StructSchema::Field field) {
    const auto here = place++;
    if (next == missing.end() || next->place != here)
      return;
    const auto content = from(next->sha256, next->size);
    if (!content)
      throw content.error();
    owner.set(field, capnp::Data::Reader{content->data(), content->size()});
    ++next;
  });
  if (next != missing.end())
    throw error{ec::malformed_data, "record.blobs names place " + std::to_string(next->place) + ", which its message "
                                    "does not have", {}};
}

} // namespace ecco::wire

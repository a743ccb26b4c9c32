// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/message_filter.hpp"

#include <algorithm>
#include <variant>

namespace ecco {

namespace {

// Looks for a value of one type in a message: in fields that have it, and in the fields and lists of structs that may.

template <class T, class Struct>
bool holds(const Struct& in, const T& wanted);

template <class T, class Element>
bool holds_any(const std::vector<Element>& list, const T& wanted) {
  return std::ranges::any_of(list, [&](const Element& one) { return holds(one, wanted); });
}

template <class T, class Struct>
bool holds(const Struct& in, const T& wanted) {
  if constexpr (std::is_same_v<Struct, T>) {
    return in == wanted;
  } else if constexpr (!std::is_class_v<Struct>) {
    return false;
  } else {
    bool found = false;
    if constexpr (std::is_same_v<T, camera_id> && requires { in.camera; })
      found |= holds(in.camera, wanted);
    if constexpr (std::is_same_v<T, group_id> && requires { in.group; })
      found |= holds(in.group, wanted);
    if constexpr (requires { in.shot; })
      found |= holds(in.shot, wanted);
    if constexpr (requires { in.last; })
      found |= holds(in.last, wanted);
    if constexpr (requires { in.candidate; })
      found |= holds(in.candidate, wanted);
    if constexpr (requires { in.evidence; })
      found |= in.evidence && holds(*in.evidence, wanted);
    if constexpr (requires { in.frames.begin(); })
      found |= holds_any(in.frames, wanted);
    if constexpr (requires { in.samples.begin(); })
      found |= holds_any(in.samples, wanted);
    if constexpr (requires { in.members.begin(); })
      found |= holds_any(in.members, wanted);
    if constexpr (requires { in.scores.begin(); })
      found |= holds_any(in.scores, wanted);
    if constexpr (requires { in.before.begin(); })
      found |= holds_any(in.before, wanted);
    if constexpr (requires { in.after.begin(); })
      found |= holds_any(in.after, wanted);
    if constexpr (requires { in.deployed.begin(); })
      found |= holds_any(in.deployed, wanted);
    if constexpr (requires { in.refused.begin(); })
      found |= holds_any(in.refused, wanted);
    if constexpr (requires { in.jobs.begin(); })
      found |= holds_any(in.jobs, wanted);
    if constexpr (requires { in.cameras.begin(); })
      found |= holds_any(in.cameras, wanted);
    if constexpr (requires { in.groups.begin(); })
      found |= holds_any(in.groups, wanted);
    return found;
  }
}

template <class T>
bool mentions_any(const envelope& message, const T& wanted) {
  return std::visit([&](const auto& inside) { return holds(inside, wanted); }, message);
}

/// `camera:north`, `ingest:north`, ... for north.
bool belongs_to(std::string_view actor, const camera_id& camera) {
  const auto colon = actor.find(':');
  return colon != actor.npos && !actor.starts_with("worker:") && actor.substr(colon + 1) == camera.value;
}

bool is_about(const recorded_message& record, const camera_id& camera) {
  return belongs_to(record.sender, camera) || belongs_to(record.receiver, camera)
         || (record.message && mentions(*record.message, camera))
         || std::ranges::any_of(record.handles, [&](const auto& name) { return belongs_to(name, camera); });
}

bool is_about(const recorded_message& record, group_id group) {
  const auto name = to_string(group);
  return record.sender == name || record.receiver == name || (record.message && mentions(*record.message, group))
         || std::ranges::find(record.handles, name) != record.handles.end();
}

} // namespace

bool agrees(std::string_view pattern, std::string_view name) {
  if (pattern.ends_with('*'))
    return name.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern.empty() || pattern == name;
}

bool mentions(const envelope& message, const camera_id& camera) {
  return mentions_any(message, camera);
}

bool mentions(const envelope& message, group_id group) {
  return mentions_any(message, group);
}

bool matches(const message_filter& filter, const recorded_message& record) {
  return (!filter.from || record.at >= *filter.from) && (!filter.to || record.at <= *filter.to)
         && agrees(filter.kind, record.kind) && agrees(filter.sender, record.sender)
         && agrees(filter.receiver, record.receiver) && (!filter.camera || is_about(record, *filter.camera))
         && (!filter.group || is_about(record, *filter.group));
}

} // namespace ecco

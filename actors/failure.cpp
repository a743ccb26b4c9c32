// SPDX-License-Identifier: Apache-2.0
#include "actors/failure.hpp"

#include <caf/atom.hpp>
#include <caf/exit_reason.hpp>
#include <caf/message.hpp>
#include <caf/sec.hpp>

namespace ecco {

namespace {

constexpr auto ecco_category = caf::atom("ecco");
constexpr auto system_category = caf::atom("system");
constexpr auto exit_category = caf::atom("exit");

error from_system_error(caf::sec code) {
  switch (code) {
    case caf::sec::request_timeout:
      return {ec::timed_out, "no answer in time", "the peer may be busy or gone; see `ecco status`"};
    case caf::sec::request_receiver_down:
    case caf::sec::remote_linking_failed:
    case caf::sec::cannot_connect_to_node:
    case caf::sec::disconnect_during_handshake:
    case caf::sec::no_actor_published_at_port:
      return {ec::unreachable, "the peer cannot be reached", "is it running, and at this address?"};
    case caf::sec::unexpected_message:
    case caf::sec::unexpected_response:
      return {ec::invalid_argument, "the actor does not take this message", {}};
    default: return {ec::internal, caf::to_string(code), {}};
  }
}

} // namespace

caf::error to_caf(const error& failure) {
  return caf::error{static_cast<std::uint8_t>(failure.code), ecco_category,
                    caf::make_message(failure.what, failure.hint)};
}

error from_caf(const caf::error& failure) {
  if (!failure)
    return {ec::internal, "no reason given", {}};
  if (failure.category() == ecco_category) {
    error out{static_cast<ec>(failure.code()), {}, {}};
    const auto& context = failure.context();
    if (context.match_elements<std::string, std::string>()) {
      out.what = context.get_as<std::string>(0);
      out.hint = context.get_as<std::string>(1);
    }
    return out;
  }
  if (failure.category() == system_category)
    return from_system_error(static_cast<caf::sec>(failure.code()));
  if (failure.category() == exit_category)
    return {ec::unreachable, "the actor is gone: " + caf::to_string(static_cast<caf::exit_reason>(failure.code())), {}};
  return {ec::internal, "failure " + std::to_string(failure.code()) + " of " + caf::to_string(failure.category()), {}};
}

} // namespace ecco

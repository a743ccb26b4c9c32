// SPDX-License-Identifier: Apache-2.0
#include "runtime/net/memory_link.hpp"

#include <map>
#include <utility>

namespace ecco {
namespace {

tl::unexpected<error> closed() {
  return fail(ec::unreachable, "media link: the receiver has closed the connection", "connect again");
}

class memory_receiver : public memory_link {
 public:
  std::uint16_t port() const override { return 0; }

  void admit(const camera_id& camera, std::uint64_t token, segment_handler handler) override {
    dismiss(camera);
    admissions_[camera] = {token, std::move(handler), 0};
    holders_[token] = camera;
  }

  void dismiss(const camera_id& camera) override {
    const auto found = admissions_.find(camera);
    if (found == admissions_.end())
      return;
    holders_.erase(found->second.token);
    admissions_.erase(found);
  }

  result<std::unique_ptr<media_sender>> connect(std::uint64_t token) override;

  /// A camera asks with every picture: no search among all of them.
  bool is_open(const camera_id& camera, std::uint64_t connection) const {
    const auto found = admissions_.find(camera);
    return found != admissions_.end() && found->second.connection == connection;
  }

  /// Hands `segment` to its camera's handler. @returns false when `connection` is not that camera's.
  bool deliver(std::uint64_t connection, const encoded_segment& segment) {
    const auto found = admissions_.find(segment.camera);
    if (found == admissions_.end() || found->second.connection != connection)
      return false;
    // A copy, because the handler may dismiss its own camera.
    const auto handler = found->second.handler;
    handler(segment, segment.stream.size());
    return true;
  }

 private:
  struct admission {
    std::uint64_t token = 0;
    segment_handler handler;
    /// The newest connection, the only one that counts; 0 is none.
    std::uint64_t connection = 0;
  };

  std::map<camera_id, admission> admissions_;
  /// Whose each token is.
  std::map<std::uint64_t, camera_id> holders_;
  std::uint64_t connections_made_ = 0;
};

class memory_sender : public media_sender {
 public:
  memory_sender(memory_receiver& link, camera_id camera, std::uint64_t connection)
      : link_(link), camera_(std::move(camera)), connection_(connection) {}

  result<void> send(const encoded_segment& segment) override {
    if (refused_ || !link_.deliver(connection_, segment)) {
      refused_ = true;
      return closed();
    }
    counters_.bytes_sent += segment.stream.size();
    ++counters_.segments_sent;
    return {};
  }

  result<void> pump() override {
    if (refused_ || !link_.is_open(camera_, connection_))
      return closed();
    return {};
  }

  void pace(double) override {} // nothing ever waits

  link_observation observe() override { return {}; }

  counters sent() const override { return counters_; }

 private:
  memory_receiver& link_;
  const camera_id camera_;
  const std::uint64_t connection_;
  /// Set for good once the receiver did not take a segment, as a TCP receiver closes.
  bool refused_ = false;
  counters counters_;
};

result<std::unique_ptr<media_sender>> memory_receiver::connect(std::uint64_t token) {
  const auto holder = holders_.find(token);
  if (holder == holders_.end())
    return closed();
  auto& admitted = admissions_.at(holder->second);
  admitted.connection = ++connections_made_;
  return std::make_unique<memory_sender>(*this, holder->second, admitted.connection);
}

} // namespace

std::unique_ptr<memory_link> make_memory_link() {
  return std::make_unique<memory_receiver>();
}

} // namespace ecco

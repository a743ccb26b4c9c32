// SPDX-License-Identifier: Apache-2.0
#include "runtime/net/simulated_link.hpp"

#include <deque>
#include <map>
#include <utility>

namespace ecco {
namespace {

/// The network and the time in it.
struct course {
  explicit course(simulated_path with) : path(std::move(with)), network(path.shared, path.seed) {}

  void catch_up() { network.advance(path.clock()); }

  const simulated_path path;
  simulated_network network;
};

/// Holds segments back until the network has carried them, then gives them to the link within the process.
class simulated_sender : public media_sender {
 public:
  simulated_sender(std::shared_ptr<course> on, std::unique_ptr<media_sender> inner, simulated_network::flow_number flow)
      : course_(std::move(on)), inner_(std::move(inner)), flow_(flow) {}

  ~simulated_sender() override { network().take_back(flow_, network().total(flow_).waiting); }

  result<void> send(const encoded_segment& segment) override {
    if (auto pumped = pump(); !pumped)
      return pumped;
    const auto size = segment.stream.size();
    if (!make_room(size)) {
      ++dropped_;
      return {};
    }
    queued_ += size;
    carried_.push_back({segment, queued_});
    network().queue(flow_, size);
    return pump();
  }

  result<void> pump() override {
    course_->catch_up();
    const auto arrived = network().total(flow_).delivered;
    while (!carried_.empty() && carried_.front().end <= arrived) {
      const auto segment = std::move(carried_.front().segment);
      carried_.pop_front();
      if (auto delivered = inner_->send(segment); !delivered)
        return delivered;
    }
    return inner_->pump();
  }

  void pace(double bits_per_second) override {
    course_->catch_up();
    network().set_rate(flow_, bits_per_second);
  }

  link_observation observe() override {
    course_->catch_up();
    return network().observe(flow_);
  }

  counters sent() const override {
    auto out = inner_->sent();
    out.bytes_sent = queued_ - course_->network.total(flow_).waiting;
    out.segments_dropped += dropped_;
    return out;
  }

 private:
  struct waiting_segment {
    encoded_segment segment;
    /// Bytes sent over this link when its last one is.
    std::uint64_t end = 0;
  };

  simulated_network& network() { return course_->network; }

  /// Drops segments of which nothing was sent yet, the oldest first, until `size` more bytes may wait.
  bool make_room(std::size_t size) {
    const auto most = course_->path.max_queued_bytes;
    auto oldest = carried_.begin();
    while (network().total(flow_).waiting + size > most && oldest != carried_.end()) {
      const auto sent = queued_ - network().total(flow_).waiting;
      const auto bytes = oldest->segment.stream.size();
      if (oldest->end - bytes < sent) {
        ++oldest;
        continue;
      }
      network().take_back(flow_, bytes);
      queued_ -= bytes;
      ++dropped_;
      oldest = carried_.erase(oldest);
      for (auto later = oldest; later != carried_.end(); ++later)
        later->end -= bytes;
    }
    return network().total(flow_).waiting + size <= most;
  }

  std::shared_ptr<course> course_;
  std::unique_ptr<media_sender> inner_;
  simulated_network::flow_number flow_;
  std::deque<waiting_segment> carried_;
  std::uint64_t queued_ = 0, dropped_ = 0;
};

class simulated_link : public memory_link {
 public:
  explicit simulated_link(simulated_path path) : course_(std::make_shared<course>(std::move(path))) {}

  std::uint16_t port() const override { return inner_->port(); }

  void admit(const camera_id& camera, std::uint64_t token, segment_handler handler) override {
    std::erase_if(cameras_, [&](const auto& entry) { return entry.second == camera; });
    cameras_[token] = camera;
    inner_->admit(camera, token, std::move(handler));
  }

  void dismiss(const camera_id& camera) override {
    std::erase_if(cameras_, [&](const auto& entry) { return entry.second == camera; });
    inner_->dismiss(camera);
  }

  result<std::unique_ptr<media_sender>> connect(std::uint64_t token) override {
    auto opened = inner_->connect(token);
    if (!opened)
      return opened;
    course_->catch_up();
    auto way = course_->path.way_of(cameras_.at(token));
    way.how = sending::paced;
    return std::make_unique<simulated_sender>(course_, std::move(*opened), course_->network.add(way));
  }

 private:
  std::shared_ptr<course> course_;
  std::unique_ptr<memory_link> inner_ = make_memory_link();
  std::map<std::uint64_t, camera_id> cameras_;
};

} // namespace

std::unique_ptr<memory_link> make_simulated_link(simulated_path path) {
  return std::make_unique<simulated_link>(std::move(path));
}

} // namespace ecco

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "messages/node.hpp"
#include "runtime/net/media_link.hpp"
#include "runtime/policy/rate_control.hpp"
#include "runtime/video/segment_codec.hpp"
#include "runtime/video/source.hpp"

namespace ecco {

using encoder_factory = std::function<result<std::unique_ptr<segment_encoder>>(const sampling_plan&)>;
using link_factory = std::function<result<std::unique_ptr<media_sender>>(const camera_welcome&)>;

/// A camera's video on its way out: collects the pictures its plan asks for, encodes those of one second and
/// one role as a segment, and sends it at the rate its controller finds. Without a link nothing is asked for.
class video_sender {
 public:
  video_sender(camera_id camera, incarnation process, encoder_factory make_encoder, link_factory open_link,
               const rate_options& rates);

  /// Opens the link to the server that says welcome; replaces an earlier one.
  result<void> connect(const camera_welcome& server);
  /// Closes the link and forgets what was collected for it.
  void disconnect();
  bool connected() const { return link_ != nullptr; }

  /// Begins anew with this plan, at its rate and with an encoder of its own.
  void begin(const sampling_plan& plan);
  /// Goes on with this plan: what was collected is sent by the old one first, see `flush`.
  result<void> change(const sampling_plan& plan);

  /// Sends the open segment when the moment `media_time` is of another second or role, see `flush`.
  result<void> pass(duration media_time);
  /// True when the plan asks for this picture; those for training only when `training`.
  bool wants(const source_picture& shown, bool training) const;
  /// Adds a picture, with what model revision `seen_by` saw in it, to the open segment.
  void add(const source_picture& shown, std::vector<detection> seen, std::uint32_t seen_by);
  /// Sends the open segment.
  /// @returns why it could not be encoded; it is lost then. A link that is gone is no error: see `connected`.
  result<void> flush();
  /// How hard to compete for the uplink, see rate_control.
  void compete(const rate_plan& plan) { control_.set_weight(plan.weight); }
  /// Gives the link time to send what waits and, once a period, adapts the rate to it; call it every picture.
  void pump(duration now);

  std::uint64_t frames_sent() const { return frames_sent_; }
  /// Bits a second that the link may take; 0 without one.
  double rate() const;
  /// Over the present link; @pre connected
  std::uint64_t bytes_sent() const { return link_->sent().bytes_sent; }

 private:
  struct open_segment {
    std::int64_t second = -1;
    sample_role role = sample_role::guard;
    std::vector<image> pictures;
    std::vector<frame_note> notes;
  };

  /// Bits a second for the encoder.
  std::uint32_t bit_rate() const;
  /// Tells the encoder when that changed.
  void follow_rate();

  camera_id camera_;
  incarnation process_;
  encoder_factory make_encoder_;
  link_factory open_link_;
  std::unique_ptr<segment_encoder> encoder_;
  std::unique_ptr<media_sender> link_;
  sampling_plan plan_;
  rate_control control_;
  /// The link does not know its pace yet.
  bool fresh_link_ = false;
  std::uint32_t encoder_rate_ = 0;
  open_segment segment_;
  duration last_added_ = duration::min();
  std::uint64_t next_sequence_ = 0, frames_sent_ = 0;
};

} // namespace ecco

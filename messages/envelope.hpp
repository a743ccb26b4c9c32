// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <variant>

#include "messages/error.hpp"
#include "messages/grouping.hpp"
#include "messages/model.hpp"
#include "messages/node.hpp"
#include "messages/plan.hpp"
#include "messages/segment.hpp"
#include "messages/status.hpp"
#include "messages/training.hpp"

namespace ecco {

/// Any message, or the error that answers one. The order is that of the union in envelope.capnp.
using envelope
  = std::variant<error, retrain_request, request_answer, subsample_order, join_order, leave_order,
                 regroup_event, job_started, job_ended, window_closed, gpu_share, sampling_plan,
                 encoded_segment, sample_batch, label_order, labels, micro_window_grant,
                 micro_window_report, train_order, train_report, eval_order, eval_report, model_update,
                 model_ack, model_candidate, gate_verdict, model_query, rollback_order, camera_hello,
                 camera_welcome, worker_hello, worker_welcome, chunk, chunk_ack, camera_status,
                 arrival_report, event, status_query, status_report, inject_order, inject_answer,
                 expert_query, archive_order, rate_plan>;

} // namespace ecco

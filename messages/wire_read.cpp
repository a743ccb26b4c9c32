// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <capnp/dynamic.h>

#include "messages/codec.hpp"
#include "messages/wire.hpp"
#include "messages/wire_checks.hpp"

namespace ecco::wire {

// -- error ------------------------------------------------------------------

error read(const place& at, Error::Reader from) {
  if (from.getCode() == Error::Code::NONE)
    refuse(at / "code", "is none");
  return {
      .code = enumerator<ec>(at / "code", from.getCode()),
      .what = text(at / "what", from.getWhat()),
      .hint = text(at / "hint", from.getHint()),
  };
}

// -- detection --------------------------------------------------------------

box read(const place& at, Box::Reader from) {
  const box where{
      .x1 = fraction(at / "x1", from.getX1()),
      .y1 = fraction(at / "y1", from.getY1()),
      .x2 = fraction(at / "x2", from.getX2()),
      .y2 = fraction(at / "y2", from.getY2()),
  };
  if (where.x1 > where.x2)
    refuse(at / "x1", "is right of x2");
  if (where.y1 > where.y2)
    refuse(at / "y1", "is below y2");
  return where;
}

detection read(const place& at, Detection::Reader from) {
  return {
      .where = read(at / "where", from.getWhere()),
      .class_id = from.getClassId(),
      .score = fraction(at / "score", from.getScore()),
      .shape = shape(at / "shape", from.getShape()),
  };
}

label read(const place& at, Label::Reader from) {
  return {
      .where = read(at / "where", from.getWhere()),
      .class_id = from.getClassId(),
      .ignore = from.getIgnore(),
      .shape = shape(at / "shape", from.getShape()),
  };
}

image read(const place& at, Image::Reader from) {
  const auto rgb = from.getRgb();
  const auto expected = std::size_t{3} * from.getWidth() * from.getHeight();
  if (rgb.size() != expected)
    refuse(at / "rgb", "has " + std::to_string(rgb.size())
                           + " bytes, not 3 * width * height = " + std::to_string(expected));
  return {.width = from.getWidth(), .height = from.getHeight(), .rgb = to_blob(rgb)};
}

frame read(const place& at, Frame::Reader from) {
  return {
      .camera = id<camera_id>(at / "camera", from.getCamera()),
      .media_time = span(at / "mediaTime", from.getMediaTime()),
      .role = enumerator<sample_role>(at / "role", from.getRole()),
      .picture = read(at / "picture", from.getPicture()),
  };
}

labelled_frame read(const place& at, LabelledFrame::Reader from) {
  return {
      .shot = read(at / "shot", from.getShot()),
      .labels = list(at / "labels", from.getLabels(), max_boxes),
      .seen = list(at / "seen", from.getSeen(), max_boxes),
      .seen_by = from.getSeenBy(),
      .before_drift = from.getBeforeDrift(),
  };
}

// -- model ------------------------------------------------------------------

model_ref read(const place& at, ModelRef::Reader from) {
  return {.revision = from.getRevision(), .sha256 = sha256(at / "sha256", from.getSha256())};
}

model_update read(const place& at, ModelUpdate::Reader from) {
  return {.model = read(at / "model", from.getModel()), .weights = to_blob(from.getWeights())};
}

model_ack read(const place& at, ModelAck::Reader from) {
  return {
      .camera = id<camera_id>(at / "camera", from.getCamera()),
      .model = read(at / "model", from.getModel()),
  };
}

camera_score read(const place& at, CameraScore::Reader from) {
  return {
      .camera = id<camera_id>(at / "camera", from.getCamera()),
      .map50 = nan_or(fraction<double>, at / "map50", from.getMap50()),
      .map = nan_or(fraction<double>, at / "map", from.getMap()),
      .standard_error = nan_or(not_negative, at / "standardError", from.getStandardError()),
      .frames = from.getFrames(),
      .objects = from.getObjects(),
  };
}

memory_score read(const place& at, MemoryScore::Reader from) {
  return {
      .candidate = read(at / "candidate", from.getCandidate()),
      .usual = read(at / "usual", from.getUsual()),
  };
}

gate_evidence read(const place& at, GateEvidence::Reader from) {
  gate_evidence evidence{
      .candidate = read(at / "candidate", from.getCandidate()),
      .deployed = read(at / "deployed", from.getDeployed()),
      .before_drift = {},
      .revision = from.getRevision(),
  };
  if (from.hasBeforeDrift())
    evidence.before_drift = read(at / "beforeDrift", from.getBeforeDrift());
  return evidence;
}

model_candidate read(const place& at, ModelCandidate::Reader from) {
  return {
      .group = group_id{from.getGroup()},
      .window = from.getWindow(),
      .parent = read(at / "parent", from.getParent()),
      .weights = to_blob(from.getWeights()),
      .members = list(at / "members", from.getMembers()),
  };
}

gate_verdict read(const place& at, GateVerdict::Reader from) {
  return {
      .model = read(at / "model", from.getModel()),
      .deployed = ids<camera_id>(at / "deployed", from.getDeployed()),
      .refused = ids<camera_id>(at / "refused", from.getRefused()),
  };
}

model_query read(const place& at, ModelQuery::Reader from) {
  model_query query{
      .revision = from.getRevision(),
      .camera = id_or_empty<camera_id>(at / "camera", from.getCamera()),
      .name_only = from.getNameOnly(),
  };
  if (query.revision == 0 && query.camera.value.empty())
    refuse(at, "names neither a revision nor a camera");
  return query;
}

rollback_order read(const place& at, RollbackOrder::Reader from) {
  return {
      .group = group_id{from.getGroup()},
      .camera = id_or_empty<camera_id>(at / "camera", from.getCamera()),
      .why = text(at / "why", from.getWhy()),
  };
}

// -- grouping ---------------------------------------------------------------

location read(const place& at, Location::Reader from) {
  return {
      .latitude = between(at / "latitude", from.getLatitude(), -90.0, 90.0),
      .longitude = between(at / "longitude", from.getLongitude(), -180.0, 180.0),
  };
}

retrain_request read(const place& at, RetrainRequest::Reader from) {
  return {
      .id = request_id{from.getId()},
      .camera = id<camera_id>(at / "camera", from.getCamera()),
      .place = read(at / "place", from.getPlace()),
      .age = span(at / "age", from.getAge()),
      .reason = enumerator<request_reason>(at / "reason", from.getReason()),
      .model = read(at / "model", from.getModel()),
  };
}

request_answer read(const place& at, RequestAnswer::Reader from) {
  return {
      .id = request_id{from.getId()},
      .group = group_id{from.getGroup()},
      .joined = from.getJoined(),
      .why = text(at / "why", from.getWhy()),
  };
}

subsample_order read(const place& at, SubsampleOrder::Reader from) {
  return {.since = span(at / "since", from.getSince()), .at_least = from.getAtLeast()};
}

join_order read(const place& at, JoinOrder::Reader from) {
  join_order order{
      .group = group_id{from.getGroup()},
      .camera = id<camera_id>(at / "camera", from.getCamera()),
      .since = span(at / "since", from.getSince()),
      .evidence = {},
      .renew = from.getRenew(),
  };
  if (from.hasEvidence())
    order.evidence = read(at / "evidence", from.getEvidence());
  return order;
}

leave_order read(const place& at, LeaveOrder::Reader from) {
  return {
      .group = group_id{from.getGroup()},
      .camera = id<camera_id>(at / "camera", from.getCamera()),
  };
}

regroup_event read(const place& at, RegroupEvent::Reader from) {
  const auto kind = enumerator<regroup_kind>(at / "kind", from.getKind());
  const auto camera = kind == regroup_kind::ended ? id_or_empty<camera_id> : id<camera_id>;
  return {
      .kind = kind,
      .camera = camera(at / "camera", from.getCamera()),
      .group = group_id{from.getGroup()},
      .window = from.getWindow(),
      .why = text(at / "why", from.getWhy()),
  };
}

job_started read(const place&, JobStarted::Reader from) {
  return {.group = group_id{from.getGroup()}, .members = from.getMembers()};
}

job_ended read(const place&, JobEnded::Reader from) {
  return {.group = group_id{from.getGroup()}};
}

job_standing read(const place& at, JobStanding::Reader from) {
  const auto gain = [](const place& here, double value) { return between(here, value, -1.0, 1.0); };
  return {
      .group = group_id{from.getGroup()},
      .grants = from.getGrants(),
      .accuracy = nan_or(fraction<double>, at / "accuracy", from.getAccuracy()),
      .gain = nan_or(gain, at / "gain", from.getGain()),
  };
}

window_closed read(const place& at, WindowClosed::Reader from) {
  return {.window = from.getWindow(), .jobs = list(at / "jobs", from.getJobs())};
}

// -- plan -------------------------------------------------------------------

gpu_share read(const place& at, GpuShare::Reader from) {
  return {
      .group = group_id{from.getGroup()},
      .window = from.getWindow(),
      .p = fraction(at / "p", from.getP()),
      .c = span(at / "c", from.getC()),
      .members = from.getMembers(),
      .pixels_per_second = not_negative(at / "pixelsPerSecond", from.getPixelsPerSecond()),
      .labels_per_second = not_negative(at / "labelsPerSecond", from.getLabelsPerSecond()),
  };
}

sample_split read(const place& at, SampleSplit::Reader from) {
  const sample_split split{
      .cycle = from.getCycle(),
      .train = from.getTrain(),
      .guard = from.getGuard(),
      .held_out = from.getHeldOut(),
  };
  if (split.cycle == 0)
    refuse(at / "cycle", "is 0");
  if (split.train + split.guard + split.held_out > split.cycle)
    refuse(at / "cycle", "is shorter than train, guard and heldOut together");
  return split;
}

sampling_plan read(const place& at, SamplingPlan::Reader from) {
  return {
      .train_fps = between(at / "trainFps", from.getTrainFps(), 0.0, 240.0),
      .held_out_fps = between(at / "heldOutFps", from.getHeldOutFps(), 0.0, 240.0),
      .width = even(at / "width", from.getWidth()),
      .height = even(at / "height", from.getHeight()),
      .bits_per_second = from.getBitsPerSecond(),
      .split = read(at / "split", from.getSplit()),
  };
}

rate_plan read(const place& at, RatePlan::Reader from) {
  return {.weight = between(at / "weight", from.getWeight(), rate_plan::least, rate_plan::most)};
}

// -- segment ----------------------------------------------------------------

frame_note read(const place& at, FrameNote::Reader from) {
  return {
      .media_time = span(at / "mediaTime", from.getMediaTime()),
      .seen = list(at / "seen", from.getSeen(), max_boxes),
      .seen_by = from.getSeenBy(),
  };
}

encoded_segment read(const place& at, EncodedSegment::Reader from) {
  return {
      .camera = id<camera_id>(at / "camera", from.getCamera()),
      .sequence = from.getSequence(),
      .source = incarnation{from.getSource()},
      .role = enumerator<sample_role>(at / "role", from.getRole()),
      .codec = name(at / "codec", from.getCodec()),
      .width = from.getWidth(),
      .height = from.getHeight(),
      .frames = list(at / "frames", from.getFrames()),
      .stream = to_blob(from.getStream()),
  };
}

// -- training ---------------------------------------------------------------

sample_batch read(const place& at, SampleBatch::Reader from) {
  sample_batch batch{
      .camera = id<camera_id>(at / "camera", from.getCamera()),
      .frames = list(at / "frames", from.getFrames()),
      .usual = fraction(at / "usual", from.getUsual()),
  };
  for (std::size_t i = 0; i < batch.frames.size(); ++i)
    if (batch.frames[i].shot.camera != batch.camera)
      refuse((at / "frames")[i] / "shot" / "camera", "is not the batch's camera");
  return batch;
}

label_order read(const place& at, LabelOrder::Reader from) {
  return {.frames = list(at / "frames", from.getFrames())};
}

labels read(const place& at, Labels::Reader from) {
  const auto labels_of_one = [](const place& here, auto labels) { return list(here, labels, max_boxes); };
  return {
      .frames = each(at / "frames", from.getFrames(), max_entries, labels_of_one),
      .busy = span(at / "busy", from.getBusy()),
  };
}

micro_window_grant read(const place& at, MicroWindowGrant::Reader from) {
  return {
      .term = epoch{from.getTerm()},
      .window = from.getWindow(),
      .index = from.getIndex(),
      .group = group_id{from.getGroup()},
      .worker = id_or_empty<worker_id>(at / "worker", from.getWorker()),
      .slice = span(at / "slice", from.getSlice()),
      .others = each(at / "others", from.getOthers(), rendezvous::most_ranks - 1, id<worker_id>),
      .token = from.getToken(),
  };
}

time_spent read(const place& at, TimeSpent::Reader from) {
  return {
      .training = span(at / "training", from.getTraining()),
      .evaluation = span(at / "evaluation", from.getEvaluation()),
      .other = span(at / "other", from.getOther()),
  };
}

micro_window_report read(const place& at, MicroWindowReport::Reader from) {
  return {
      .term = epoch{from.getTerm()},
      .window = from.getWindow(),
      .index = from.getIndex(),
      .group = group_id{from.getGroup()},
      .worker = id_or_empty<worker_id>(at / "worker", from.getWorker()),
      .accuracy_before = nan_or(fraction<double>, at / "accuracyBefore", from.getAccuracyBefore()),
      .accuracy_after = nan_or(fraction<double>, at / "accuracyAfter", from.getAccuracyAfter()),
      .standard_error = nan_or(not_negative, at / "standardError", from.getStandardError()),
      .members = list(at / "members", from.getMembers()),
      .images = from.getImages(),
      .loss = finite(at / "loss", from.getLoss()),
      .spent = read(at / "spent", from.getSpent()),
      .pixels = from.getPixels(),
  };
}

rendezvous read(const place& at, Rendezvous::Reader from) {
  const auto size = between<std::uint16_t>(at / "size", from.getSize(), 1, rendezvous::most_ranks);
  return {
      .token = from.getToken(),
      .rank = between<std::uint16_t>(at / "rank", from.getRank(), 0, static_cast<std::uint16_t>(size - 1)),
      .size = size,
  };
}

train_order read(const place& at, TrainOrder::Reader from) {
  train_order order{
      .group = group_id{from.getGroup()},
      .worker = id_or_empty<worker_id>(at / "worker", from.getWorker()),
      .base = from.getBase(),
      .from_scratch = from.getFromScratch(),
      .checkpoint = to_blob(from.getCheckpoint()),
      .samples = list(at / "samples", from.getSamples()),
      .members = ids<camera_id>(at / "members", from.getMembers()),
      .slice = span(at / "slice", from.getSlice()),
      .seed = from.getSeed(),
      .together = read(at / "together", from.getTogether()),
  };
  if (!order.from_scratch && !order.checkpoint.empty())
    refuse(at / "checkpoint", "is not empty, though fromScratch is false");
  return order;
}

train_report read(const place& at, TrainReport::Reader from) {
  return {
      .group = group_id{from.getGroup()},
      .state = from.getState(),
      .checkpoint = to_blob(from.getCheckpoint()),
      .weights = to_blob(from.getWeights()),
      .before = list(at / "before", from.getBefore()),
      .after = list(at / "after", from.getAfter()),
      .images = from.getImages(),
      .loss = finite(at / "loss", from.getLoss()),
      .spent = read(at / "spent", from.getSpent()),
      .pixels = from.getPixels(),
  };
}

eval_order read(const place& at, EvalOrder::Reader from) {
  return {
      .weights = to_blob(from.getWeights()),
      .frames = list(at / "frames", from.getFrames()),
      .features = from.getFeatures(),
  };
}

eval_report read(const place& at, EvalReport::Reader from) {
  constexpr std::size_t most_features = 4096;
  return {
      .scores = list(at / "scores", from.getScores()),
      .busy = span(at / "busy", from.getBusy()),
      .features = each(at / "features", from.getFeatures(), max_entries,
                       [](const place& frame, auto numbers) {
                         return each(frame, numbers, most_features, [](const place& here, float value) {
                           return static_cast<float>(finite(here, value));
                         });
                       }),
      .others = list(at / "others", from.getOthers()),
  };
}

expert_query read(const place& at, ExpertQuery::Reader from) {
  return {
      .camera = id_or_empty<camera_id>(at / "camera", from.getCamera()),
      .revision = from.getRevision(),
      .frames = list(at / "frames", from.getFrames()),
      .own = from.hasOwn() ? std::optional{read(at / "own", from.getOwn())} : std::nullopt,
  };
}

archive_order read(const place& at, ArchiveOrder::Reader from) {
  return {
      .group = group_id{from.getGroup()},
      .window = from.getWindow(),
      .parent = read(at / "parent", from.getParent()),
      .weights = to_blob(from.getWeights()),
      .frames = list(at / "frames", from.getFrames()),
  };
}

// -- node -------------------------------------------------------------------

camera_hello read(const place& at, CameraHello::Reader from) {
  return {
      .camera = id<camera_id>(at / "camera", from.getCamera()),
      .process = incarnation{from.getProcess()},
      .place = read(at / "place", from.getPlace()),
      .model = read(at / "model", from.getModel()),
  };
}

camera_welcome read(const place& at, CameraWelcome::Reader from) {
  return {
      .media_host = text(at / "mediaHost", from.getMediaHost()),
      .media_port = from.getMediaPort(),
      .media_token = from.getMediaToken(),
      .plan = read(at / "plan", from.getPlan()),
      .student = name(at / "student", from.getStudent()),
      .input_width = from.getInputWidth(),
      .input_height = from.getInputHeight(),
      .classes = texts(at / "classes", from.getClasses()),
  };
}

worker_hello read(const place& at, WorkerHello::Reader from) {
  return {
      .worker = id<worker_id>(at / "worker", from.getWorker()),
      .process = incarnation{from.getProcess()},
      .device = text(at / "device", from.getDevice()),
  };
}

worker_welcome read(const place& at, WorkerWelcome::Reader from) {
  return {
      .student = name(at / "student", from.getStudent()),
      .input_width = from.getInputWidth(),
      .input_height = from.getInputHeight(),
      .classes = texts(at / "classes", from.getClasses()),
      .teacher = text(at / "teacher", from.getTeacher()),
  };
}

chunk read(const place& at, Chunk::Reader from) {
  const auto part = from.getPart();
  if (from.getTotal() > max_message_bytes)
    refuse(at / "total",
           "is " + std::to_string(from.getTotal()) + " bytes, at most " + std::to_string(max_message_bytes));
  if (from.getOffset() > from.getTotal() || part.size() > from.getTotal() - from.getOffset())
    refuse(at / "part", "ends beyond total");
  return {
      .transfer = from.getTransfer(),
      .offset = from.getOffset(),
      .total = from.getTotal(),
      .crc = from.getCrc(),
      .part = copy_of(part),
  };
}

chunk_ack read(const place&, ChunkAck::Reader from) {
  return {.transfer = from.getTransfer(), .offset = from.getOffset()};
}

// -- status -----------------------------------------------------------------

camera_status read(const place& at, CameraStatus::Reader from) {
  camera_status status{
      .camera = id<camera_id>(at / "camera", from.getCamera()),
      .model = read(at / "model", from.getModel()),
      .frames_seen = from.getFramesSeen(),
      .frames_sent = from.getFramesSent(),
      .bytes_sent = from.getBytesSent(),
      .drift_score = not_negative(at / "driftScore", from.getDriftScore()),
      .confidence = fraction(at / "confidence", from.getConfidence()),
      .objects = not_negative(at / "objects", from.getObjects()),
      .place = {},
      .rate = not_negative(at / "rate", from.getRate()),
      .group = group_id{from.getGroup()},
  };
  if (from.hasPlace())
    status.place = read(at / "place", from.getPlace());
  return status;
}

arrival_report read(const place& at, ArrivalReport::Reader from) {
  return {
      .camera = id<camera_id>(at / "camera", from.getCamera()),
      .segments = from.getSegments(),
      .frames = from.getFrames(),
      .received = from.getReceived(),
      .over = span(at / "over", from.getOver()),
  };
}

event read(const place& at, Event::Reader from) {
  return {
      .at = span(at / "at", from.getAt()),
      .id = text_not_empty(at / "id", from.getId()),
      .camera = id_or_empty<camera_id>(at / "camera", from.getCamera()),
      .group = group_id{from.getGroup()},
      .worker = id_or_empty<worker_id>(at / "worker", from.getWorker()),
      .window = from.getWindow(),
      .value = nan_or(finite, at / "value", from.getValue()),
      .text = text(at / "text", from.getText()),
  };
}

status_query read(const place&, StatusQuery::Reader) {
  return {};
}

camera_standing read(const place& at, CameraStanding::Reader from) {
  return {
      .last = read(at / "last", from.getLast()),
      .online = from.getOnline(),
      .group = group_id{from.getGroup()},
      .map50 = nan_or(fraction<double>, at / "map50", from.getMap50()),
      .arriving = not_negative(at / "arriving", from.getArriving()),
      .truth50 = known_fraction(at / "truth50", from.getTruth50()),
      .teacher50 = known_fraction(at / "teacher50", from.getTeacher50()),
  };
}

group_standing read(const place& at, GroupStanding::Reader from) {
  return {
      .group = group_id{from.getGroup()},
      .members = ids<camera_id>(at / "members", from.getMembers()),
      .map50 = nan_or(fraction<double>, at / "map50", from.getMap50()),
      .share = fraction(at / "share", from.getShare()),
      .grants = from.getGrants(),
  };
}

worker_standing read(const place& at, WorkerStanding::Reader from) {
  return {
      .worker = id<worker_id>(at / "worker", from.getWorker()),
      .device = text(at / "device", from.getDevice()),
      .online = from.getOnline(),
      .busy = span(at / "busy", from.getBusy()),
  };
}

status_report read(const place& at, StatusReport::Reader from) {
  return {
      .uptime = span(at / "uptime", from.getUptime()),
      .term = epoch{from.getTerm()},
      .window = from.getWindow(),
      .micro_window = from.getMicroWindow(),
      .cameras = list(at / "cameras", from.getCameras()),
      .groups = list(at / "groups", from.getGroups()),
      .workers = list(at / "workers", from.getWorkers()),
      .actors = texts(at / "actors", from.getActors()),
  };
}

fault_rule read(const place& at, FaultRule::Reader from) {
  const fault_rule rule{
      .fate = enumerator<message_fate>(at / "fate", from.getFate()),
      .kind = text(at / "kind", from.getKind()),
      .sender = text(at / "sender", from.getSender()),
      .receiver = text(at / "receiver", from.getReceiver()),
      .nth = from.getNth(),
      .probability = fraction(at / "probability", from.getProbability()),
      .delay = span(at / "delay", from.getDelay()),
  };
  if (rule.fate == message_fate::delivered)
    refuse(at / "fate", "is delivered, which is no fault");
  if ((rule.fate == message_fate::delayed) != (rule.delay > duration::zero()))
    refuse(at / "delay", "is for delayed messages, and then longer than 0");
  return rule;
}

inject_order read(const place& at, InjectOrder::Reader from) {
  const auto to = from.getTo(), json = from.getJson(); // each is read once: the traversal is bounded
  const auto encoded = from.getEncoded();
  if (from.hasFault()) {
    if (to.size() > 0 || json.size() > 0 || encoded.size() > 0)
      refuse(at, "has a fault and a message", "send one after the other");
    return {.to = {}, .json = {}, .fault = read(at / "fault", from.getFault()), .encoded = {}};
  }
  if (encoded.size() > 0 && json.size() > 0)
    refuse(at, "has its message twice", "send it as JSON or encoded");
  return {
      .to = text_not_empty(at / "to", to),
      .json = text(at / "json", json, max_json),
      .fault = std::nullopt,
      .encoded = to_blob(encoded),
  };
}

inject_answer read(const place& at, InjectAnswer::Reader from) {
  return {.json = text(at / "json", from.getJson(), max_json)};
}

// -- envelope ---------------------------------------------------------------

namespace {

template <std::size_t I>
envelope read_alternative(Envelope::Reader from) {
  const auto field = union_field(I);
  const auto name = field.getProto().getName();
  const auto message = capnp::DynamicStruct::Reader{from}.get(field).as<capnp::DynamicStruct>();
  return envelope{std::in_place_index<I>,
                  read(place{{name.begin(), name.size()}}, message.as<std::tuple_element_t<I, messages>>())};
}

template <std::size_t... I>
envelope read_any(Envelope::Reader from, std::index_sequence<I...>) {
  constexpr std::array readers{&read_alternative<I>...};
  const auto kind = static_cast<std::size_t>(from.which());
  if (kind >= readers.size())
    throw error{ec::malformed_data, "message of unknown kind " + std::to_string(kind),
                "the sender may be of a later version"};
  return readers[kind](from);
}

} // namespace

envelope read(Envelope::Reader from) {
  return read_any(from, std::make_index_sequence<std::variant_size_v<envelope>>{});
}

} // namespace ecco::wire

// SPDX-License-Identifier: Apache-2.0
#include "messages/wire.hpp"

#include <limits>

#include <capnp/dynamic.h>

namespace ecco::wire {

namespace {

capnp::Text::Reader text(const std::string& from) {
  return {from.data(), from.size()};
}

unsigned count(const auto& from) {
  return static_cast<unsigned>(from.size());
}

void leave_gap(capnp::Data::Builder room, std::span<const std::uint8_t> content, std::vector<gap>& gaps) {
  if (!content.empty())
    gaps.push_back({room.begin(), content});
}

void write_texts(capnp::List<capnp::Text>::Builder to, const std::vector<std::string>& from) {
  for (unsigned i = 0; i < to.size(); ++i)
    to.set(i, text(from[i]));
}

template <class Id>
void write_ids(capnp::List<capnp::Text>::Builder to, const std::vector<Id>& from) {
  for (unsigned i = 0; i < to.size(); ++i)
    to.set(i, text(from[i].value));
}

/// Leaves the field of a `Shape` null when there is none, as it was before there were shapes.
template <class Owner>
void write_shape(Owner to, const outline& from) {
  if (from.empty())
    return;
  auto rings = to.initShape(count(from.rings));
  for (unsigned i = 0; i < rings.size(); ++i) {
    auto numbers = rings.init(i, 2 * count(from.rings[i]));
    for (unsigned k = 0; k < numbers.size() / 2; ++k) {
      numbers.set(2 * k, from.rings[i][k].x);
      numbers.set(2 * k + 1, from.rings[i][k].y);
    }
  }
}

/// Writes a list of structs; `gaps` is passed where they may hold blobs.
template <class List, class T>
void write_list(List to, const std::vector<T>& from, auto&... gaps) {
  for (unsigned i = 0; i < to.size(); ++i)
    write(to[i], from[i], gaps...);
}

} // namespace

// -- error ------------------------------------------------------------------

void write(Error::Builder to, const error& from) {
  to.setCode(static_cast<Error::Code>(from.code));
  to.setWhat(text(from.what));
  to.setHint(text(from.hint));
}

// -- detection --------------------------------------------------------------

void write(Box::Builder to, const box& from) {
  to.setX1(from.x1);
  to.setY1(from.y1);
  to.setX2(from.x2);
  to.setY2(from.y2);
}

void write(Detection::Builder to, const detection& from) {
  write(to.initWhere(), from.where);
  to.setClassId(from.class_id);
  to.setScore(from.score);
  write_shape(to, from.shape);
}

void write(Label::Builder to, const label& from) {
  write(to.initWhere(), from.where);
  to.setClassId(from.class_id);
  to.setIgnore(from.ignore);
  write_shape(to, from.shape);
}

void write(Image::Builder to, const image& from, std::vector<gap>& gaps) {
  to.setWidth(from.width);
  to.setHeight(from.height);
  leave_gap(to.initRgb(count(from.rgb)), from.rgb.view(), gaps);
}

void write(Frame::Builder to, const frame& from, std::vector<gap>& gaps) {
  to.setCamera(text(from.camera.value));
  to.setMediaTime(from.media_time.count());
  to.setRole(static_cast<SampleRole>(from.role));
  write(to.initPicture(), from.picture, gaps);
}

void write(LabelledFrame::Builder to, const labelled_frame& from, std::vector<gap>& gaps) {
  write(to.initShot(), from.shot, gaps);
  write_list(to.initLabels(count(from.labels)), from.labels);
  write_list(to.initSeen(count(from.seen)), from.seen);
  to.setSeenBy(from.seen_by);
  to.setBeforeDrift(from.before_drift);
}

// -- model ------------------------------------------------------------------

void write(ModelRef::Builder to, const model_ref& from) {
  to.setRevision(from.revision);
  to.setSha256(text(from.sha256));
}

void write(ModelUpdate::Builder to, const model_update& from, std::vector<gap>& gaps) {
  write(to.initModel(), from.model);
  leave_gap(to.initWeights(count(from.weights)), from.weights.view(), gaps);
}

void write(ModelAck::Builder to, const model_ack& from) {
  to.setCamera(text(from.camera.value));
  write(to.initModel(), from.model);
}

void write(CameraScore::Builder to, const camera_score& from) {
  to.setCamera(text(from.camera.value));
  to.setMap50(from.map50);
  to.setMap(from.map);
  to.setStandardError(from.standard_error);
  to.setFrames(from.frames);
  to.setObjects(from.objects);
}

void write(MemoryScore::Builder to, const memory_score& from) {
  write(to.initCandidate(), from.candidate);
  write(to.initUsual(), from.usual);
}

void write(GateEvidence::Builder to, const gate_evidence& from) {
  write(to.initCandidate(), from.candidate);
  write(to.initDeployed(), from.deployed);
  if (from.before_drift)
    write(to.initBeforeDrift(), *from.before_drift);
  to.setRevision(from.revision);
}

void write(ModelCandidate::Builder to, const model_candidate& from, std::vector<gap>& gaps) {
  to.setGroup(from.group.value);
  to.setWindow(from.window);
  write(to.initParent(), from.parent);
  leave_gap(to.initWeights(count(from.weights)), from.weights.view(), gaps);
  write_list(to.initMembers(count(from.members)), from.members);
}

void write(GateVerdict::Builder to, const gate_verdict& from) {
  write(to.initModel(), from.model);
  write_ids(to.initDeployed(count(from.deployed)), from.deployed);
  write_ids(to.initRefused(count(from.refused)), from.refused);
}

void write(ModelQuery::Builder to, const model_query& from) {
  to.setRevision(from.revision);
  to.setCamera(text(from.camera.value));
  to.setNameOnly(from.name_only);
}

void write(RollbackOrder::Builder to, const rollback_order& from) {
  to.setGroup(from.group.value);
  to.setCamera(text(from.camera.value));
  to.setWhy(text(from.why));
}

// -- grouping ---------------------------------------------------------------

void write(Location::Builder to, const location& from) {
  to.setLatitude(from.latitude);
  to.setLongitude(from.longitude);
}

void write(RetrainRequest::Builder to, const retrain_request& from) {
  to.setId(from.id.value);
  to.setCamera(text(from.camera.value));
  write(to.initPlace(), from.place);
  to.setAge(from.age.count());
  to.setReason(static_cast<RequestReason>(from.reason));
  write(to.initModel(), from.model);
}

void write(RequestAnswer::Builder to, const request_answer& from) {
  to.setId(from.id.value);
  to.setGroup(from.group.value);
  to.setJoined(from.joined);
  to.setWhy(text(from.why));
}

void write(SubsampleOrder::Builder to, const subsample_order& from) {
  to.setSince(from.since.count());
  to.setAtLeast(from.at_least);
}

void write(JoinOrder::Builder to, const join_order& from) {
  to.setGroup(from.group.value);
  to.setCamera(text(from.camera.value));
  to.setSince(from.since.count());
  if (from.evidence)
    write(to.initEvidence(), *from.evidence);
  to.setRenew(from.renew);
}

void write(LeaveOrder::Builder to, const leave_order& from) {
  to.setGroup(from.group.value);
  to.setCamera(text(from.camera.value));
}

void write(RegroupEvent::Builder to, const regroup_event& from) {
  to.setKind(static_cast<RegroupKind>(from.kind));
  to.setCamera(text(from.camera.value));
  to.setGroup(from.group.value);
  to.setWindow(from.window);
  to.setWhy(text(from.why));
}

void write(JobStarted::Builder to, const job_started& from) {
  to.setGroup(from.group.value);
  to.setMembers(from.members);
}

void write(JobEnded::Builder to, const job_ended& from) {
  to.setGroup(from.group.value);
}

void write(JobStanding::Builder to, const job_standing& from) {
  to.setGroup(from.group.value);
  to.setGrants(from.grants);
  to.setAccuracy(from.accuracy);
  to.setGain(from.gain);
}

void write(WindowClosed::Builder to, const window_closed& from) {
  to.setWindow(from.window);
  write_list(to.initJobs(count(from.jobs)), from.jobs);
}

// -- plan -------------------------------------------------------------------

void write(GpuShare::Builder to, const gpu_share& from) {
  to.setGroup(from.group.value);
  to.setWindow(from.window);
  to.setP(from.p);
  to.setC(from.c.count());
  to.setMembers(from.members);
  to.setPixelsPerSecond(from.pixels_per_second);
  to.setLabelsPerSecond(from.labels_per_second);
}

void write(SampleSplit::Builder to, const sample_split& from) {
  to.setCycle(from.cycle);
  to.setTrain(from.train);
  to.setGuard(from.guard);
  to.setHeldOut(from.held_out);
}

void write(SamplingPlan::Builder to, const sampling_plan& from) {
  to.setTrainFps(from.train_fps);
  to.setHeldOutFps(from.held_out_fps);
  to.setWidth(from.width);
  to.setHeight(from.height);
  to.setBitsPerSecond(from.bits_per_second);
  write(to.initSplit(), from.split);
}

void write(RatePlan::Builder to, const rate_plan& from) {
  to.setWeight(from.weight);
}

// -- segment ----------------------------------------------------------------

void write(FrameNote::Builder to, const frame_note& from) {
  to.setMediaTime(from.media_time.count());
  write_list(to.initSeen(count(from.seen)), from.seen);
  to.setSeenBy(from.seen_by);
}

void write(EncodedSegment::Builder to, const encoded_segment& from, std::vector<gap>& gaps) {
  to.setCamera(text(from.camera.value));
  to.setSequence(from.sequence);
  to.setSource(from.source.value);
  to.setRole(static_cast<SampleRole>(from.role));
  to.setCodec(text(from.codec));
  to.setWidth(from.width);
  to.setHeight(from.height);
  write_list(to.initFrames(count(from.frames)), from.frames);
  leave_gap(to.initStream(count(from.stream)), from.stream.view(), gaps);
}

// -- training ---------------------------------------------------------------

void write(SampleBatch::Builder to, const sample_batch& from, std::vector<gap>& gaps) {
  to.setCamera(text(from.camera.value));
  write_list(to.initFrames(count(from.frames)), from.frames, gaps);
  to.setUsual(from.usual);
}

void write(LabelOrder::Builder to, const label_order& from, std::vector<gap>& gaps) {
  write_list(to.initFrames(count(from.frames)), from.frames, gaps);
}

void write(Labels::Builder to, const labels& from) {
  auto frames = to.initFrames(count(from.frames));
  for (unsigned i = 0; i < frames.size(); ++i)
    write_list(frames.init(i, count(from.frames[i])), from.frames[i]);
  to.setBusy(from.busy.count());
}

void write(MicroWindowGrant::Builder to, const micro_window_grant& from) {
  to.setTerm(from.term.value);
  to.setWindow(from.window);
  to.setIndex(from.index);
  to.setGroup(from.group.value);
  to.setWorker(text(from.worker.value));
  to.setSlice(from.slice.count());
  write_ids(to.initOthers(count(from.others)), from.others);
  to.setToken(from.token);
}

void write(TimeSpent::Builder to, const time_spent& from) {
  to.setTraining(from.training.count());
  to.setEvaluation(from.evaluation.count());
  to.setOther(from.other.count());
}

void write(MicroWindowReport::Builder to, const micro_window_report& from) {
  to.setTerm(from.term.value);
  to.setWindow(from.window);
  to.setIndex(from.index);
  to.setGroup(from.group.value);
  to.setWorker(text(from.worker.value));
  to.setAccuracyBefore(from.accuracy_before);
  to.setAccuracyAfter(from.accuracy_after);
  to.setStandardError(from.standard_error);
  write_list(to.initMembers(count(from.members)), from.members);
  to.setImages(from.images);
  to.setLoss(from.loss);
  write(to.initSpent(), from.spent);
  to.setPixels(from.pixels);
}

void write(Rendezvous::Builder to, const rendezvous& from) {
  to.setToken(from.token);
  to.setRank(from.rank);
  to.setSize(from.size);
}

void write(TrainOrder::Builder to, const train_order& from, std::vector<gap>& gaps) {
  to.setGroup(from.group.value);
  to.setWorker(text(from.worker.value));
  to.setBase(from.base);
  to.setFromScratch(from.from_scratch);
  leave_gap(to.initCheckpoint(count(from.checkpoint)), from.checkpoint.view(), gaps);
  write_list(to.initSamples(count(from.samples)), from.samples, gaps);
  write_ids(to.initMembers(count(from.members)), from.members);
  to.setSlice(from.slice.count());
  to.setSeed(from.seed);
  write(to.initTogether(), from.together);
}

void write(TrainReport::Builder to, const train_report& from, std::vector<gap>& gaps) {
  to.setGroup(from.group.value);
  to.setState(from.state);
  leave_gap(to.initCheckpoint(count(from.checkpoint)), from.checkpoint.view(), gaps);
  leave_gap(to.initWeights(count(from.weights)), from.weights.view(), gaps);
  write_list(to.initBefore(count(from.before)), from.before);
  write_list(to.initAfter(count(from.after)), from.after);
  to.setImages(from.images);
  to.setLoss(from.loss);
  write(to.initSpent(), from.spent);
  to.setPixels(from.pixels);
}

void write(EvalOrder::Builder to, const eval_order& from, std::vector<gap>& gaps) {
  leave_gap(to.initWeights(count(from.weights)), from.weights.view(), gaps);
  write_list(to.initFrames(count(from.frames)), from.frames, gaps);
  to.setFeatures(from.features);
}

void write(EvalReport::Builder to, const eval_report& from) {
  write_list(to.initScores(count(from.scores)), from.scores);
  to.setBusy(from.busy.count());
  if (!from.others.empty())
    write_list(to.initOthers(count(from.others)), from.others);
  if (from.features.empty())
    return;
  auto frames = to.initFeatures(count(from.features));
  for (unsigned i = 0; i < frames.size(); ++i) {
    auto numbers = frames.init(i, count(from.features[i]));
    for (unsigned k = 0; k < numbers.size(); ++k)
      numbers.set(k, from.features[i][k]);
  }
}

void write(ExpertQuery::Builder to, const expert_query& from, std::vector<gap>& gaps) {
  to.setCamera(text(from.camera.value));
  to.setRevision(from.revision);
  write_list(to.initFrames(count(from.frames)), from.frames, gaps);
  if (from.own)
    write(to.initOwn(), *from.own, gaps);
}

void write(ArchiveOrder::Builder to, const archive_order& from, std::vector<gap>& gaps) {
  to.setGroup(from.group.value);
  to.setWindow(from.window);
  write(to.initParent(), from.parent);
  leave_gap(to.initWeights(count(from.weights)), from.weights.view(), gaps);
  write_list(to.initFrames(count(from.frames)), from.frames, gaps);
}

// -- node -------------------------------------------------------------------

void write(CameraHello::Builder to, const camera_hello& from) {
  to.setCamera(text(from.camera.value));
  to.setProcess(from.process.value);
  write(to.initPlace(), from.place);
  write(to.initModel(), from.model);
}

void write(CameraWelcome::Builder to, const camera_welcome& from) {
  to.setMediaHost(text(from.media_host));
  to.setMediaPort(from.media_port);
  to.setMediaToken(from.media_token);
  write(to.initPlan(), from.plan);
  to.setStudent(text(from.student));
  to.setInputWidth(from.input_width);
  to.setInputHeight(from.input_height);
  write_texts(to.initClasses(count(from.classes)), from.classes);
}

void write(WorkerHello::Builder to, const worker_hello& from) {
  to.setWorker(text(from.worker.value));
  to.setProcess(from.process.value);
  to.setDevice(text(from.device));
}

void write(WorkerWelcome::Builder to, const worker_welcome& from) {
  to.setStudent(text(from.student));
  to.setInputWidth(from.input_width);
  to.setInputHeight(from.input_height);
  write_texts(to.initClasses(count(from.classes)), from.classes);
  to.setTeacher(text(from.teacher));
}

void write(Chunk::Builder to, const chunk& from, std::vector<gap>& gaps) {
  to.setTransfer(from.transfer);
  to.setOffset(from.offset);
  to.setTotal(from.total);
  to.setCrc(from.crc);
  leave_gap(to.initPart(count(from.part)), from.part, gaps);
}

void write(ChunkAck::Builder to, const chunk_ack& from) {
  to.setTransfer(from.transfer);
  to.setOffset(from.offset);
}

// -- status -----------------------------------------------------------------

void write(CameraStatus::Builder to, const camera_status& from) {
  to.setCamera(text(from.camera.value));
  write(to.initModel(), from.model);
  to.setFramesSeen(from.frames_seen);
  to.setFramesSent(from.frames_sent);
  to.setBytesSent(from.bytes_sent);
  to.setDriftScore(from.drift_score);
  to.setConfidence(from.confidence);
  to.setObjects(from.objects);
  if (from.place)
    write(to.initPlace(), *from.place);
  to.setRate(from.rate);
  to.setGroup(from.group.value);
}

void write(ArrivalReport::Builder to, const arrival_report& from) {
  to.setCamera(text(from.camera.value));
  to.setSegments(from.segments);
  to.setFrames(from.frames);
  to.setReceived(from.received);
  to.setOver(from.over.count());
}

void write(Event::Builder to, const event& from) {
  to.setAt(from.at.count());
  to.setId(text(from.id));
  to.setCamera(text(from.camera.value));
  to.setGroup(from.group.value);
  to.setWorker(text(from.worker.value));
  to.setWindow(from.window);
  to.setValue(from.value);
  to.setText(text(from.text));
}

void write(StatusQuery::Builder, const status_query&) {}

void write(CameraStanding::Builder to, const camera_standing& from) {
  write(to.initLast(), from.last);
  to.setOnline(from.online);
  to.setGroup(from.group.value);
  to.setMap50(from.map50);
  to.setArriving(from.arriving);
  to.setTruth50(from.truth50.value_or(std::numeric_limits<double>::quiet_NaN()));
  to.setTeacher50(from.teacher50.value_or(std::numeric_limits<double>::quiet_NaN()));
}

void write(GroupStanding::Builder to, const group_standing& from) {
  to.setGroup(from.group.value);
  write_ids(to.initMembers(count(from.members)), from.members);
  to.setMap50(from.map50);
  to.setShare(from.share);
  to.setGrants(from.grants);
}

void write(WorkerStanding::Builder to, const worker_standing& from) {
  to.setWorker(text(from.worker.value));
  to.setDevice(text(from.device));
  to.setOnline(from.online);
  to.setBusy(from.busy.count());
}

void write(StatusReport::Builder to, const status_report& from) {
  to.setUptime(from.uptime.count());
  to.setTerm(from.term.value);
  to.setWindow(from.window);
  to.setMicroWindow(from.micro_window);
  write_list(to.initCameras(count(from.cameras)), from.cameras);
  write_list(to.initGroups(count(from.groups)), from.groups);
  write_list(to.initWorkers(count(from.workers)), from.workers);
  write_texts(to.initActors(count(from.actors)), from.actors);
}

void write(FaultRule::Builder to, const fault_rule& from) {
  to.setFate(static_cast<Fate>(from.fate));
  to.setKind(text(from.kind));
  to.setSender(text(from.sender));
  to.setReceiver(text(from.receiver));
  to.setNth(from.nth);
  to.setProbability(from.probability);
  to.setDelay(from.delay.count());
}

void write(InjectOrder::Builder to, const inject_order& from, std::vector<gap>& gaps) {
  if (from.fault)
    write(to.initFault(), *from.fault);
  if (!from.encoded.empty())
    leave_gap(to.initEncoded(count(from.encoded)), from.encoded.view(), gaps);
  to.setTo(text(from.to));
  to.setJson(text(from.json));
}

void write(InjectAnswer::Builder to, const inject_answer& from) {
  to.setJson(text(from.json));
}

// -- envelope ---------------------------------------------------------------

namespace {

template <std::size_t I>
void write_alternative(Envelope::Builder to, const envelope& from, std::vector<gap>& gaps) {
  auto message =
      capnp::DynamicStruct::Builder{to}.init(union_field(I)).as<std::tuple_element_t<I, messages>>();
  if constexpr (requires { write(message, std::get<I>(from), gaps); })
    write(message, std::get<I>(from), gaps);
  else
    write(message, std::get<I>(from));
}

template <std::size_t... I>
void write_any(Envelope::Builder to, const envelope& from, std::vector<gap>& gaps,
               std::index_sequence<I...>) {
  ((from.index() == I ? write_alternative<I>(to, from, gaps) : void()), ...);
}

} // namespace

void write(Envelope::Builder to, const envelope& from, std::vector<gap>& gaps) {
  write_any(to, from, gaps, std::make_index_sequence<std::variant_size_v<envelope>>{});
}

} // namespace ecco::wire

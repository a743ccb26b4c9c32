// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <numeric>
#include <string>

#include <ns3/applications-module.h>
#include <ns3/core-module.h>
#include <ns3/internet-module.h>
#include <ns3/network-module.h>
#include <ns3/point-to-point-module.h>
#include <ns3/traffic-control-module.h>

#include "benchmarks/dumbbell.hpp"

namespace ecco::bench {

namespace {

constexpr std::uint32_t packet_bytes = 1200;
/// TCP and IP without options, and PPP.
constexpr std::uint32_t segment_bytes = packet_bytes - 20 - 20 - 2;
constexpr double beta = 0.5;

/// A window that grows by alpha segments a round trip and keeps beta of itself: Yang and Lam's GAIMD.
class gaimd : public ns3::TcpNewReno {
 public:
  explicit gaimd(double alpha) : alpha_(alpha) {}

  std::string GetName() const override { return "gaimd"; }

  std::uint32_t GetSsThresh(ns3::Ptr<const ns3::TcpSocketState> state, std::uint32_t) override {
    const auto kept = static_cast<std::uint32_t>(beta * state->m_cWnd.Get());
    return std::max(state->m_segmentSize, kept);
  }

  ns3::Ptr<ns3::TcpCongestionOps> Fork() override { return ns3::CopyObject<gaimd>(ns3::Ptr<gaimd>{this}); }

 protected:
  void CongestionAvoidance(ns3::Ptr<ns3::TcpSocketState> state, std::uint32_t acknowledged) override {
    const double segment = state->m_segmentSize;
    owed_ += alpha_ * acknowledged * segment * segment / state->m_cWnd.Get();
    const auto whole = static_cast<std::uint32_t>(owed_);
    state->m_cWnd += whole;
    owed_ -= whole;
  }

 private:
  double alpha_, owed_ = 0;
};

void set_defaults() {
  using namespace ns3;
  Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(segment_bytes));
  Config::SetDefault("ns3::TcpSocket::InitialCwnd", UintegerValue(2));
  Config::SetDefault("ns3::TcpSocket::InitialSlowStartThreshold", UintegerValue(2 * segment_bytes));
  Config::SetDefault("ns3::TcpSocket::DelAckCount", UintegerValue(1));
  Config::SetDefault("ns3::TcpSocket::SndBufSize", UintegerValue(8 << 20));
  Config::SetDefault("ns3::TcpSocket::RcvBufSize", UintegerValue(8 << 20));
  Config::SetDefault("ns3::TcpSocketBase::Timestamp", BooleanValue(false));
}

/// A link whose only queue is the device's own.
ns3::NetDeviceContainer connect(ns3::Ptr<ns3::Node> from, ns3::Ptr<ns3::Node> to, double bits_per_second,
                                nanoseconds delay, std::uint32_t queue_packets, const std::string& network) {
  using namespace ns3;
  PointToPointHelper link;
  link.SetDeviceAttribute("DataRate", DataRateValue(DataRate{static_cast<std::uint64_t>(bits_per_second)}));
  link.SetChannelAttribute("Delay", TimeValue(NanoSeconds(delay.count())));
  link.SetQueue("ns3::DropTailQueue", "MaxSize", StringValue(std::to_string(queue_packets) + "p"));
  auto devices = link.Install(from, to);
  Ipv4AddressHelper addresses;
  addresses.SetBase(network.c_str(), "255.255.255.0");
  addresses.Assign(devices);
  TrafficControlHelper{}.Uninstall(devices);
  return devices;
}

} // namespace

course run_in_ns3(const dumbbell& what, nanoseconds warm_up, nanoseconds length, std::uint64_t seed) {
  using namespace ns3;
  const auto began = std::chrono::steady_clock::now();
  set_defaults();
  RngSeedManager::SetSeed(static_cast<std::uint32_t>(seed));
  const auto flows = static_cast<std::uint32_t>(what.alphas.size());
  NodeContainer nodes;
  nodes.Create(flows + 2);
  InternetStackHelper{}.Install(nodes);
  const auto router = nodes.Get(flows), server = nodes.Get(flows + 1);
  constexpr auto shared_delay = std::chrono::milliseconds{1};
  const auto shared = connect(router, server, what.bits_per_second, shared_delay, what.queue_packets, "10.0.0.0");
  if (what.loss > 0) {
    auto errors = CreateObject<RateErrorModel>();
    errors->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
    errors->SetRate(what.loss);
    shared.Get(1)->SetAttribute("ReceiveErrorModel", PointerValue(errors));
  }
  const auto server_address = server->GetObject<Ipv4>()->GetAddress(1, 0).GetLocal();
  std::vector<Ptr<PacketSink>> sinks;
  for (std::uint32_t i = 0; i < flows; ++i) {
    const auto round_trip = what.round_trips[i % what.round_trips.size()];
    connect(nodes.Get(i), router, 1e9, round_trip / 2 - shared_delay, 10'000, "10.1." + std::to_string(i) + ".0");
    const auto port = static_cast<std::uint16_t>(5000 + i);
    auto sink =
        PacketSinkHelper{"ns3::TcpSocketFactory", InetSocketAddress{Ipv4Address::GetAny(), port}}.Install(server);
    sinks.push_back(DynamicCast<PacketSink>(sink.Get(0)));
    auto source =
        BulkSendHelper{"ns3::TcpSocketFactory", InetSocketAddress{server_address, port}}.Install(nodes.Get(i));
    const auto starts = MilliSeconds(7 * i);
    source.Start(starts);
    const auto sender = DynamicCast<BulkSendApplication>(source.Get(0));
    Simulator::Schedule(starts + NanoSeconds(1), [sender, alpha = what.alphas[i]] {
      DynamicCast<TcpSocketBase>(sender->GetSocket())->SetCongestionControlAlgorithm(CreateObject<gaimd>(alpha));
    });
  }
  Ipv4GlobalRoutingHelper::PopulateRoutingTables();
  std::vector<double> before(flows);
  Simulator::Schedule(NanoSeconds(warm_up.count()), [&] {
    for (std::uint32_t i = 0; i < flows; ++i)
      before[i] = static_cast<double>(sinks[i]->GetTotalRx());
  });
  Simulator::Stop(NanoSeconds((warm_up + length).count()));
  Simulator::Run();
  course out;
  double all = 0;
  for (std::uint32_t i = 0; i < flows; ++i) {
    all += static_cast<double>(sinks[i]->GetTotalRx());
    out.shares.push_back(static_cast<double>(sinks[i]->GetTotalRx()) - before[i]);
  }
  const auto counted = std::accumulate(out.shares.begin(), out.shares.end(), 0.0);
  for (auto& share : out.shares)
    share /= counted;
  out.packets = static_cast<std::uint64_t>(all / segment_bytes);
  Simulator::Destroy();
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return out;
}

} // namespace ecco::bench

// SPDX-License-Identifier: Apache-2.0
// Private to gradient_exchange.cpp: sees c10d. What differs between its versions.
#pragma once

#include <chrono>
#include <string>

#include <torch/version.h>

#include <torch/csrc/distributed/c10d/FileStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#ifdef ECCO_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

namespace ecco {

// What collectives are called on: process groups themselves, until torch 2.0 put backends below them.
#if TORCH_VERSION_MAJOR >= 2
using c10d_backend = c10d::Backend;
#else
using c10d_backend = c10d::ProcessGroup;
#endif
using c10d_group = c10::intrusive_ptr<c10d_backend>;
using c10d_store = c10::intrusive_ptr<c10d::Store>;

inline c10d_store file_store(const std::string& path, int ranks, std::chrono::milliseconds patience) {
  auto store = c10::make_intrusive<c10d::FileStore>(path, ranks);
  store->setTimeout(patience);
  return store;
}

/// Over loopback.
inline c10d_group gloo_group(const c10d_store& store, int rank, int ranks, std::chrono::milliseconds patience) {
  auto options = c10d::ProcessGroupGloo::Options::create(patience);
  options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname("127.0.0.1"));
  options->threads = 1;
  return c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank, ranks, options);
}

/// Null where LibTorch has no NCCL.
inline c10d_group nccl_group([[maybe_unused]] const c10d_store& store, [[maybe_unused]] int rank,
                             [[maybe_unused]] int ranks, [[maybe_unused]] std::chrono::milliseconds patience) {
#ifdef ECCO_NCCL
  auto options = c10d::ProcessGroupNCCL::Options::create();
  options->timeout = patience;
  return c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank, ranks, options);
#else
  return {};
#endif
}

} // namespace ecco

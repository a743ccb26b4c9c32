// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/recording.hpp"

#ifdef ECCO_CUDA_GRAPHS

#include <ATen/cuda/CUDAGraph.h>

namespace ecco {

namespace {

class cuda_graph final : public recording {
 public:
  cuda_graph(const std::function<void()>& work, const cuda_graph* beside) {
    const auto pool = beside ? beside->pool_ : at::cuda::graph_pool_handle();
    // Other threads' work with the device goes on; torch's own threads take part through the stream.
    graph_.capture_begin(pool, cudaStreamCaptureModeThreadLocal);
    try {
      work();
    } catch (...) {
      stop_after_failure();
      throw;
    }
    graph_.capture_end();
    pool_ = graph_.pool();
  }

  void replay() override { graph_.replay(); }

 private:
  /// The stream must leave the recording state; that this fails too says nothing new.
  void stop_after_failure() noexcept {
    try {
      graph_.capture_end();
    } catch (const std::exception&) {
    }
  }

  at::cuda::CUDAGraph graph_;
  at::cuda::MempoolId_t pool_{};
};

} // namespace

bool recording::available() {
  return true;
}

std::unique_ptr<recording> recording::make(const std::function<void()>& work, const recording* beside) {
  return std::make_unique<cuda_graph>(work, static_cast<const cuda_graph*>(beside));
}

} // namespace ecco

#else

namespace ecco {

bool recording::available() {
  return false;
}

std::unique_ptr<recording> recording::make(const std::function<void()>&, const recording*) {
  TORCH_CHECK(false, "this build has no CUDA graphs");
}

} // namespace ecco

#endif

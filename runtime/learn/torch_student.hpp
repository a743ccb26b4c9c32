// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "messages/error.hpp"
#include "runtime/learn/student.hpp"
#include "runtime/learn/torch_detector.hpp"

namespace ecco {

/// A student that runs YOLO11 on LibTorch. It has no weights before its first `load`.
result<std::unique_ptr<student>> make_torch_student(const student_spec& spec,
                                                    const detection_options& options = {});

} // namespace ecco

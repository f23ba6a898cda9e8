#pragma once

#include <onnx/onnx_pb.h>

#include <cstddef>
#include <string>

namespace accelsim {

/// A constant's data of more bytes than this stays in the file.
inline constexpr size_t kMostSkimmedBytes = 1 << 16;

/// Parses an ONNX file without the data of its large constants, which is not even read: of a model
/// of hundreds of megabytes a few kilobytes. False where the file is cut off or no protocol buffer.
bool skim_onnx_model(const std::string& path, onnx::ModelProto& model);

}  // namespace accelsim

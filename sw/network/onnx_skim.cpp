#include "sw/network/onnx_skim.h"

#include <fcntl.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/wire_format_lite.h>

#include <filesystem>
#include <limits>

namespace accelsim {
namespace {

namespace io = google::protobuf::io;
using Wire = google::protobuf::internal::WireFormatLite;

/// What a field of a message holds, as far as it leads to constants.
enum class Message { kModel, kGraph, kNode, kAttribute, kTensor, kData, kOther };

Message field_of(Message message, int field) {
    using namespace onnx;
    switch (message) {
        case Message::kModel:
            return field == ModelProto::kGraphFieldNumber ? Message::kGraph : Message::kOther;
        case Message::kGraph:
            if (field == GraphProto::kNodeFieldNumber) return Message::kNode;
            return field == GraphProto::kInitializerFieldNumber ? Message::kTensor
                                                                : Message::kOther;
        case Message::kNode:
            return field == NodeProto::kAttributeFieldNumber ? Message::kAttribute
                                                             : Message::kOther;
        case Message::kAttribute:
            return field == AttributeProto::kTFieldNumber ? Message::kTensor : Message::kOther;
        case Message::kTensor:
            return field == TensorProto::kRawDataFieldNumber ||
                           field == TensorProto::kFloatDataFieldNumber
                       ? Message::kData
                       : Message::kOther;
        default:
            return Message::kOther;
    }
}

/// Copies the fields of a message, which ends at the stream's limit, without large data.
bool copy(io::CodedInputStream& in, Message message, std::string& copied) {
    io::StringOutputStream stream(&copied);
    io::CodedOutputStream out(&stream);
    while (in.BytesUntilLimit() > 0) {
        const uint32_t tag = in.ReadTag();
        const Message field = field_of(message, Wire::GetTagFieldNumber(tag));
        const bool is_nested = Wire::GetTagWireType(tag) == Wire::WIRETYPE_LENGTH_DELIMITED;
        if (!is_nested || field == Message::kOther) {
            if (tag == 0 || !Wire::SkipField(&in, tag, &out)) return false;
            continue;
        }
        uint32_t length = 0;
        const bool is_whole =
            in.ReadVarint32(&length) && length <= static_cast<uint32_t>(in.BytesUntilLimit());
        if (!is_whole) return false;
        const auto bytes = static_cast<int>(length);
        std::string content;
        if (field != Message::kData) {
            const auto limit = in.PushLimit(bytes);
            if (!copy(in, field, content)) return false;
            in.PopLimit(limit);
        } else if (length > kMostSkimmedBytes) {
            if (!in.Skip(bytes)) return false;
            continue;
        } else if (!in.ReadString(&content, bytes)) {
            return false;
        }
        out.WriteTag(tag);
        out.WriteVarint32(static_cast<uint32_t>(content.size()));
        out.WriteString(content);
    }
    return true;
}

}  // namespace

bool skim_onnx_model(const std::string& path, onnx::ModelProto& model) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error || size > std::numeric_limits<int>::max()) return false;
    io::FileInputStream file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    file.SetCloseOnDelete(true);
    io::CodedInputStream in(&file);
    in.PushLimit(static_cast<int>(size));
    std::string copied;
    return copy(in, Message::kModel, copied) && model.ParseFromString(copied);
}

}  // namespace accelsim

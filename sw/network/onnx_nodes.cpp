#include "sw/network/onnx_nodes.h"

#include <utility>

#include "sw/network/onnx_activation.h"
#include "sw/network/onnx_shortcut.h"
#include "sw/network/onnx_window.h"

namespace accelsim {
namespace {

using Proto = onnx::NodeProto;

const std::string& input_name(const Proto& proto, int index) {
    static const std::string none;
    return index < proto.input_size() ? proto.input(index) : none;
}

std::vector<float> optional_floats(const Proto& proto, int index, const OnnxConstants& constants) {
    const std::string& name = input_name(proto, index);
    if (name.empty()) return {};
    auto values = constants.floats(name);
    if (values.empty()) throw OnnxRefusal{"constant '" + name + "' must not be empty", "0 values"};
    return values;
}

void require_rank(const std::vector<int64_t>& dims, size_t rank, const std::string& what) {
    if (dims.size() != rank) {
        throw OnnxRefusal{what + " must have " + std::to_string(rank) + " dimensions",
                          dims_to_string(dims)};
    }
    for (int64_t dim : dims) {
        if (dim < 1) throw OnnxRefusal{what + " must not be empty", dims_to_string(dims)};
    }
}

/// (out, in, height, width) to (height, width, in, out).
std::vector<float> to_hwio(const std::vector<float>& oihw, const std::vector<int64_t>& dims) {
    const int64_t out = dims[0], in = dims[1], taps = dims[2] * dims[3];
    if (oihw.empty()) return {};
    std::vector<float> hwio(oihw.size());
    size_t source = 0;
    for (int64_t o = 0; o < out; ++o) {
        for (int64_t i = 0; i < in; ++i) {
            for (int64_t tap = 0; tap < taps; ++tap) {
                hwio[static_cast<size_t>((tap * in + i) * out + o)] = oihw[source++];
            }
        }
    }
    return hwio;
}

OnnxDraft read_conv(const Proto& proto, const OnnxConstants& constants,
                    OnnxAttributes& attributes) {
    OnnxDraft draft;
    Node& node = draft.node;
    const auto dims = constants.dims(input_name(proto, 1));
    require_rank(dims, 4, "the weight");
    const auto kernel = attributes.integers("kernel_shape", {dims[2], dims[3]});
    if (kernel != std::vector<int64_t>{dims[2], dims[3]}) {
        throw OnnxRefusal{"kernel_shape must be that of the weight, " + dims_to_string(dims),
                          dims_to_string(kernel)};
    }
    node.window.kernel_height = window_extent(dims[2]);
    node.window.kernel_width = window_extent(dims[3]);
    draft.auto_pad = read_sliding(attributes, node.window);
    const int64_t groups = attributes.integer("group", 1);
    if (groups < 1 || groups > dims[0] || dims[0] % groups != 0) {
        throw OnnxRefusal{"group must divide the output channels, " + std::to_string(dims[0]),
                          std::to_string(groups)};
    }
    node.groups = static_cast<int>(groups);
    node.out_channels = dims[0];
    draft.weight_channels = dims[1];
    node.weights = to_hwio(constants.weights(input_name(proto, 1)), dims);
    node.bias = optional_floats(proto, 2, constants);
    return draft;
}

/// A (rows, columns) matrix scaled by `alpha`, transposed where asked.
std::vector<float> scaled_matrix(std::vector<float> values, const std::vector<int64_t>& dims,
                                 bool transpose, float alpha) {
    const auto rows = static_cast<size_t>(dims[0]);
    const auto columns = static_cast<size_t>(dims[1]);
    for (float& value : values) value *= alpha;
    if (!transpose || values.empty()) return values;
    std::vector<float> result(values.size());
    for (size_t row = 0; row < rows; ++row) {
        for (size_t column = 0; column < columns; ++column) {
            result[column * rows + row] = values[row * columns + column];
        }
    }
    return result;
}

/// A bias of (n), (1, n) or one value, as (n) values.
std::vector<float> broadcast_bias(std::vector<float> values, int64_t n, float beta) {
    if (values.size() == 1) values.assign(static_cast<size_t>(n), values[0]);
    for (float& value : values) value *= beta;
    return values;
}

OnnxDraft read_gemm(const Proto& proto, const OnnxConstants& constants,
                    OnnxAttributes& attributes) {
    OnnxDraft draft;
    draft.node.op = Op::kGemm;
    const auto dims = constants.dims(input_name(proto, 1));
    require_rank(dims, 2, "the weight");
    if (attributes.integer("transA", 0) != 0) throw OnnxRefusal{"transA is not available", "1"};
    const bool transpose = attributes.integer("transB", 0) != 0;
    const float alpha = attributes.real("alpha", 1.0f);
    const float beta = attributes.real("beta", 1.0f);
    draft.node.out_channels = transpose ? dims[0] : dims[1];
    draft.weight_channels = transpose ? dims[1] : dims[0];
    draft.node.weights =
        scaled_matrix(constants.weights(input_name(proto, 1)), dims, transpose, alpha);
    draft.node.bias =
        broadcast_bias(optional_floats(proto, 2, constants), draft.node.out_channels, beta);
    return draft;
}

OnnxDraft read_batch_norm(const Proto& proto, const OnnxConstants& constants,
                          OnnxAttributes& attributes) {
    OnnxDraft draft;
    draft.node.op = Op::kBatchNorm;
    BatchNorm& norm = draft.node.norm;
    norm.epsilon = attributes.real("epsilon", 1e-5f);
    attributes.ignore("momentum");
    attributes.ignore("is_test");
    if (attributes.integer("spatial", 1) != 1) throw OnnxRefusal{"spatial must be 1", "0"};
    if (attributes.integer("training_mode", 0) != 0) {
        throw OnnxRefusal{"batch normalization needs fixed statistics", "training_mode 1"};
    }
    std::vector<float>* const values[] = {&norm.gamma, &norm.beta, &norm.mean, &norm.variance};
    for (int i = 0; i < 4; ++i) {
        *values[i] = optional_floats(proto, i + 1, constants);
        if (values[i]->empty()) throw OnnxRefusal{"needs scale, B, mean and var", "fewer inputs"};
    }
    return draft;
}

OnnxDraft read_pool(const Proto& proto, OnnxAttributes& attributes) {
    OnnxDraft draft;
    Node& node = draft.node;
    node.op = Op::kPool;
    node.pool.kind = proto.op_type() == "MaxPool" ? PoolKind::kMax : PoolKind::kAverage;
    const auto kernel = spatial_attribute(attributes, "kernel_shape", 2, 0);
    node.pool.window.kernel_height = window_extent(kernel[0]);
    node.pool.window.kernel_width = window_extent(kernel[1]);
    draft.auto_pad = read_sliding(attributes, node.pool.window);
    if (attributes.integer("ceil_mode", 0) != 0) {
        throw OnnxRefusal{"ceil_mode is not available", "1"};
    }
    if (node.pool.kind == PoolKind::kAverage) {
        node.pool.count_include_pad = attributes.integer("count_include_pad", 0) != 0;
    } else {
        attributes.ignore("storage_order");
    }
    return draft;
}

OnnxDraft read_global_pool() {
    OnnxDraft draft;
    draft.kind = OnnxDraft::Kind::kGlobalPool;
    draft.node.op = Op::kPool;
    draft.node.pool.kind = PoolKind::kAverage;
    return draft;
}

OnnxDraft read_flatten(OnnxAttributes& attributes) {
    const int64_t axis = attributes.integer("axis", 1);
    if (axis != 1) throw OnnxRefusal{"axis must be 1", std::to_string(axis)};
    OnnxDraft draft;
    draft.node.op = Op::kFlatten;
    return draft;
}

OnnxDraft read_reshape(const Proto& proto, const OnnxConstants& constants,
                       OnnxAttributes& attributes) {
    attributes.ignore("allowzero");
    OnnxDraft draft;
    draft.kind = OnnxDraft::Kind::kReshape;
    draft.target = constants.integers(input_name(proto, 1));
    return draft;
}

/// Of a constant, or of two feature maps.
OnnxDraft read_add(const Proto& proto, const OnnxConstants& constants) {
    OnnxDraft draft;
    const std::string& name = input_name(proto, constants.contains(input_name(proto, 1)) ? 1 : 0);
    if (!constants.contains(name)) {
        draft.node.op = Op::kAdd;
        return draft;
    }
    draft.kind = OnnxDraft::Kind::kAddConstant;
    draft.addend_dims = constants.dims(name);
    draft.addend = constants.floats(name);
    return draft;
}

OnnxDraft read_known(const Proto& proto, const OnnxConstants& constants,
                     OnnxAttributes& attributes) {
    const std::string& op = proto.op_type();
    OnnxDraft draft;
    if (op == "Conv") return read_conv(proto, constants, attributes);
    if (op == "Gemm" || op == "MatMul") return read_gemm(proto, constants, attributes);
    if (op == "BatchNormalization") return read_batch_norm(proto, constants, attributes);
    if (op == "MaxPool" || op == "AveragePool") return read_pool(proto, attributes);
    if (op == "GlobalAveragePool") return read_global_pool();
    if (op == "Flatten") return read_flatten(attributes);
    if (op == "Reshape") return read_reshape(proto, constants, attributes);
    if (op == "Add") return read_add(proto, constants);
    if (op == "Slice") return read_onnx_slice(proto, constants, attributes);
    if (op == "Pad") return read_onnx_pad(proto, constants, attributes);
    if (op == "Relu" || op == "LeakyRelu" || op == "Clip") {
        return read_onnx_activation(proto, constants, attributes);
    }
    if (op == "Identity" || op == "Dropout") {
        for (const char* name : {"ratio", "seed", "is_test"}) attributes.ignore(name);
        draft.kind = OnnxDraft::Kind::kDropped;
        return draft;
    }
    if (op == "Softmax" || op == "LogSoftmax") {
        attributes.ignore("axis");
        draft.kind = OnnxDraft::Kind::kSoftmax;
        return draft;
    }
    throw OnnxRefusal{
        "operator must be one of Conv, BatchNormalization, Relu, LeakyRelu, Clip, MaxPool, "
        "AveragePool, GlobalAveragePool, Flatten, Reshape, Gemm, MatMul, Add, Slice, Pad, "
        "Identity, "
        "Dropout, Softmax",
        proto.domain().empty() ? op : proto.domain() + "." + op};
}

}  // namespace

OnnxDraft read_onnx_node(const Proto& proto, const OnnxConstants& constants) {
    if (!proto.domain().empty() && proto.domain() != "ai.onnx") {
        throw OnnxRefusal{"operator must be of the standard domain",
                          proto.domain() + "." + proto.op_type()};
    }
    OnnxAttributes attributes(proto);
    OnnxDraft draft = read_known(proto, constants, attributes);
    attributes.finish();
    for (int i = 1; i < proto.output_size(); ++i) {
        const bool dropped = draft.kind == OnnxDraft::Kind::kDropped;  // Dropout's unused mask
        if (!dropped && !proto.output(i).empty()) {
            throw OnnxRefusal{"must have one output", std::to_string(proto.output_size())};
        }
    }
    draft.node.name = proto.name();
    return draft;
}

}  // namespace accelsim

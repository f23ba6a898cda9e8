#include "sw/network/evaluate.h"

#include <algorithm>
#include <functional>

namespace accelsim {
namespace {

template <typename T>
int index_of_largest(const std::vector<T>& outputs) {
    return static_cast<int>(std::max_element(outputs.begin(), outputs.end()) - outputs.begin());
}

EvaluationResult predict(const ImageSet& images, int threads, const ProgressCallback& progress,
                         const std::function<int(const FloatMap&)>& classify) {
    EvaluationResult result;
    result.predictions.resize(static_cast<size_t>(images.size()));
    for_each_index(
        images.size(), threads,
        [&](int64_t i) { result.predictions[static_cast<size_t>(i)] = classify(images.pixels(i)); },
        progress);
    for (int64_t i = 0; images.has_labels() && i < images.size(); ++i) {
        if (result.predictions[static_cast<size_t>(i)] == images.label(i)) ++result.correct;
    }
    return result;
}

}  // namespace

int top_class(const std::vector<int32_t>& outputs) { return index_of_largest(outputs); }
int top_class(const std::vector<float>& outputs) { return index_of_largest(outputs); }

EvaluationResult evaluate(const Graph& graph, const ImageSet& images, int threads,
                          const ProgressCallback& progress) {
    return predict(images, threads, progress, [&](const FloatMap& pixels) {
        return top_class(run_float(graph, real_input(pixels, graph.preprocessing)).data);
    });
}

EvaluationResult evaluate(const QuantizedNetwork& network, const InputParams& preprocessing,
                          const ImageSet& images, const NetworkReferenceOptions& options,
                          int threads, const ProgressCallback& progress) {
    return predict(images, threads, progress, [&](const FloatMap& pixels) {
        const IntegerMap input = quantize_input(network, real_input(pixels, preprocessing));
        return top_class(run_reference(network, input, options).data);
    });
}

}  // namespace accelsim

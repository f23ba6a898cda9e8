#include "tests/trace/gemm_wave.h"

#include <sstream>

#include "tests/hw/machine_run.h"
#include "tests/support/child_process.h"
#include "tests/support/golden.h"

namespace accelsim {
namespace {

/// Flips a bit of a partial sum a quarter of a period after the clock edge.
class Particle : public sc_core::sc_module {
  public:
    Particle(const sc_core::sc_module_name& name, SystolicAccelerator& machine,
             const GemmWave::Flip& flip)
        : sc_module(name), machine_(machine), flip_(flip) {
        SC_HAS_PROCESS(Particle);
        SC_METHOD(strike);
    }

  private:
    void strike() {
        if (!waits_) {
            machine_.array.registers().flip(ArrayRegister::kPartialSum, flip_.row, flip_.col, 0,
                                            flip_.bit);
            return;
        }
        waits_ = false;
        next_trigger(machine_.clock.period() * (static_cast<double>(flip_.cycle) + 0.25));
    }

    SystolicAccelerator& machine_;
    const GemmWave::Flip flip_;
    bool waits_ = true;
};

using Kind = int64_t RegisterToggles::*;
constexpr Kind kToggleKinds[] = {&RegisterToggles::input,       &RegisterToggles::moving,
                                 &RegisterToggles::stationary,  &RegisterToggles::product,
                                 &RegisterToggles::partial_sum, &RegisterToggles::output};

/// What the child process hands over.
std::string figures_of(const LayerCounters& counters) {
    std::ostringstream text;
    text << counters.cycles << " " << *counters.nonzero_macs;
    for (const Kind kind : kToggleKinds) text << " " << *counters.register_toggles.*kind;
    return text.str();
}

MachineRun gemm_run(const ArrayParams& array) {
    AcceleratorParams accelerator;
    accelerator.array = array;
    NetworkParams source;
    source.gemm = GemmParams{GemmWave::kM, GemmWave::kK, GemmWave::kN, true};
    QuantizationParams quantization;
    if (array.macs_per_pe == 2) {
        quantization.activation_bits = 2;
        quantization.weight_bits = 4;
    }
    return MachineRun(accelerator, {}, source, quantization, 1);
}

}  // namespace

GemmWave::GemmWave(const ArrayParams& params, std::optional<Flip> flip) : array(params) {
    const MachineRun run = gemm_run(params);
    const TemporaryPath path("gemm.vcd");
    const std::string text = in_child_process([&] {
        CycleSimulation::Watch watch;
        watch.waveform.emplace();
        watch.waveform->file = path.str();
        watch.activity = {true, true};
        std::unique_ptr<Particle> particle;
        if (flip) {
            watch.prepare = [&](SystolicAccelerator& machine) {
                particle = std::make_unique<Particle>("particle", machine, *flip);
            };
        }
        return figures_of(run.simulate({0}, std::move(watch)).front().counters);
    });
    std::istringstream figures(text);
    figures >> cycles >> nonzero_macs;
    for (const Kind kind : kToggleKinds) figures >> toggles.*kind;
    if (!figures || !(figures >> std::ws).eof()) {
        outcome = "the run failed: " + text;
        return;
    }
    bytes = read_file(path.str());
    dump = vcd::read(bytes);
    x.assign(run.images.front().data.begin(), run.images.front().data.end());
    const auto& weights = run.network.layers.front().weights;
    w.assign(weights.begin(), weights.end());
}

std::vector<int64_t> GemmWave::operands(int row, int col, const std::string& name,
                                        int64_t cycle) const {
    if (array.macs_per_pe == 1) return {pe(row, col, name, cycle)};
    return {pe(row, col, name + "_0", cycle), pe(row, col, name + "_1", cycle)};
}

int64_t GemmWave::product(int row, int col, int64_t cycle) const {
    const std::vector<int64_t> moving = operands(row, col, "moving", cycle);
    const std::vector<int64_t> top = operands(row, col, top_operand(), cycle);
    int64_t sum = 0;
    for (size_t i = 0; i < moving.size(); ++i) sum += moving[i] * top[i];
    return sum;
}

}  // namespace accelsim

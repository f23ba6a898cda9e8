#pragma once

#include <array>
#include <cstddef>

#include "sw/cost/cost_entry.h"

namespace accelsim {

/// What energy and area are told apart by; the names are those of the report.
enum class Component {
    kMac,
    kArrayRegisters,
    kAccumulator,
    kInputBuffer,
    kWeightBuffer,
    kOutputBuffer,
    kResidualBuffer,
    kPostProcessing,
    kControl,
    kClock,
    kLeakage,
    kDram,
};
inline constexpr size_t kComponents = static_cast<size_t>(Component::kDram) + 1;
inline constexpr std::array<const char*, kComponents> kComponentNames = {
    "mac",           "array_registers", "accumulator",     "input_buffer",
    "weight_buffer", "output_buffer",   "residual_buffer", "post_processing",
    "control",       "clock",           "leakage",         "dram"};

/// Energies or areas by component.
class ComponentFigures {
  public:
    Figure& operator[](Component component) { return figures_[static_cast<size_t>(component)]; }
    const Figure& operator[](Component component) const {
        return figures_[static_cast<size_t>(component)];
    }
    ComponentFigures& operator+=(const ComponentFigures& other) {
        for (size_t i = 0; i < kComponents; ++i) figures_[i] += other.figures_[i];
        return *this;
    }
    /// Of all components, in their order.
    Figure total() const {
        Figure sum;
        for (const Figure& figure : figures_) sum += figure;
        return sum;
    }

  private:
    std::array<Figure, kComponents> figures_{};
};

}  // namespace accelsim

#include "tests/property/scheduled_chain.h"

#include "tests/property/case_params.h"
#include "tests/property/random_layer.h"

namespace accelsim {

ScheduledChain::ScheduledChain(const std::vector<oracle::RandomCase>& chain)
    : accelerator(to_params(chain[0])) {
    oracle::Random random(chain[0].seed ^ 0x5eed);
    network = to_network(chain, random);
    for (size_t i = 0; i < chain.size(); ++i) {
        schedule.layers.emplace(network.layers[i].name, to_schedule(chain[i]));
    }
}

}  // namespace accelsim

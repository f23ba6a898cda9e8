#include "hw/memory/beat_sources.h"

#include <algorithm>

#include "hw/memory/element_packing.h"
#include "hw/stream/operand_pair.h"

namespace accelsim {
namespace {

/// Goes to the next pixel of a box in raster order.
void next_pixel(const Box& pixels, int32_t* y, int32_t* x) {
    if (++*x < pixels.x1) return;
    *x = pixels.x0;
    ++*y;
}

bool is_last_pixel(const Box& pixels, int32_t y, int32_t x) {
    return y + 1 == pixels.y1 && x + 1 == pixels.x1;
}

/// Element of the buffer that the window's corner (top, left) would have, channel 0 of the box.
int64_t corner(const Box& box, int32_t top, int32_t left) {
    return (int64_t{top - box.y0} * box.cols() + (left - box.x0)) * box.channels();
}

}  // namespace

void PixelLanes::start(const TileOperands& job, int32_t first, int32_t count) {
    layer_ = job.layer;
    mask_ = element_mask(layer_->input_format);
    box_ = job.input;
    group_first_channel_ = job.group_first_channel;
    const auto lanes = static_cast<size_t>(count);
    top_.resize(lanes);
    left_.resize(lanes);
    base_.resize(lanes);
    offset_.resize(lanes);
    for (int32_t lane = 0; lane < count; ++lane) {
        const auto i = static_cast<size_t>(lane);
        const int32_t pixel = first + lane;
        const int32_t y = job.pixels.y0 + pixel / job.pixels.cols();
        const int32_t x = job.pixels.x0 + pixel % job.pixels.cols();
        top_[i] = y * layer_->stride_height - layer_->pad_top;
        left_[i] = x * layer_->stride_width - layer_->pad_left;
        base_[i] = corner(box_, top_[i], left_[i]);
    }
    position_ = -1;
}

void PixelLanes::seek(int32_t k) {
    const int32_t position = k / layer_->group_channels;
    channel_offset_ = group_first_channel_ + k % layer_->group_channels - box_.c0;
    if (position == position_) return;
    position_ = position;
    find_position();
}

void PixelLanes::find_position() {
    const int32_t kernel_y = position_ / layer_->kernel_width;
    const int32_t kernel_x = position_ % layer_->kernel_width;
    const int64_t step = (int64_t{kernel_y} * box_.cols() + kernel_x) * box_.channels();
    inside_ = 0;
    for (size_t i = 0; i < base_.size(); ++i) {
        const auto y = static_cast<uint32_t>(top_[i] + kernel_y);
        const auto x = static_cast<uint32_t>(left_[i] + kernel_x);
        const bool inside = y < static_cast<uint32_t>(layer_->input_height) &&
                            x < static_cast<uint32_t>(layer_->input_width);
        offset_[i] = inside ? base_[i] + step : -1;
        inside_ += inside;
    }
}

BeatWords read_window(const TileOperands& job, const std::vector<WindowWord>& words, int32_t top,
                      int32_t left, const int16_t* elements, int32_t* lanes) {
    const LayerRegisters& layer = *job.layer;
    const int64_t base = corner(job.input, top, left);
    const int32_t mask = element_mask(layer.input_format);
    BeatWords read{0, true};
    for (const WindowWord& word : words) {
        const auto y = static_cast<uint32_t>(top + word.kernel_y);
        const auto x = static_cast<uint32_t>(left + word.kernel_x);
        if (y < static_cast<uint32_t>(layer.input_height) &&
            x < static_cast<uint32_t>(layer.input_width)) {
            const int16_t* source = elements + (base + word.offset);
            for (int32_t i = 0; i < word.count; ++i) lanes[word.lane + i] = source[i] & mask;
            ++read.words;
            read.padding = false;
        } else {
            std::fill_n(lanes + word.lane, word.count, 0);
        }
    }
    return read;
}

PixelBeats::PixelBeats(const ArrayParams& array)
    : word_channels_(array.word_channels()),
      macs_per_pe_(array.macs_per_pe),
      depth_(static_cast<size_t>(array.word_channels())) {}

void PixelBeats::start(const TileOperands& job) {
    job_ = job;
    y_ = job.pixels.y0;
    x_ = job.pixels.x0;
    words_.clear();
    std::fill(depth_.begin(), depth_.end(), 0);
    const LayerRegisters& layer = *job.layer;
    int32_t position = job.depth_first / layer.group_channels;
    int32_t channel = job.depth_first % layer.group_channels;
    for (int32_t lane = 0; lane < job.depth_count;) {
        WindowWord word;
        word.kernel_y = position / layer.kernel_width;
        word.kernel_x = position % layer.kernel_width;
        word.lane = lane;
        word.count = std::min({job.depth_count - lane, layer.group_channels - channel,
                               word_channels_ - channel % word_channels_});
        word.offset =
            (int64_t{word.kernel_y} * job.input.cols() + word.kernel_x) * job.input.channels() +
            job.group_first_channel + channel - job.input.c0;
        words_.push_back(word);
        lane += word.count;
        channel += word.count;
        if (channel == layer.group_channels) {
            channel = 0;
            ++position;
        }
    }
}

BeatWords PixelBeats::fill(const int16_t* elements, std::vector<int32_t>* lanes) {
    const LayerRegisters& layer = *job_.layer;
    const int32_t top = y_ * layer.stride_height - layer.pad_top;
    const int32_t left = x_ * layer.stride_width - layer.pad_left;
    if (macs_per_pe_ == 1) {
        const BeatWords read = read_window(job_, words_, top, left, elements, lanes->data());
        std::fill(lanes->begin() + job_.depth_count, lanes->end(), 0);
        return read;
    }
    const BeatWords read = read_window(job_, words_, top, left, elements, depth_.data());
    for (size_t row = 0; row < lanes->size(); ++row) {
        (*lanes)[row] = operand_pair(depth_[2 * row], depth_[2 * row + 1]);
    }
    return read;
}

bool PixelBeats::is_last() const { return is_last_pixel(job_.pixels, y_, x_); }

void PixelBeats::next() { next_pixel(job_.pixels, &y_, &x_); }

void WindowBeats::start(const TileOperands& job) {
    job_ = job;
    y_ = job.pixels.y0;
    x_ = job.pixels.x0;
    position_ = 0;
    find_words();
}

void WindowBeats::find_words() {
    const LayerRegisters& layer = *job_.layer;
    const Box& box = job_.input;
    words_.clear();
    const int32_t channels = job_.pixels.channels();
    for (int32_t lane = 0; lane < channels; lane += word_channels_) {
        WindowWord word;
        word.kernel_y = position_ / layer.kernel_width;
        word.kernel_x = position_ % layer.kernel_width;
        word.lane = lane;
        word.count = std::min(word_channels_, channels - lane);
        word.offset = (int64_t{word.kernel_y} * box.cols() + word.kernel_x) * box.channels() +
                      job_.pixels.c0 - box.c0 + lane;
        words_.push_back(word);
    }
}

BeatWords WindowBeats::fill(const int16_t* elements, std::vector<int32_t>* lanes) {
    const LayerRegisters& layer = *job_.layer;
    const BeatWords read =
        read_window(job_, words_, y_ * layer.stride_height - layer.pad_top,
                    x_ * layer.stride_width - layer.pad_left, elements, lanes->data());
    std::fill(lanes->begin() + job_.pixels.channels(), lanes->end(), 0);
    return read;
}

bool WindowBeats::is_last() const {
    return position_ + 1 == job_.depth_count && is_last_pixel(job_.pixels, y_, x_);
}

void WindowBeats::next() {
    if (++position_ == job_.depth_count) {
        position_ = 0;
        next_pixel(job_.pixels, &y_, &x_);
    }
    find_words();
}

void DepthBeats::start(const TileOperands& job) {
    job_ = job;
    first_.start(job, job.first_pixel, job.pixel_count);
    if (macs_per_pe_ == 2) second_.start(job, job.first_pixel, job.pixel_count);
    k_ = job.depth_first;
    end_k_ = k_ + job.depth_count;
    held_word_ = -1;
    find_words();
}

int64_t DepthBeats::word_of(int32_t k) const {
    const int32_t channels = job_.layer->group_channels;
    return int64_t{k / channels} * channels + k % channels / word_channels_;
}

void DepthBeats::find_words() {
    beat_depth_ = job_.layer->beat_depth(k_, end_k_, macs_per_pe_);
    words_ = inside_ = 0;
    const auto seek = [this](PixelLanes* lanes, int32_t k) {
        lanes->seek(k);
        if (word_of(k) == held_word_) return;
        held_word_ = word_of(k);
        words_ += lanes->count();
        inside_ += lanes->inside();
    };
    seek(&first_, k_);
    if (has_second()) seek(&second_, k_ + 1);
}

BeatWords DepthBeats::fill(const int16_t* elements, std::vector<int32_t>* lanes) {
    for (int32_t lane = 0; lane < job_.pixel_count; ++lane) {
        const int32_t value = first_.read(elements, lane);
        (*lanes)[static_cast<size_t>(lane)] =
            macs_per_pe_ == 1
                ? value
                : operand_pair(value, has_second() ? second_.read(elements, lane) : 0);
    }
    std::fill(lanes->begin() + job_.pixel_count, lanes->end(), 0);
    return {inside_, false};
}

bool DepthBeats::is_last() const { return k_ + beat_depth_ == end_k_; }

void DepthBeats::next() {
    k_ += beat_depth_;
    find_words();
}

}  // namespace accelsim

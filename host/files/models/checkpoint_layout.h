#pragma once
/// The sections that a checkpoint has in addition to those of a model; see docs/checkpoint-format.md.

#include <warp2vec/checkpoint.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

/// Names of these sections, which follow those of a model, in order.
inline constexpr std::array<std::string_view, 4> kCheckpointSections{"state", "losses", "text", "notes"};

std::string encode_state(const TrainingState& state);
std::string encode_losses(const TrainingState& state);
std::string encode_text(const TextFingerprint& text);
std::string encode_notes(const std::vector<std::string>& notes);

// All of these throw Error for bytes that the functions above could not have produced.

/// Without the losses of the epochs.
TrainingState decode_state(std::string_view bytes);
std::vector<double> decode_losses(std::string_view bytes);
TextFingerprint decode_text(std::string_view bytes);
std::vector<std::string> decode_notes(std::string_view bytes);

/// Throws Error for a state that no run with these settings and this text can have.
void require_possible(const TrainingState& state, const Config& config, const TextFingerprint& text);

}  // namespace warp2vec

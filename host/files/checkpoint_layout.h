#pragma once
/// What a checkpoint has beside a model; see docs/checkpoint-format.md.

#include <warp2vec/checkpoint.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

/// The names of the sections behind those of a model, in their order.
inline constexpr std::array<std::string_view, 4> kCheckpointSections{"state", "losses", "text", "notes"};

std::string encode_state(const TrainingState& state);
std::string encode_losses(const TrainingState& state);
std::string encode_text(const TextFingerprint& text);
std::string encode_notes(const std::vector<std::string>& notes);

// All throw Error for bytes that the functions above do not make of a run.

/// All but the losses of epochs.
TrainingState decode_state(std::string_view bytes);
std::vector<double> decode_losses(std::string_view bytes);
TextFingerprint decode_text(std::string_view bytes);
std::vector<std::string> decode_notes(std::string_view bytes);

/// Throws Error for a state that no run with these settings and this text has.
void require_possible(const TrainingState& state, const Config& config, const TextFingerprint& text);

}  // namespace warp2vec

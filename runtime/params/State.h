// The state of a model: from a weights file to the prepared block that the object computes with, and back.
//
//   Object       the symbols of an object that the runtime calls; its header makes one
//   load_state   weights file -> prepared block
//   save_state   prepared block -> weights file
#pragma once
#include "runtime/abi/abi.h"
#include "runtime/core/Buffer.h"
#include "runtime/core/DType.h"
#include "runtime/core/Status.h"
#include "runtime/params/SafeTensors.h"
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace ingot_rt {
inline namespace v1 {

/// What an object offers for its state (codegen/llvm/Header.h says what each does).
struct Object {
  const char *name; ///< of the model
  std::int64_t stateSize;
  const ingot_state_entry *states;
  std::int32_t stateCount;
  std::int32_t (*prepare)(void *state, const void *const canonical[]);
  std::int32_t (*unprepare)(const void *state, void *const canonical[]);
};

namespace detail {

inline std::string entry_text(const ingot_state_entry &entry) {
  const DType *dtype = dtype_of_abi(entry.dtype);
  return dtype ? type_text(*dtype, {entry.shape, std::size_t(entry.rank)}) : "an unknown type";
}

/// Why `tensor` cannot be the state `entry`; empty if it can.
inline std::string mismatch(const ingot_state_entry &entry, const Tensor &tensor) {
  std::string required = entry_text(entry), got = type_text(*tensor.dtype, tensor.shape);
  if (required != got)
    return "tensor " + in_quotes(tensor.name) + ": required " + required + ", got " + got;
  if (entry.dtype == INGOT_BOOL)
    for (std::byte value : tensor.data)
      if (value > std::byte(1))
        return "tensor " + in_quotes(tensor.name) + ": required bytes 0 or 1, got " +
               std::to_string(std::to_integer<int>(value));
  return {};
}

/// Finds the tensor of a state under its name or an alias; those that are present must be equal. Null on failure.
inline const Tensor *find_state(const ingot_state_entry &entry, const SafeTensors &file,
                                std::string &problem) {
  const Tensor *found = nullptr;
  auto consider = [&](const char *name) {
    const Tensor *tensor = file.find(name);
    if (!tensor || !problem.empty())
      return;
    problem = mismatch(entry, *tensor);
    if (problem.empty() && found && tensor->data.size() > 0 &&
        std::memcmp(found->data.data(), tensor->data.data(), tensor->data.size()) != 0)
      problem = "tensors " + in_quotes(found->name) + " and " + in_quotes(name) +
                " are tied in the model but differ";
    found = found ? found : tensor;
  };
  consider(entry.name);
  for (auto alias = entry.aliases; alias && *alias; ++alias)
    consider(*alias);
  if (!found && problem.empty())
    problem = "tensor " + in_quotes(entry.name) + " is missing: required " + entry_text(entry);
  return problem.empty() ? found : nullptr;
}

/// Aligned memory for the canonical form of every state, in the order of the table.
inline bool allocate_states(const Object &object, std::vector<Buffer> &buffers) {
  for (std::int32_t i = 0; i < object.stateCount; ++i) {
    const ingot_state_entry &entry = object.states[i];
    const DType *dtype = dtype_of_abi(entry.dtype);
    std::int64_t bytes = dtype ? byte_size(*dtype, {entry.shape, std::size_t(entry.rank)}) : -1;
    buffers.push_back(Buffer::allocate(bytes < 0 ? 0 : std::size_t(bytes)));
    if (bytes < 0 || buffers.back().size() != std::size_t(bytes))
      return false;
  }
  return true;
}

} // namespace detail

/// Makes the prepared block of `object` from `file`, which `source` names in messages. On failure `state` is as it was, and
/// the message lists the tensors that are missing or differ, each with what was required and what was got. Tensors
/// that the model does not have are ignored, so one file can serve several programs.
[[nodiscard]] inline Status load_state(const Object &object, const SafeTensors &file,
                                       const std::string &source, Buffer &state) {
  constexpr int shown = 8;
  std::vector<const void *> canonical;
  std::vector<Buffer> copies;
  std::string problems;
  int count = 0;
  for (std::int32_t i = 0; i < object.stateCount; ++i) {
    std::string problem;
    const Tensor *tensor = detail::find_state(object.states[i], file, problem);
    if (!tensor) {
      if (count++ < shown)
        problems += (count > 1 ? "; " : "") + problem;
      continue;
    }
    const std::byte *data = tensor->data.data();
    if (reinterpret_cast<std::uintptr_t>(data) % std::size_t(tensor->dtype->alignment) != 0) {
      copies.push_back(Buffer::copy(tensor->data));
      data = copies.back().data();
      if (!data)
        return {Code::out_of_memory, source + ": no memory for tensor " + detail::in_quotes(tensor->name)};
    }
    canonical.push_back(data);
  }
  if (count > shown)
    problems += "; and " + std::to_string(count - shown) + " more";
  if (count > 0)
    return {Code::tensor, source + ": does not fit model '" + object.name + "': " + problems};

  Buffer block = Buffer::allocate(std::size_t(object.stateSize));
  if (block.size() != std::size_t(object.stateSize))
    return {Code::out_of_memory,
            source + ": no memory for a state of " + std::to_string(object.stateSize) + " bytes"};
  if (std::int32_t code = object.prepare(block.mutable_data(), canonical.data()); code != INGOT_OK)
    return {Code(code), source + ": preparing the state of model '" + object.name + "' failed"};
  state = std::move(block);
  return {};
}

/// Writes a prepared block as a weights file, replacing an old one in one step (write_safetensors). A tied tensor is
/// written under each of its names, as PyTorch's state_dict has it.
[[nodiscard]] inline Status save_state(const Object &object, const void *state, const std::string &path) {
  std::vector<Buffer> buffers;
  if (!detail::allocate_states(object, buffers))
    return {Code::out_of_memory, path + ": no memory for the weights of model '" + object.name + "'"};
  std::vector<void *> canonical;
  for (Buffer &buffer : buffers)
    canonical.push_back(buffer.mutable_data());
  if (std::int32_t code = object.unprepare(state, canonical.data()); code != INGOT_OK)
    return {Code(code), path + ": reading the state of model '" + object.name + "' failed"};
  std::vector<Tensor> tensors;
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    const ingot_state_entry &entry = object.states[i];
    Tensor tensor{entry.name,
                  dtype_of_abi(entry.dtype),
                  {entry.shape, entry.shape + entry.rank},
                  {buffers[i].data(), buffers[i].size()}};
    tensors.push_back(tensor);
    for (auto alias = entry.aliases; alias && *alias; ++alias) {
      tensor.name = *alias;
      tensors.push_back(tensor);
    }
  }
  return write_safetensors(path, tensors);
}

} // namespace v1
} // namespace ingot_rt

// What a function of the runtime returns: success, or a code and one line of text.
//
//   Code     the kind of failure, for programs
//   Status   Code and message, for people: who, what was required, what was got
//
//   if (rt::Status status = model.save("lenet.safetensors"); !status)
//     std::fprintf(stderr, "%s\n", status.message().c_str());
#pragma once
#include "runtime/abi/abi.h"
#include <cstdint>
#include <string>
#include <utility>

namespace ingot_rt {
inline namespace v1 {

/// Kinds of failure. Those below 100 come from the object (ingot_status), the others from the runtime.
enum class Code : std::int32_t {
  ok = INGOT_OK,
  dimension = INGOT_ERROR_DIMENSION, ///< a dimension lies outside its declared range
  index = INGOT_ERROR_INDEX,         ///< a position lies outside the bounds that an op requires
  value = INGOT_ERROR_VALUE,         ///< data is not what an op requires
  buffer_too_small = 100,            ///< an argument or the workspace has fewer elements than required
  misaligned,                        ///< a workspace that is not 64-byte aligned
  not_loaded,                        ///< a call of a model without weights
  out_of_memory,
  file,   ///< a file cannot be opened, read or written
  format, ///< a file is not what its format requires
  tensor  ///< a weights file lacks a tensor of the model, or has it with another type, shape or value
};

/// Success, or a failure with its message. Cheap where it is success: no memory is allocated.
class [[nodiscard]] Status {
public:
  /// Success.
  Status() = default;
  /// A failure; `code` must not be Code::ok.
  Status(Code code, std::string message) : code_(code), message_(std::move(message)) {}

  bool ok() const { return code_ == Code::ok; }
  explicit operator bool() const { return ok(); }
  Code code() const { return code_; }
  /// One line, empty on success.
  const std::string &message() const { return message_; }

private:
  Code code_ = Code::ok;
  std::string message_;
};

} // namespace v1
} // namespace ingot_rt

// What every model class of an emitted header has in common.
#pragma once
#include "runtime/abi/abi.h"
#include "runtime/core/Buffer.h"
#include "runtime/core/Size.h"
#include "runtime/core/Span.h"
#include "runtime/core/Status.h"
#include "runtime/params/SafeTensors.h"
#include "runtime/params/State.h"
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace ingot_rt {
inline namespace v1 {

/// Owns the prepared state and a workspace of a model and makes the checked calls. Move-only: what was moved from cannot be
/// called.
///
/// Members that take a workspace and only read state may be called concurrently on one model, each with a workspace and
/// outputs of its own. All other members need the model for themselves.
class ModelBase {
public:
  ModelBase(ModelBase &&other) noexcept
      : state_(std::move(other.state_)), workspace_(std::move(other.workspace_)), host_(other.host_),
        status_(std::exchange(other.status_, {})), ready_(std::exchange(other.ready_, false)) {}
  ModelBase &operator=(ModelBase &&other) noexcept {
    state_ = std::move(other.state_);
    workspace_ = std::move(other.workspace_);
    host_ = other.host_;
    status_ = std::exchange(other.status_, {});
    ready_ = std::exchange(other.ready_, false);
    return *this;
  }

  /// Whether the model can be called.
  explicit operator bool() const { return ready_; }
  /// How loading went; after a call that used the model's own workspace, how that went.
  const Status &status() const { return status_; }

  /// From now on calls use these threads. `host.error` is not used: failures are statuses.
  void set_host(const ingot_host &host) {
    host_ = host;
    host_.size = sizeof host_;
    host_.workers = host.parallel_for && host.workers > 1 ? host.workers : 1;
  }
  /// The number of threads that calls may use; workspaces are sized for it.
  std::int32_t workers() const { return host_.workers; }

protected:
  /// A model that can be called: without state, or with a state that is prepared already.
  explicit ModelBase(Buffer state) : state_(std::move(state)), ready_(true) { host_.workers = 1; }
  /// A model that cannot be called, for a reason.
  explicit ModelBase(Status status) : status_(std::move(status)) { host_.workers = 1; }

  static ModelBase load_model(const Object &object, const std::string &path) {
    SafeTensors file;
    if (Status status = SafeTensors::read(path, file); !status)
      return ModelBase(std::move(status));
    return load_model(object, file, path);
  }
  static ModelBase parse_model(const Object &object, Span<const std::byte> bytes) {
    SafeTensors file;
    if (Status status = SafeTensors::parse(Buffer::borrow(bytes.data(), bytes.size()), "weights", file);
        !status)
      return ModelBase(std::move(status));
    return load_model(object, file, "weights");
  }
  /// A model with a copy of `state`, which is prepared; `object` says how large that is.
  static ModelBase copy_model(const Object &object, const void *state) {
    Buffer copy = Buffer::copy({static_cast<const std::byte *>(state), std::size_t(object.stateSize)});
    if (copy.size() != std::size_t(object.stateSize))
      return ModelBase(Status(Code::out_of_memory, std::string(object.name) + ": no memory for a state of " +
                                                       std::to_string(object.stateSize) + " bytes"));
    return ModelBase(std::move(copy));
  }
  Status save_model(const Object &object, const std::string &path) const {
    return ready_ ? save_state(object, state_.data(), path) : why_not_ready();
  }

  ModelBase clone_model(const Object &object) const {
    ModelBase copy = ready_ ? copy_model(object, state_.data()) : ModelBase(why_not_ready());
    copy.host_ = host_;
    return copy;
  }

  const void *state() const { return state_.data(); }
  void *state() { return state_.mutable_data(); }
  Span<std::byte> workspace() { return workspace_; }
  const Status &record(Status status) { return status_ = std::move(status); }

  /// Checks of one call, in the order in which they are made; the first that fails is its status.
  class Call {
  public:
    Call(const ModelBase &model, const char *function) : model_(model), function_(function) {
      if (!model.ready_)
        status_ = model.why_not_ready();
    }
    /// A dimension must lie in [lower, upper].
    Call &dimension(const char *name, std::int64_t value, std::int64_t lower, std::int64_t upper) {
      if (status_ && (value < lower || value > upper))
        status_ = out_of_range(Code::dimension, name, value, lower, upper);
      return *this;
    }
    /// An argument of type `type` ("f32 [N, 10]") must have at least `required` elements.
    Call &argument(const char *name, const char *type, std::size_t got, Size required) {
      bool enough =
          !required.overflowed() && (required.value() <= 0 || std::uint64_t(required.value()) <= got);
      if (status_ && !enough)
        status_ = fail(Code::buffer_too_small,
                       std::string(name) + ", " + type + ": required " +
                           (required.overflowed() ? "more than 2^63" : std::to_string(required.value())) +
                           " elements, got " + std::to_string(got));
      return *this;
    }
    /// The workspace must have at least `size()` bytes and be aligned.
    template <class SizeFunction> Call &workspace(Span<std::byte> got, SizeFunction size) {
      std::int64_t required = status_ ? size() : 0;
      if (!status_)
        return *this;
      if (required < 0 || std::uint64_t(required) > got.size())
        status_ = fail(Code::buffer_too_small, "workspace: required " + std::to_string(required) +
                                                   " bytes, got " + std::to_string(got.size()));
      else if (reinterpret_cast<std::uintptr_t>(got.data()) % alignment != 0)
        status_ = fail(Code::misaligned, "workspace: required an address that is a multiple of " +
                                             std::to_string(alignment) + ", got one that is not");
      return *this;
    }
    /// If all checks succeeded, calls `function(const ingot_host *)`, which returns an ingot_status.
    template <class Function> Status run(Function function) {
      if (!status_)
        return std::move(status_);
      ingot_error error = {};
      ingot_host host = model_.host_;
      host.size = sizeof host;
      host.error = &error;
      std::int32_t code = function(&host);
      if (code == INGOT_OK)
        return {};
      const char *name = error.name ? error.name : "a value";
      if (Code(code) == Code::value)
        return fail(Code::value,
                    std::string(name) + ", got another at position " + std::to_string(error.value));
      return out_of_range(Code(code), name, error.value, error.lower, error.upper);
    }
    /// If all checks succeeded, sees that the own workspace of `model` has at least `size()` bytes.
    template <class SizeFunction> Status reserve(ModelBase &model, SizeFunction size) {
      std::int64_t required = status_ ? size() : 0;
      if (!status_ || (required >= 0 && std::uint64_t(required) <= model.workspace_.size()))
        return std::move(status_);
      Buffer larger = required < 0 ? Buffer() : Buffer::allocate(std::size_t(required));
      if (larger.size() == 0)
        return fail(Code::out_of_memory,
                    "no memory for a workspace of " + std::to_string(required) + " bytes");
      model.workspace_ = std::move(larger);
      return {};
    }

  private:
    Status fail(Code code, const std::string &what) const {
      return {code, std::string(function_) + ": " + what};
    }
    Status out_of_range(Code code, const char *name, std::int64_t value, std::int64_t lower,
                        std::int64_t upper) {
      std::string required = std::to_string(lower) + " <= " + (code == Code::dimension ? name : "it");
      if (upper != INT64_MAX)
        required += " <= " + std::to_string(upper);
      return fail(code, (code == Code::dimension ? "dimension " : "") + std::string(name) + ": required " +
                            required + ", got " + std::to_string(value));
    }

    const ModelBase &model_;
    const char *function_;
    Status status_;
  };

private:
  Status why_not_ready() const {
    return status_ ? Status(Code::not_loaded, "the model was moved to another one") : status_;
  }
  static ModelBase load_model(const Object &object, const SafeTensors &file, const std::string &source) {
    Buffer state;
    Status status = load_state(object, file, source, state);
    return status ? ModelBase(std::move(state)) : ModelBase(std::move(status));
  }

  Buffer state_, workspace_;
  ingot_host host_ = {};
  Status status_;
  bool ready_ = false;
};

} // namespace v1
} // namespace ingot_rt

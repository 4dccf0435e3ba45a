// Whole files: read_file, and write_file, which replaces a file or leaves it as it was.
#pragma once
#include "runtime/core/Buffer.h"
#include "runtime/core/Span.h"
#include "runtime/core/Status.h"
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <system_error>
#include <vector>
#if defined(_WIN32)
#include <filesystem>
#include <io.h>
#elif defined(__unix__) || defined(__APPLE__)
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace ingot_rt {
inline namespace v1 {
namespace detail {

/// "lenet.safetensors: cannot be opened: No such file or directory"
inline Status file_error(const std::string &path, const char *what, int error) {
  return {Code::file, path + ": " + what + ": " + std::generic_category().message(error)};
}

/// The errno of a call that has just failed; never 0.
inline int last_error() { return errno != 0 ? errno : EIO; }

/// The size of an open file in bytes, with the position at its start; -1 if it has none (errno says why).
inline std::int64_t file_size(std::FILE *file) {
#if defined(_WIN32)
  std::int64_t size = _fseeki64(file, 0, SEEK_END) == 0 ? _ftelli64(file) : -1;
  return size >= 0 && _fseeki64(file, 0, SEEK_SET) == 0 ? size : -1;
#elif defined(__unix__) || defined(__APPLE__)
  struct stat info;
  if (fstat(fileno(file), &info) != 0)
    return -1;
  if (!S_ISREG(info.st_mode)) {
    errno = S_ISDIR(info.st_mode) ? EISDIR : ESPIPE;
    return -1;
  }
  return info.st_size;
#else
  std::int64_t size = std::fseek(file, 0, SEEK_END) == 0 ? std::ftell(file) : -1;
  return size >= 0 && std::fseek(file, 0, SEEK_SET) == 0 ? size : -1;
#endif
}

/// Sees that what was written to `file` is on the disk.
inline bool flush_to_disk(std::FILE *file) {
  if (std::fflush(file) != 0)
    return false;
#if defined(_WIN32)
  return _commit(_fileno(file)) == 0;
#elif defined(__unix__) || defined(__APPLE__)
  return fsync(fileno(file)) == 0;
#else
  return true;
#endif
}

/// Renames a file over another, which is replaced in one step; 0 or an errno.
inline int replace_file(const std::string &from, const std::string &to) {
#if defined(_WIN32)
  std::error_code error;
  std::filesystem::rename(from, to, error);
  return error ? error.default_error_condition().value() : 0;
#else
  return std::rename(from.c_str(), to.c_str()) == 0 ? 0 : last_error();
#endif
}

/// Creates a file beside `path` that was not there before; null if that fails (errno says why).
inline std::FILE *create_beside(const std::string &path, std::string &name) {
  for (int attempt = 0; attempt < 1000; ++attempt) {
    name = path + ".tmp" + std::to_string(attempt);
    if (std::FILE *file = std::fopen(name.c_str(), "wbx"))
      return file;
    if (errno != EEXIST)
      return nullptr;
  }
  return nullptr;
}

} // namespace detail

/// Reads the whole of a regular file. On failure `contents` is as it was.
inline Status read_file(const std::string &path, Buffer &contents) {
  std::FILE *file = std::fopen(path.c_str(), "rb");
  if (!file)
    return detail::file_error(path, "cannot be opened", errno);
  Status status;
  Buffer buffer;
  std::int64_t size = detail::file_size(file);
  if (size < 0) {
    status = detail::file_error(path, "cannot be read", errno);
  } else if (buffer = Buffer::allocate(std::size_t(size)); buffer.size() != std::size_t(size)) {
    status = {Code::out_of_memory, path + ": no memory for its " + std::to_string(size) + " bytes"};
  } else if (size > 0 && std::fread(buffer.mutable_data(), 1, buffer.size(), file) != buffer.size()) {
    status = std::ferror(file) ? detail::file_error(path, "cannot be read", errno)
                               : Status(Code::file, path + ": became shorter while it was read");
  }
  std::fclose(file);
  if (status)
    contents = std::move(buffer);
  return status;
}

/// Writes `pieces`, one after the other, as the new contents of `path`: into a new file beside it, which is on the disk
/// before it takes the old one's place. On failure (no space, no permission) the old file is untouched and no other is
/// left. A symbolic link at `path` is replaced, not followed.
inline Status write_file(const std::string &path, const std::vector<Span<const std::byte>> &pieces) {
  std::string temporary;
  std::FILE *file = detail::create_beside(path, temporary);
  if (!file)
    return detail::file_error(path, "cannot be written", errno);
  bool written = true;
  for (std::size_t i = 0; i < pieces.size() && written; ++i)
    written =
        pieces[i].empty() || std::fwrite(pieces[i].data(), 1, pieces[i].size(), file) == pieces[i].size();
  int error = written && detail::flush_to_disk(file) ? 0 : detail::last_error();
  if (std::fclose(file) != 0 && error == 0)
    error = detail::last_error();
  if (error == 0)
    error = detail::replace_file(temporary, path);
  if (error == 0)
    return {};
  std::remove(temporary.c_str());
  return detail::file_error(path, "cannot be written", error);
}

} // namespace v1
} // namespace ingot_rt

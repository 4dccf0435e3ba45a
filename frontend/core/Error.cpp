#include "ingot/core/Error.h"

namespace ingot {

struct Error::Parts {
  std::string op, modulePath, file, required, got, what;
  int line = 0;
};

Error::Error(std::string message) {
  auto p = std::make_shared<Parts>();
  p->what = p->required = std::move(message);
  parts = std::move(p);
}

Error::Error(std::string op, std::string modulePath, const std::source_location &at, std::string required,
             std::string got) {
  auto p = std::make_shared<Parts>();
  if (at.line() != 0) {
    p->file = at.file_name();
    p->line = static_cast<int>(at.line());
    p->what = p->file + ":" + std::to_string(p->line) + ": ";
  }
  if (!modulePath.empty())
    p->what += op.empty() ? modulePath + ": " : modulePath + " (" + op + "): ";
  else if (!op.empty())
    p->what += op + ": ";
  p->what += required;
  if (!got.empty())
    p->what += ", got " + got;
  p->op = std::move(op);
  p->modulePath = std::move(modulePath);
  p->required = std::move(required);
  p->got = std::move(got);
  parts = std::move(p);
}

const char *Error::what() const noexcept { return parts->what.c_str(); }
const std::string &Error::op() const noexcept { return parts->op; }
const std::string &Error::modulePath() const noexcept { return parts->modulePath; }
const std::string &Error::file() const noexcept { return parts->file; }
int Error::line() const noexcept { return parts->line; }
const std::string &Error::required() const noexcept { return parts->required; }
const std::string &Error::got() const noexcept { return parts->got; }

} // namespace ingot

#!/bin/sh
# Installs the Debian 12 packages that building and testing ingot need, where they are missing:
#   tools/dev/setup.sh            what `make build`, `make check` and `make demo` need
#   tools/dev/setup.sh tagger     also what `make tagger` needs, and so on for charlm
#   tools/dev/setup.sh tidy       also what `make tidy` needs
#   tools/dev/setup.sh peers      also what `make peers` needs
# Every target of the Makefile calls it; with nothing to install it is one dpkg-query (a few hundredths of a second).
set -eu

# LLVM 22 comes from Debian 12's security and updates suites. Its CMake package looks for the development
# files of curl, libedit, libxml2, zlib and zstd; clang's run-time library carries the sanitizers.
packages="
  ccache
  clang-22
  clang-format-22
  cmake
  dataset-fashion-mnist
  g++
  libabsl-dev
  libbenchmark-dev
  libclang-rt-22-dev
  libcurl4-openssl-dev
  libedit-dev
  libgmock-dev
  libgtest-dev
  libmlir-22-dev
  libxml2-dev
  libzstd-dev
  lld-22
  llvm-22-dev
  llvm-22-tools
  mlir-22-tools
  ninja-build
  nlohmann-json3-dev
  python3
  zlib1g-dev
"
if [ "${1:-}" = tidy ]; then
  packages="$packages clang-tidy-22"
elif [ "${1:-}" = tagger ]; then
  packages="$packages wfrench"
elif [ "${1:-}" = charlm ]; then
  packages="$packages fortunes"
elif [ "${1:-}" = peers ]; then
  packages="$packages python3-venv"
fi

if ! command -v dpkg-query >/dev/null; then
  echo "setup: not a Debian system; install the equivalents of:" $packages >&2
  exit 0
fi

# dpkg-query fails where a package is unknown and prints "config-files" for a removed one: only "installed" counts.
installed=$(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' $packages 2>/dev/null |
  sed -n 's/^installed //p') || true
missing=""
for package in $packages; do
  case "
$installed
" in
  *"
$package
"*) ;;
  *) missing="$missing $package" ;;
  esac
done
if [ -z "$missing" ]; then
  exit 0
fi

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "setup: neither root nor sudo; as root, run: apt-get install$missing" >&2
    exit 1
  fi
  as_root="sudo"
fi

echo "setup: installing$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 "$@" >>"$log" 2>&1 </dev/null
}
# A package source of the machine's own that cannot be reached is no reason to stop: the installation decides.
apt update || true
if ! apt install --no-install-recommends $missing; then
  cat "$log" >&2
  echo "setup: apt-get could not install$missing" >&2
  exit 1
fi

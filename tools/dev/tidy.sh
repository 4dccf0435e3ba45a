#!/bin/sh
# clang-tidy on the sources that differ from the main branch: tidy.sh BUILD-FOLDER [FILE...]
# The generated headers and the precompiled header must be built: `make build` first.
set -eu
build=${1:?usage: tidy.sh BUILD-FOLDER [FILE...]}
shift
if [ $# -eq 0 ]; then
  main=main
  if git rev-parse --verify --quiet origin/main >/dev/null; then
    main=origin/main
  fi
  base=$(git merge-base HEAD "$main")
  files=$(git diff --name-only --diff-filter=d "$base" -- '*.cpp' &&
    git ls-files --others --exclude-standard -- '*.cpp')
else
  files=$*
fi
checked=0
failed=0
for file in $files; do
  if ! grep -q "\"file\": \".*/$file\"" "$build/compile_commands.json"; then
    continue
  fi
  echo "clang-tidy $file"
  clang-tidy-22 -p "$build" --quiet --warnings-as-errors='*' "$file" || failed=$((failed + 1))
  checked=$((checked + 1))
done
echo "clang-tidy: $checked files, $failed with findings"
[ "$failed" -eq 0 ]

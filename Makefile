# A thin front of CMake: `make demo` shows ingot at work, `make check` tests it. Each target first installs the
# Debian packages that are missing (tools/dev/setup.sh). CMakePresets.json holds the configurations.

.DEFAULT_GOAL := build
.PHONY: all build check check-all golden-all training-all demo bench peers debug asan tidy format docs clean setup help tagger charlm

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup:
	@tools/dev/setup.sh

build/build.ninja: CMakePresets.json | setup
	@cmake --preset release --log-level=WARNING
build-debug/build.ninja: CMakePresets.json | setup
	@cmake --preset debug --log-level=WARNING
build-asan/build.ninja: CMakePresets.json | setup
	@cmake --preset asan --log-level=WARNING

all: build

build: setup build/build.ninja ## build everything into build/ (programs in build/bin, examples in build/examples)
	@ninja -C build

check: setup build/build.ninja ## build, then run every test; the last line counts them
	@python3 tools/dev/check.py build

check-all: check golden-all training-all asan tidy ## check, golden-all, training-all, the tests again under ASan and UBSan, clang-tidy

golden-all: build ## all golden cases without optimization, exported, with run-time sizes (make check takes a part)
	@for mode in -O0 --export --run-time-dim=0 --run-time-dim=1 --run-time-dim=2; do \
	  echo "== golden $$mode"; \
	  build/bin/conformance --quiet --allow-unsupported $$mode test/golden || exit 1; \
	done

training-all: build ## eager training loops of 100,000 steps: no growth (make check takes 3,000)
	@INGOT_TRAINING_STEPS=100000 build/bin/frontend-training-loop-test --gtest_brief=1

demo: setup build/build.ninja ## export LeNet from C++, link it into applications that classify 10,000 images and train on 60,000
	@ninja -C build fashion
	@build/examples/fashion/classify --check examples/fashion/lenet_fashion_reference.safetensors
	@build/examples/fashion/train --output build/examples/fashion
	@build/examples/fashion/classify --weights build/examples/fashion/lenet_trained.safetensors

tagger: build/build.ninja ## train PyTorch's LSTM tagger to restore the accents of French words, in an application
	@tools/dev/setup.sh tagger
	@ninja -C build tagger
	@build/examples/tagger/tagger --train
	@build/examples/tagger/tagger eleve deja francais garcon ecole theatre

charlm: build/build.ninja ## train a small transformer on the texts of fortune, in an application, and let it write
	@tools/dev/setup.sh charlm
	@ninja -C build charlm
	@build/examples/charlm/charlm --train
	@build/examples/charlm/charlm "The "

bench: setup build/build.ninja ## measure, beside the peers if installed; JSON lines also go to build/bench.jsonl
	@ninja -C build ingot-bench
	@python3 bench/compare.py build

peers: setup build/build.ninja ## install ONNX Runtime and PyTorch from PyPI into build/peers, for `make bench`
	@tools/dev/setup.sh peers
	@python3 -m venv build/peers
	@build/peers/bin/pip install --quiet torch onnx onnxruntime onnxscript numpy

debug: setup build-debug/build.ninja ## build with assertions of ingot's own, without optimization, into build-debug/
	@ninja -C build-debug

asan: setup build-asan/build.ninja ## build and test under AddressSanitizer and UBSan in build-asan/
	@python3 tools/dev/check.py build-asan

tidy: build/build.ninja ## clang-tidy on the sources that differ from main
	@tools/dev/setup.sh tidy
	@tools/dev/tidy.sh build

format: setup ## clang-format every source in place
	@python3 tools/dev/check-format.py --fix

docs: setup build/build.ninja ## write docs/ops.md and docs/passes.md from the records, docs/support.md from tests
	@python3 tools/dev/gen-docs.py
	@ninja -C build codegen-vjp-test
	@python3 tools/dev/gen-support.py build

clean: ## remove the build trees
	rm -rf build build-debug build-asan

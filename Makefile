# aloof: the whole build. `make help` lists the targets.
MODE ?= release
PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
PYTHON ?= $(shell sh tests/find-python pexpect pyte || sh tests/find-python || echo python3)
FUZZ_SECONDS ?= 30

BUILD := build/$(MODE)
VERSION := 0.1.0
LIBS := libuv libgit2 ncursesw sqlite3 jansson expat zlib libutf8proc libpcre2-8
DATADIR ?= $(PREFIX)/share/aloof

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wvla -Wwrite-strings -Wformat=2
MODE_release := -O2 -g
MODE_debug := -O0 -g
MODE_san := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
MODE_fuzz := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined
MODE_CFLAGS := $(MODE_$(MODE))
ifeq ($(MODE_CFLAGS),)
$(error MODE=$(MODE): use release, debug or san)
endif

CPPFLAGS_ALL := -D_GNU_SOURCE -DALOOF_VERSION='"$(VERSION)"' -Isrc -I. $(shell pkg-config --cflags $(LIBS) 2>/dev/null)
CFLAGS_ALL := -std=c11 $(WARNINGS) $(MODE_CFLAGS) $(CFLAGS)
LDFLAGS_ALL := $(filter -fsanitize=%,$(MODE_CFLAGS)) $(LDFLAGS)
LDLIBS_ALL := $(shell pkg-config --libs $(LIBS) 2>/dev/null) -lm

ENGINE_SRC := $(filter-out src/main.c src/command/%,$(wildcard src/*.c src/*/*.c))
UI_SRC := $(wildcard ui/*.c src/command/*.c)
ENGINE_OBJ := $(ENGINE_SRC:%.c=$(BUILD)/%.o)
UI_OBJ := $(UI_SRC:%.c=$(BUILD)/%.o)
UNIT := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))
BENCH := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c))
FUZZ := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
LOG := $(BUILD)/log

# Recursive makes use every processor, unless -j was given.
MAKE_ALL = $(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 2))
PYTEST = ALOOF='$(abspath $(BUILD)/aloof)' ALOOF_MAKE=$(call QUOTED,$(MAKEOVERRIDES)) $(PYTHON) -B -m pytest -q -p no:cacheprovider
# Tests on a terminal wait most of their time.
SIDE_BY_SIDE = -n 3

.PHONY: all programs deps demo check suites unit worker e2e bench fuzz lint format install uninstall clean help FORCE

all: $(BUILD)/aloof ## build (the default); MODE=release, debug or san

deps: ## install what building needs, with the system's package manager
	@sh .ci/deps build

demo: ## the loop on a scratch copy of share/example/
	@sh .ci/deps build demo
	@$(MAKE_ALL) all
	@sh .ci/demo '$(BUILD)/aloof'

check: ## every test, at most 5 minutes; also with MODE=san
	@sh .ci/deps build check
	@$(MAKE_ALL) programs
	@$(MAKE) --no-print-directory suites

programs: all $(UNIT)

# All suites run even when one fails; the tally has the last word.
suites: programs
	@rm -rf $(LOG); failed=; for suite in unit worker e2e; do \
	    $(MAKE) --no-print-directory $$suite || failed="$$failed $$suite"; \
	done; sh .ci/tally $(LOG); test -z "$$failed" || { echo "failed:$$failed"; exit 1; }

unit: programs ## the C units only
	@sh tests/run-units $(LOG) $(UNIT)

worker: $(BUILD)/aloof ## the workers' own tests only
	@mkdir -p $(LOG)
	@set -- $(wildcard tests/worker/test_*.py); test $$# = 0 || $(PYTEST) $(SIDE_BY_SIDE) --junitxml=$(LOG)/worker.xml "$$@"

e2e: $(BUILD)/aloof ## the real binary on a real terminal only; TESTS='-k crash' picks some
	@mkdir -p $(LOG)
	@set -- $(filter-out tests/e2e/test_real_%,$(wildcard tests/e2e/test_*.py)); test $$# = 0 || $(PYTEST) $(SIDE_BY_SIDE) --junitxml=$(LOG)/e2e.xml $(TESTS) "$$@"

FRAMEWORKS := alone c django* native nextest profile real_* recipes* run_all rust
check-frameworks: ## the recipes, and real projects, with the frameworks that make check does without; npm and apt fetch them
	@sh .ci/deps build check frameworks
	@sh .ci/frameworks
	@$(MAKE_ALL) all
	@mkdir -p $(LOG)
	@ALOOF_NPM="$${ALOOF_NPM:-$${XDG_CACHE_HOME:-$$HOME/.cache}/aloof-npm}" $(PYTEST) --junitxml=$(LOG)/frameworks.xml $(wildcard $(FRAMEWORKS:%=tests/e2e/test_%.py))

bench: ## speed side by side with what people use today
	@sh .ci/deps build bench
	@$(MAKE_ALL) all bench-programs
	@$(PYTHON) -B tests/bench/bench.py --aloof '$(BUILD)/aloof' --programs '$(BUILD)/bench' $(BENCH_ARGS)

.PHONY: bench-programs fuzz-programs
bench-programs: $(BENCH)
fuzz-programs: $(FUZZ)

fuzz: ## each parser under libFuzzer for FUZZ_SECONDS
	@sh .ci/deps build fuzz
	@$(MAKE_ALL) MODE=fuzz CC=clang fuzz-programs
	@for source in tests/fuzz/fuzz_*.c; do \
	    name=$${source##*/fuzz_}; name=$${name%.c}; found=build/fuzz/corpus/$$name; mkdir -p $$found; \
	    seeds=$$(ls -d tests/corpus/$$name tests/corpus/stream/$$name 2>/dev/null || true); \
	    build/fuzz/fuzz/fuzz_$$name -max_total_time=$(FUZZ_SECONDS) -rss_limit_mb=1024 -print_final_stats=1 \
	        -artifact_prefix=build/fuzz/ $$found $$seeds >build/fuzz/$$name.log 2>&1 || \
	        { tail -n 60 build/fuzz/$$name.log; exit 1; }; \
	    echo "$$name: $$(sed -n 's/^stat::number_of_executed_units: *//p' build/fuzz/$$name.log) inputs, no finding"; \
	done

lint: ## formatting, layers, headers alone, man page, shell
	@sh .ci/deps build lint
	@CC='$(CC)' CPPFLAGS='$(filter-out -DALOOF_VERSION=%,$(CPPFLAGS_ALL))' sh .ci/lint

format: ## clang-format the C sources in place
	clang-format -i $$(git ls-files '*.c' '*.h')

INSTALLED := $(DESTDIR)$(PREFIX)/bin/aloof \
	$(patsubst share/%,$(DESTDIR)$(DATADIR)/%,$(wildcard share/workers/*.py share/workers/*.rb share/workers/*.sh share/workers/*.cjs share/workers/*.mjs share/workers/*/*.py share/recipes/*.conf)) \
	$(patsubst share/man/%,$(DESTDIR)$(PREFIX)/share/man/man1/%,$(wildcard share/man/*.1)) \
	$(patsubst share/man/%,$(DESTDIR)$(PREFIX)/share/man/man5/%,$(wildcard share/man/*.5)) \
	$(DESTDIR)$(PREFIX)/share/bash-completion/completions/aloof \
	$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_aloof \
	$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/aloof.fish

install: all ## into PREFIX (/usr/local), below DESTDIR
	install -d $(sort $(dir $(INSTALLED)))
	install -m 755 $(BUILD)/aloof $(DESTDIR)$(PREFIX)/bin/aloof
	install -m 644 $(wildcard share/workers/*.py share/workers/*.rb share/workers/*.sh share/workers/*.cjs share/workers/*.mjs) $(DESTDIR)$(DATADIR)/workers/
	install -m 644 $(wildcard share/workers/aloof_worker/*.py) $(DESTDIR)$(DATADIR)/workers/aloof_worker/
	install -m 644 $(wildcard share/recipes/*.conf) $(DESTDIR)$(DATADIR)/recipes/
	install -m 644 $(wildcard share/man/*.1) $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 644 $(wildcard share/man/*.5) $(DESTDIR)$(PREFIX)/share/man/man5/
	install -m 644 share/completions/aloof.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/aloof
	install -m 644 share/completions/_aloof $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_aloof
	install -m 644 share/completions/aloof.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/aloof.fish

uninstall: ## what install put there
	rm -f $(INSTALLED)
	-rmdir $(DESTDIR)$(DATADIR)/workers/aloof_worker $(DESTDIR)$(DATADIR)/workers $(DESTDIR)$(DATADIR)/recipes $(DESTDIR)$(DATADIR) 2>/dev/null || true

clean: ## remove build/
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/\1	\2/p' Makefile | expand -t 12

# Objects depend on a stamp that changes when the flags do.
QUOTED = '$(subst ','"'"',$(1))'
FLAGS_NOW := $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL)
$(BUILD)/flags: FORCE
	@pkg-config --exists $(LIBS) 2>/dev/null || { echo "aloof needs $(LIBS) and pkg-config: run 'make deps'" >&2; exit 1; }
	@mkdir -p $(@D); echo $(call QUOTED,$(FLAGS_NOW)) | cmp -s - $@ || echo $(call QUOTED,$(FLAGS_NOW)) > $@
$(BUILD)/datadir: FORCE
	@mkdir -p $(@D); echo $(call QUOTED,$(DATADIR)) | cmp -s - $@ || echo $(call QUOTED,$(DATADIR)) > $@

$(BUILD)/aloof: $(BUILD)/src/main.o $(BUILD)/libui.a $(BUILD)/libaloof.a
	$(CC) $(LDFLAGS_ALL) -rdynamic -o $@ $^ $(LDLIBS_ALL)

$(BUILD)/libaloof.a: $(ENGINE_OBJ)
	@rm -f $@; $(AR) rcs $@ $^

$(BUILD)/libui.a: $(UI_OBJ)
	@mkdir -p $(@D); rm -f $@; $(AR) rcs $@ $^

# Where the installed data is: the one flag that only one file sees, so that a new PREFIX rebuilds it alone. A binary
# built outside of build/ takes its data from this tree, as one inside of it does by itself.
DATA_FLAG = -DALOOF_DATADIR='"$(if $(filter build/%,$(BUILD)),$(DATADIR),$(CURDIR)/share)"'
$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(if $(filter src/project/share.c,$<),$(DATA_FLAG)) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
$(BUILD)/src/project/share.o: $(BUILD)/datadir

# Unit tests: one program a module, linked with the engine archive; views need libui, never curses.
LINK = $(CC) $(CPPFLAGS_ALL) -Itests/unit $(CFLAGS_ALL) -MMD -MP $(LDFLAGS_ALL)
$(BUILD)/tests/%: tests/unit/%.c $(BUILD)/libui.a $(BUILD)/libaloof.a $(BUILD)/flags
	@mkdir -p $(@D)
	$(LINK) -o $@ $< $(BUILD)/libui.a $(BUILD)/libaloof.a -lcmocka $(LDLIBS_ALL)

$(BUILD)/bench/%: tests/bench/%.c $(BUILD)/libaloof.a $(BUILD)/flags
	@mkdir -p $(@D)
	$(LINK) -o $@ $< $(BUILD)/libaloof.a $(LDLIBS_ALL)

$(BUILD)/fuzz/%: tests/fuzz/%.c $(BUILD)/libaloof.a $(BUILD)/flags
	@mkdir -p $(@D)
	$(LINK) -fsanitize=fuzzer,address,undefined -o $@ $< $(BUILD)/libaloof.a $(LDLIBS_ALL)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

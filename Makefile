# aloof: the whole build. `make help` lists the targets.
MODE ?= release
PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
PYTHON ?= $(shell sh tests/find-python)

BUILD := build/$(MODE)
VERSION := 0.1.0
LIBS := libuv libgit2 ncursesw sqlite3 jansson zlib libutf8proc
DATADIR ?= $(PREFIX)/share/aloof

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wvla -Wwrite-strings -Wformat=2
MODE_release := -O2 -g
MODE_debug := -O0 -g
MODE_san := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
MODE_CFLAGS := $(MODE_$(MODE))
ifeq ($(MODE_CFLAGS),)
$(error MODE=$(MODE): use release, debug or san)
endif

CPPFLAGS_ALL = -D_GNU_SOURCE -DALOOF_VERSION='"$(VERSION)"' -Isrc -I. $(shell pkg-config --cflags $(LIBS) 2>/dev/null)
CFLAGS_ALL = -std=c11 $(WARNINGS) $(MODE_CFLAGS) $(CFLAGS)
LDFLAGS_ALL = $(filter -fsanitize=%,$(MODE_CFLAGS)) $(LDFLAGS)
LDLIBS_ALL = $(shell pkg-config --libs $(LIBS) 2>/dev/null) -lm

ENGINE_SRC := $(filter-out src/main.c,$(wildcard src/*.c src/*/*.c))
UI_SRC := $(wildcard ui/*.c)
ENGINE_OBJ := $(ENGINE_SRC:%.c=$(BUILD)/%.o)
UI_OBJ := $(UI_SRC:%.c=$(BUILD)/%.o)
UNIT := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))

.PHONY: all deps demo check unit e2e bench fuzz lint install uninstall clean help
all: $(BUILD)/aloof

$(BUILD)/aloof: $(BUILD)/src/main.o $(BUILD)/libui.a $(BUILD)/libaloof.a
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LDLIBS_ALL)

$(BUILD)/libaloof.a: $(ENGINE_OBJ)
	rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/libui.a: $(UI_OBJ)
	rm -f $@ && $(AR) rcs $@ $^

# Objects depend on a stamp that changes when the flags do.
FLAGS_NOW = $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(DATADIR)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D); echo '$(subst ','"'"',$(FLAGS_NOW))' | cmp -s - $@ || echo '$(subst ','"'"',$(FLAGS_NOW))' > $@
FORCE:

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# Unit tests: one program a module, linked with the engine archive; views need libui, never curses.
$(BUILD)/tests/%: tests/unit/%.c $(BUILD)/libui.a $(BUILD)/libaloof.a $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) -Itests/unit $(CFLAGS_ALL) -MMD -MP $(LDFLAGS_ALL) -o $@ $< $(BUILD)/libui.a $(BUILD)/libaloof.a -lcmocka $(LDLIBS_ALL)

unit: $(UNIT)
	@for t in $(UNIT); do echo "== $$t"; $$t || exit 1; done

clean:
	rm -rf build

-include $(shell find build -name '*.d' 2>/dev/null)

# make [all|check|lint|...]; `make help` lists the targets.
CC      ?= cc
B       ?= build
PREFIX  ?= /usr/local
OPT     ?= -O3 -g
WERROR  ?= -Werror
WARN    := -Wall -Wextra $(WERROR) -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
           -Wpointer-arith -Wcast-qual -Wvla -Wconversion -Wno-sign-conversion \
           -Wdouble-promotion -Wimplicit-fallthrough -Wundef
PKGS    := libjpeg libpng libwebp libexif cairo jansson libsodium
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lgif
CFLAGS   = -std=gnu11 $(OPT) $(WARN) $(SAN) -ffp-contract=fast -fPIC -pthread \
           -fvisibility=hidden -Iinclude -Isrc -I. -I$B $(PKG_CFLAGS) -MMD -MP
LDLIBS   = $(PKG_LIBS) -lm -pthread

# k_*.c are not compiled alone: variant_*.c include them, once an instruction set.
DIRS    ?= base file kern image nn model face
LIB     := $(filter-out src/kern/k_%,$(foreach d,$(DIRS),$(wildcard src/$d/*.c)))
CLI     := $(wildcard cli/*.c)
objects  = $(patsubst %.c,$B/%.o,$(1))
TESTS   := $(patsubst %.c,$B/%,$(wildcard tests/test_*.c))

all: $B/bin/mien $B/libmien.a
$B/bin/mien: $(call objects,$(CLI)) $B/libmien.a
	@mkdir -p $(@D)
	$(CC) $(SAN) -o $@ $^ $(LDLIBS)
$B/libmien.a: $(call objects,$(LIB))
	rm -f $@ && $(AR) rcs $@ $^
$B/tests/%: $B/tests/%.o $B/libmien.a
	$(CC) $(SAN) -o $@ $^ $(LDLIBS)
$B/bench/%: $B/bench/%.o $B/libmien.a
	$(CC) $(SAN) -o $@ $^ $(LDLIBS)
$B/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -c -o $@ $<
tests: $(TESTS)
clean:
	rm -rf build
.PHONY: all tests clean
.SECONDARY:
-include $(shell find $B -name '*.d' 2>/dev/null)

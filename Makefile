# mien's build.  `make help` lists the targets; B=folder builds elsewhere.
CC      ?= cc
CXX     ?= c++
B       ?= build
PREFIX  ?= /usr/local
OPT     ?= -O3 -g
WERROR  ?= -Werror
WARN    := -Wall -Wextra $(WERROR) -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
           -Wpointer-arith -Wcast-qual -Wvla -Wconversion -Wno-sign-conversion \
           -Wdouble-promotion -Wimplicit-fallthrough -Wundef
PKGS    := zlib libjpeg libpng libwebp libexif cairo jansson libsodium expat sqlite3
# Only the headers: the libraries are loaded when a video, a HEIC, a file of Keras or a queue is
# opened, or a server begins.
FFMPEG  := libheif libavformat libavcodec libavutil libswscale libavdevice libmicrohttpd libpq libcurl
HDF5    := $(shell pkg-config --exists hdf5-serial && echo hdf5-serial || echo hdf5)
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) $(FFMPEG) 2>/dev/null) \
              $(patsubst -I%,-isystem %,$(shell pkg-config --cflags-only-I $(HDF5) 2>/dev/null))
PKG_LIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lgif
PIC      = -fPIC -pthread
CFLAGS   = -std=gnu11 -D_GNU_SOURCE $(OPT) $(WARN) $(SAN) $(SAN_$(notdir $(@D))) $(SAN_$(*F)) $(PIC) -ffp-contract=fast -fno-math-errno \
           -fvisibility=hidden -Iinclude -Isrc -I. -I$B $(PKG_CFLAGS) -MMD -MP
LDLIBS   = $(PKG_LIBS) -lm -pthread
CLI_LIBS = -lm -pthread
VERSION := $(shell sed -n 's/^.define MIEN_VERSION "\(.*\)"/\1/p' include/mien/base.h)
SO      := libmien.so.$(firstword $(subst ., ,$(VERSION)))
JOBS    ?= $(shell nproc 2>/dev/null || echo 2)
# A make inside this one: as parallel as the user asked, else a job a processor.
SUBMAKE  = $(MAKE) $(if $V,,-s) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS))

# make V=1 shows whole commands.
say      = $(if $V,,@echo '  $(1) $(@:$B/%=%)';)

# k_*.c are not compiled alone: variant_*.c include them, once an instruction set.
DIRS    ?= base team file kern num image split metrics match table video graph engine plot train model net vision learn tabular report samples journal study picture sight face objects record keys postgres gallery draw kit faces dataset serve sandbox queue
LIB     := $(filter-out src/kern/k_%,$(foreach d,$(DIRS),$(wildcard src/$d/*.c)))
CLI     := $(wildcard cli/*.c cli/shell/*.c)
objects  = $(patsubst %.c,$B/%.o,$(1))
TESTS   := $(patsubst tests/%.c,%,$(wildcard tests/test_*.c))
# Those that take long come first, so that none is the last one that is waited for.
LONG_SCRIPTS := test_memory test_cli test_web test_disk
# These wait for a camera's pictures, which come by the clock: all others run beside
# them, and give way.
BROWSER_SCRIPTS := test_app test_package
SCRIPTS := $(LONG_SCRIPTS) $(filter-out $(LONG_SCRIPTS),$(patsubst tests/%.sh,%,$(wildcard tests/test_*.sh)))
# Tests by name, in a list: one that does not exist stops make.
named    = $(foreach t,$(1),$(if $(wildcard tests/test_$t.c),test_$t,$(error Makefile: no tests/test_$t.c)))
BENCHES := $(patsubst %.c,$B/%,$(wildcard bench/*.c))

# Model files inside the library, as C arrays.
EMBEDDED := $(if $(filter model,$(DIRS)),$B/gen/yunet_n_dynamic.o) \
            $(if $(filter vision,$(DIRS)),$B/gen/face_cascade.o)

# What tests find in their environment.
export MIEN_MODELS ?= $(abspath $B/share/mien/models)
export MIEN_SHARED ?= ../shared
export MIEN_BUILD   = $(abspath $B)
export MIEN_PHOTOS ?= $(abspath $B/npm/node_modules/@vladmandic/face-api/demo)
export MIEN_SAMPLES = $(MIEN_PHOTOS)
export MIEN_PPM    ?= $(abspath $B/share/mien/sample.ppm)
WHOLE_PPM   = $(MIEN_PPM:.ppm=_whole.ppm)
export MIEN_MOVIE  ?= $(abspath $B/share/mien/sample.mp4)

# Networks as text lie where the command looks for them.
NETS := $(patsubst %,$B/share/mien/%,$(wildcard models/nets/*.json))
all: $B/bin/mien $B/libmien.a $B/$(SO) $(NETS)
$B/share/mien/%.json: %.json
	@mkdir -p $(@D) && cp $< $@
# The command finds the library in ../lib, here as where it is installed.
$B/bin/mien: $(call objects,$(CLI)) $B/lib/$(SO)
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(SAN) -Wl,-rpath,'$$ORIGIN/../lib' -o $@ $^ $(CLI_LIBS)
$B/lib/$(SO): $B/$(SO)
	@mkdir -p $(@D) && ln -sf ../$(SO) $@
$B/libmien.a: $(call objects,$(LIB)) $(EMBEDDED) $(EXPAT)
	$(call say,ar  )rm -f $@ && $(AR) rcs $@ $^
$B/$(SO): $(call objects,$(LIB)) $(EMBEDDED)
	$(call say,link)$(CC) $(SAN) -shared -Wl,-soname,$(SO) -Wl,-z,defs,-Bsymbolic-functions,-O1 -o $@ $^ $(LDLIBS)
$B/tests/%: $B/tests/%.o $B/libmien.a
	$(call say,link)$(CC) $(SAN) $(LINK) -o $@ $^ $(LDLIBS)
$B/bench/%: $B/bench/%.o $B/libmien.a
	$(call say,link)$(CC) $(SAN) -o $@ $^ $(LDLIBS)
$B/fuzz/%: $B/fuzz/%.o $B/libmien.a
	$(call say,link)$(CC) $(SAN) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)
$B/gen/%.o: $B/gen/%.c
	$(call say,cc  )$(CC) $(CFLAGS) -c -o $@ $<
$B/gen/%.c: models/%.onnx tools/embed.sh
	@mkdir -p $(@D)
	$(call say,gen )tools/embed.sh model $* $(or $(EMBED),$<) >$@
$B/gen/%.c: models/%.xml tools/embed.sh
	@mkdir -p $(@D)
	$(call say,gen )tools/embed.sh vision $* $(or $(EMBED),$<) >$@
$B/%.o: %.c
	@mkdir -p $(@D)
	$(call say,cc  )$(CC) $(CFLAGS) -c -o $@ $<

# ---- the first thing a stranger does ------------------------------------
demo:
	@tools/setup.sh run
	@$(SUBMAKE) all
	@$(SUBMAKE) models
	@tools/demo.sh $B

# The networks of face-api.js and coco-ssd, as ONNX files, in $B/share/mien/models.
models: $B/bin/mien
	@tools/get_models.sh $B

# ---- tests --------------------------------------------------------------
# A test that passed leaves a .ok file, so that only what changed runs again;
# what each said last stands in .result, from which the summary is made.
fixtures: $B/tests/make_ppm $B/tests/make_movie $B/bin/mien
	@tools/get_models.sh $B --with mobilefacenet && { [ -e $(MIEN_PPM) ] || $< $B/share/mien/sample.jpg $(MIEN_PPM) 4; } && \
	  { [ -e $(WHOLE_PPM) ] || $< $B/share/mien/sample.jpg $(WHOLE_PPM) 1; } && \
	  { [ -e $(MIEN_MOVIE) ] || $B/tests/make_movie $B/share/mien/sample.jpg $(MIEN_MOVIE) 40; } || \
	  echo 'models: not there; tests that need them skip'
RESULTS := $(SCRIPTS) $(TESTS)
check test:
	@tools/setup.sh run check
	@$(SUBMAKE) all
	@$(SUBMAKE) fixtures $B/tests/fail_malloc.so
	+@$(SUBMAKE) web-wasm || echo 'mien.wasm: not built'
	@tools/web.sh build $B || echo 'the app for browsers: not built'
	@isas=$$(tools/isas.sh $B/bin/mien $(ISAS)); \
	  $(SUBMAKE) -j1 -k $(BROWSER_SCRIPTS:%=$B/tests/%.ok) & \
	  nice -n 5 $(SUBMAKE) -k run-tests run-isas run-wasm HERE="$$isas" \
	    SCRIPTS='$(filter-out $(BROWSER_SCRIPTS),$(SCRIPTS))'; status=$$?; wait; tools/summary.sh $$status \
	  $(RESULTS:%=$B/tests/%) $$(for i in $$isas; do printf "$B/isa/$$i/%s " $(ISA_TESTS); done) \
	  $(WASM_TESTS:%=$B/wasm/tests/%)
run-tests: $(RESULTS:%=$B/tests/%.ok)
MODELS  := $(wildcard $(MIEN_MODELS)/*.onnx)
$B/tests/%.ok: $B/tests/% $(MODELS)
	@tools/run_test.sh $(basename $@) $(RUN) $<
$B/tests/%.ok: tests/%.sh $B/bin/mien $B/libmien.a $(MODELS)
	@tools/run_test.sh $(basename $@) $<
$(SCRIPTS:%=$B/tests/%.ok): $(NETS) $(wildcard tests/cli/* examples/* include/mien/*.h *.md docs/* wasm/*.md)
$B/tests/test_docs.ok: tools/check_docs.py
$B/tests/test_memory.ok: $B/tests/fail_malloc.so
$B/tests/test_memory.ok $B/tests/test_disk.ok: tests/each_command.sh
$B/tests/test_memory.ok $B/tests/test_disk.ok $B/tests/test_queue.ok: tests/cluster.sh
$B/tests/test_gallery_store.ok: tests/cluster.sh $(patsubst tests/%.c,$B/tests/%,$(filter-out tests/test_gallery_postgres%,$(wildcard tests/test_gallery.c tests/test_gallery_*.c)))
$B/tests/test_kill.ok $B/tests/test_mpi.ok: tests/corner.sh
$B/tests/%.so: $B/tests/%.o
	$(call say,link)$(CC) $(SAN) -shared -o $@ $<
# Every allocation of every command, a hundred killed trainings, five hundred killed
# galleries and workers of a queue, a thousand killed readers of photos, where make check
# tries some.
TORTURED := $(call named,sandbox gallery_kill gallery_copies gallery_erase gallery_undo gallery_postgres_lost dataset_planted drift agree_planted smile pictures_noise)
torture:
	@tools/setup.sh run check
	@$(SUBMAKE) all
	@$(SUBMAKE) fixtures $B/tests/fail_malloc.so $(TORTURED:%=$B/tests/%)
	@TORTURE=1 tests/test_memory.sh
	@TORTURE=1 tests/test_kill.sh
	@TORTURE=1 tests/test_serve.sh
	@TORTURE=1 tests/test_queue.sh
	@TORTURE=1 tests/test_gallery_store.sh
	@bench/soak.sh $B
	@for t in $(TORTURED); do TORTURE=1 $B/tests/$$t || exit 1; done
$B/tests/test_install.ok: tools/check_docs.py tools/install.sh tools/gendoc.py
$B/tests/test_operators.ok: docs/operators.md
$B/tests/test_app.ok $B/tests/test_package.ok: tests/browser.sh $(wildcard web/test/* web/*.mjs)
$B/tests/test_app.ok: $B/bin/mien $(wildcard $B/web/dist/index.html $B/web/dist/sw.js web/test-app/*)
$B/tests/test_package.ok: $(wildcard $B/web/package/mien.d.ts web/package/* web/package/faceapi/* web/test-package/* web/test-app/harness.mjs web/test-app/video.mjs)
$B/tests/test_web.ok: $(wildcard $B/web/mien.wasm web/package/* web/package/faceapi/* web/test/*)

# What stands on the kernels, under each of the instruction sets HERE too; tests
# of kernels alone (conv, gemm, kern, ...) go through every table by themselves.
ISAS      := ref $(patsubst src/kern/variant_%.c,%,$(wildcard src/kern/variant_*.c))
ISA_TESTS := $(call named,op op_hostile grad graph layer plan plan_random pipeline train train_golden learn_random \
               onnx onnx_yunet faceapi faceapi_models face face_kit describer face_yunet match_search objects boost search smile track tracker \
               logistic logistic_golden regress regress_golden)
# Long, so not under ref, the definition in plain loops.
ISA_LONG  := $(call named,face_golden objects_golden)
define isa_rules
run-isas: $(patsubst %,$B/isa/$1/%.ok,$(ISA_TESTS) $(if $(filter ref,$1),,$(ISA_LONG)))
$B/isa/$1/%.ok: $B/tests/% $(MODELS)
	@MIEN_ISA=$1 tools/run_test.sh $$(basename $$@) $$<
endef
run-isas:
$(foreach i,$(HERE),$(eval $(call isa_rules,$i)))

# All is built before any test is run: those of the command, which take longest, begin first.
# Of debugging information only lines are kept, which is what a report shows.
# Lines of the docs and the articles are commands that test_cli has, too.  Workers that are
# killed do not get far with sanitizers; test_queue_lease does what they do, and of galleries on
# a server test_gallery_postgres and test_gallery_postgres_lost.
ASAN_NOT := test_queue test_gallery_store test_install test_web $(BROWSER_SCRIPTS) test_docs test_articles
ASAN_BUILD = B=$B/asan CC=gcc OPT='-O1 -g1' SAN='-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer'
asan:
	@tools/setup.sh run check
	@$(SUBMAKE) fixtures
	@$(SUBMAKE) -k all tests $(ASAN_BUILD); LSAN_OPTIONS=suppressions=$(abspath tools/lsan.supp):print_suppressions=0 \
	  $(SUBMAKE) -k run-tests $(ASAN_BUILD) SCRIPTS='$(filter-out $(ASAN_NOT),$(SCRIPTS))'; \
	  tools/summary.sh $$? $(patsubst %,$B/asan/tests/%,$(filter-out $(ASAN_NOT),$(RESULTS)))
TSAN_TESTS := $(call named,pool plan kit loader_rows team serve_delete)
tsan:
	@tools/setup.sh run check
	@$(SUBMAKE) -k $(TSAN_TESTS:%=$B/tsan/tests/%.ok) B=$B/tsan CC=gcc OPT='-O1 -g' SAN=-fsanitize=thread; \
	  tools/summary.sh $$? $(TSAN_TESTS:%=$B/tsan/tests/%)

# Reads of memory that nothing was written to; valgrind knows no AVX-512.
MEM_TESTS := $(call named,base gray image boost cascade cascade_xml track tracker csv csv_hostile table_ops stat \
               metrics verdict samples labels loader split nms plot layer train)
memcheck:
	@tools/setup.sh run check memcheck
	@MIEN_ISA=avx2 $(SUBMAKE) -k $(MEM_TESTS:%=$B/memcheck/tests/%.ok) B=$B/memcheck CC=gcc OPT='-O1 -g' \
	  RUN='valgrind -q --error-exitcode=1'; tools/summary.sh $$? $(MEM_TESTS:%=$B/memcheck/tests/%)

# The same tests as WebAssembly in node, but for those that say at their head
# `Not as WebAssembly: why`.  The library lacks there what needs codecs, cairo,
# jansson and libsodium: photos' files, video, figures, drawings, manifests, the
# kit; cascades are read with Debian's expat, compiled from its source package.
existing   = $(foreach p,$(1),$(if $(filter $p,$(wildcard src/*/*.c)),$p,$(error Makefile: no $p)))
WASM_NOT   := $(call existing,$(patsubst %,src/image/%.c,decode format jpeg jpeg_coefs png png_text webp gif gif_write heif exif draw font font_data surface) \
                src/base/json_read.c src/base/library.c src/file/gunzip.c src/file/results.c src/team/openmpi.c src/team/mpi.c src/model/manifest.c src/model/faceapi_convert.c src/record/basis.c src/record/profiles.c src/model/tfjs% src/net/% $(patsubst %,src/report/%.c,card card_model card_data card_figures card_person card_uses card_write roles_read) src/study/save.c src/dataset/sheet% src/dataset/pictures% src/dataset/agree_page.c \
                $(patsubst %,src/plot/%.c,axes layers legend render stroke) src/video/% src/kit/% src/draw/% src/keys/% src/postgres/% src/gallery/% src/serve/% src/sandbox/% src/queue/%) \
              $(filter-out $(call existing,$(patsubst %,src/picture/%.c,code codes meta view) \
                $(patsubst %,src/faces/%.c,change encode look sample)),$(wildcard src/picture/*.c src/faces/*.c))
WASM_TESTS := $(patsubst tests/%.c,%,$(shell grep -L 'Not as WebAssembly:' tests/test_*.c))
EXPAT_C    := xmlparse xmlrole xmltok
GIF_C      := egif_lib gifalloc gif_hash gif_err quantize openbsd-reallocarray
XML_TESTS  := $(call named,cascade_xml cascade_train cascade_photo)
# node 20 corrupts its heap when fast calls of WASI meet a memory that grows;
# node 18 has WASI only when asked for.
NODE := node --no-warnings --no-turbo-fast-api-calls --experimental-wasi-unstable-preview1
wasm-check:
	@tools/setup.sh run check
	@$(SUBMAKE) fixtures
	+@$(SUBMAKE) -k run-wasm; tools/summary.sh $$? $(WASM_TESTS:%=$B/wasm/tests/%)
run-wasm:
	@tools/get_sources.sh $B/wasm || for t in $(XML_TESTS); do \
	  tools/run_test.sh $B/wasm/tests/$$t sh -c 'echo SKIP no source of expat; exit 77'; done
	@$(MAKE) $(if $V,,-s) --no-print-directory -k run-wasm-tests
# Without expat's source all but cascades as XML runs.
HAS_EXPAT := $(wildcard $B/wasm/expat/expat/lib/xmlparse.c)
run-wasm-tests:
	@$(MAKE) $(if $V,,-s) --no-print-directory -k $(patsubst %,$B/wasm/tests/%.ok,$(filter-out \
	  $(if $(HAS_EXPAT),,$(XML_TESTS)),$(WASM_TESTS))) B=$B/wasm AR=llvm-ar \
	  CC='$(filter ccache,$(CC)) clang --target=wasm32-wasi -msimd128 -D_WASI_EMULATED_GETPID' PIC= \
	  PKG_CFLAGS=-I$B/wasm/expat/expat/lib LDLIBS='-lm -lwasi-emulated-getpid' \
	  EXPAT='$(if $(HAS_EXPAT),$(EXPAT_C:%=$B/wasm/expat/%.o))' LINK='-Wl,-z,stack-size=1048576' \
	  LIB='$(filter-out $(WASM_NOT) $(if $(HAS_EXPAT),,%/cascade_dom.c),$(LIB))' CLI= RUN='$(NODE) wasm/run.mjs'
$B/expat/%.o: $B/expat/expat/lib/%.c wasm/expat_config.h
	$(call say,cc  )$(CC) -std=gnu11 $(OPT) -Os -Iwasm -w -c -o $@ $<
$B/giflib/%.o: $B/giflib/%.c
	$(call say,cc  )$(CC) -std=gnu11 $(OPT) -Os -w -c -o $@ $<

# mien.wasm, what a page calls (wasm/web.h): no model inside, all are fetched; and
# mien-relaxed.wasm, the same with multiply-adds that are rounded once, for engines
# that have them: clang 14 writes them in an old form, hence another compiler.
# Films are written as GIF by Debian's giflib.
WEB_CC     ?= clang
RELAXED_CC ?= clang-19
# Only the kernels are built for speed: in the rest it costs size and saves no time. What makes
# weights ready is as fast without unrolled loops, and smaller.
# Binaryen takes off some more; the one of npm knows relaxed multiply-adds, Debian's does not,
# and leaves such a file as it is.  The build of clang 14 is the largest, and takes more rounds.
WASM_OPT := $(firstword $(wildcard web/app/node_modules/.bin/wasm-opt) wasm-opt) -Oz --enable-simd --enable-bulk-memory --enable-sign-ext --enable-mutable-globals \
            --enable-nontrapping-float-to-int
# Only kernels know relaxed multiply-adds: the rest of threads-relaxed is that of threads.
web-wasm:
	@tools/web.sh packages || :
	+@$(SUBMAKE) web-wasm-as WEB_B=$B/web
	+@if command -v $(RELAXED_CC) >/dev/null; then \
	  mkdir -p $B/web/relaxed/expat $B/web/relaxed/giflib && cp -Rp $B/web/expat/expat $B/web/relaxed/expat/ && \
	  cp -p $B/web/giflib/*.[ch] $B/web/relaxed/giflib/ && \
	  $(SUBMAKE) web-wasm-as WEB_B=$B/web/relaxed WEB_CC=$(RELAXED_CC) WEB_SIMD=-mrelaxed-simd SAN=-Wno-enum-float-conversion && \
	  cp $B/web/relaxed/mien.wasm $B/web/mien-relaxed.wasm; \
	else echo '  no $(RELAXED_CC): mien-relaxed.wasm is a copy of mien.wasm'; cp $B/web/mien.wasm $B/web/mien-relaxed.wasm; fi
	+@if command -v $(RELAXED_CC) >/dev/null; then for v in threads threads-relaxed; do \
	  mkdir -p $B/web/$$v/expat $B/web/$$v/giflib && cp -Rp $B/web/expat/expat $B/web/$$v/expat/ && \
	  cp -p $B/web/giflib/*.[ch] $B/web/$$v/giflib/ && \
	  { [ $$v = threads ] || (cd $B/web/threads && tar --exclude=src/kern -cf - src wasm) | tar -C $B/web/$$v -xf -; } && \
	  $(SUBMAKE) web-wasm-as WEB_B=$B/web/$$v WEB_CC=$(RELAXED_CC) WEB_LINK='$(SHARED_MEMORY)' \
	    WEB_SIMD="-matomics -mbulk-memory -D_Thread_local= $$(case $$v in *relaxed) echo -mrelaxed-simd;; esac)" SAN=-Wno-enum-float-conversion && \
	  cp $B/web/$$v/mien.wasm $B/web/mien-$$v.wasm || exit 1; done; \
	else echo '  no $(RELAXED_CC): mien-threads.wasm is a copy of mien.wasm, for one thread'; \
	  for v in threads threads-relaxed; do cp $B/web/mien.wasm $B/web/mien-$$v.wasm; done; fi
# Over memory that workers share, for pages that are cross-origin isolated. Debian's libc is
# made for one thread: only the caller of a pool allocates (src/base/pool_wasm.c).
SHARED_MEMORY := -Wl,--shared-memory,--import-memory,--initial-memory=4194304,--max-memory=4294967296 \
                 -Wl,--no-check-features,--export=__stack_pointer
web-wasm-as:
	@tools/get_sources.sh $(WEB_B)
	+@$(SUBMAKE) $(WEB_B)/$(or $(WEB_FILE),mien.wasm) B=$(WEB_B) AR=llvm-ar PIC= LDLIBS='-lm -lwasi-emulated-getpid' EMBED=/dev/null \
	  CC='$(filter ccache,$(CC)) $(WEB_CC) --target=wasm32-wasi -msimd128 $(WEB_SIMD) -D_WASI_EMULATED_GETPID' \
	  OPT='-Oz -DNDEBUG -DMIEN_NO_REF -DMIEN_NO_LEARN' SAN_kern='-O2 -Wno-unused-function -Wno-unused-const-variable' SAN_words=-fno-unroll-loops SAN_conv_tasks=-fno-unroll-loops PKG_CFLAGS='-I$(WEB_B)/expat/expat/lib -I$(WEB_B)/giflib' \
	  EXPAT='$(EXPAT_C:%=$(WEB_B)/expat/%.o) $(GIF_C:%=$(WEB_B)/giflib/%.o)' \
	  LIB='$(filter-out $(filter-out %/gif_write.c,$(WASM_NOT)),$(LIB))' CLI= WEB_LINK='$(WEB_LINK)' WERROR=$(if $(filter clang,$(WEB_CC)),-Werror)
$B/mien.wasm: $(call objects,$(wildcard wasm/*.c)) $B/libmien.a
$B/nets.wasm: $(call objects,bench/web/nets.c) $B/libmien.a
$B/mien.wasm $B/nets.wasm:
	$(call say,link)$(CC) -mexec-model=reactor -Wl,--gc-sections,--strip-all,-z,stack-size=1048576 $(WEB_LINK) -o $@ $^ $(LDLIBS)
	@$(WASM_OPT) $(if $(filter $(RELAXED_CC),$(CC)),,--converge) $(if $(WEB_LINK),--enable-threads) $(if $(findstring relaxed,$(CC)),--enable-relaxed-simd) $@ -o $@.small 2>/dev/null && mv $@.small $@ || rm -f $@.small

# The app for browsers: build/web/dist, which any static host can serve.
web:
	@tools/setup.sh run web
	@$(SUBMAKE) models
	+@$(SUBMAKE) web-wasm
	@tools/web.sh build $B
# The package for developers in npm's layout, with types: build/web/package.
web-package:
	@tools/setup.sh run web
	+@$(SUBMAKE) web-wasm
	@tools/web.sh package $B
web-serve: web
	@node web/serve.mjs $B/web/dist $(or $(PORT),8080)
# make web-test APP=photo runs web/test-app/photo.test.mjs alone.
web-test: web
	@tools/setup.sh check
	@CI=true tests/test_app.sh $(APP)
# make web-publish WEB_REPO=git@host:me/pages.git, to its branch gh-pages
web-publish: web
	@$(if $(WEB_REPO),,$(error web-publish: WEB_REPO=, the repository to publish to))
	@tools/web.sh publish $B/web/dist '$(WEB_REPO)' $(or $(WEB_BRANCH),gh-pages)

# The same library for ARM64, by Debian's cross compiler, under qemu: the kernels
# in NEON, products, networks, gradients, training, cascades, tracking.
ARM64_TESTS ?= $(call named,base pool kern gemm conv conv_pair conv_back op grad plan train pipeline boost track tracker)
arm64-check:
	@tools/setup.sh run check arm64
	@$(SUBMAKE) fixtures
	@$(MAKE) $(if $V,,-s) --no-print-directory -k $(ARM64_TESTS:%=$B/arm64/tests/%.ok) B=$B/arm64 \
	  CC=aarch64-linux-gnu-gcc AR=aarch64-linux-gnu-ar PKG_CFLAGS= LDLIBS='-lm -pthread' LINK=-static \
	  LIB='$(filter-out $(WASM_NOT) %/cascade_dom.c,$(LIB))' TESTS='$(ARM64_TESTS)' CLI= RUN='qemu-aarch64'; \
	  tools/summary.sh $$? $(ARM64_TESTS:%=$B/arm64/tests/%)

FUZZ_SECONDS ?= 5
FUZZERS := $(patsubst fuzz/%.c,%,$(wildcard fuzz/fuzz_*.c))
fuzz:
	@tools/setup.sh run check
	@$(SUBMAKE) $(FUZZERS:%=$B/fuzz/fuzz/%) B=$B/fuzz CC=clang OPT='-O1 -g' \
	  SAN=-fsanitize=address,undefined,fuzzer-no-link SAN_kern=-fno-sanitize=all
	@for f in $(FUZZERS); do tools/run_fuzz.sh $B/fuzz $$f $(FUZZ_SECONDS) || exit 1; done

# ---- quality ------------------------------------------------------------
lint:
	@tools/setup.sh run check
	@$(SUBMAKE) all
	@tools/lint.sh $B
mutants:
	@tools/mutants.sh tests/mutants/list
coverage:
	@$(SUBMAKE) -k run-tests B=$B/cov CC=gcc OPT='-O0 -g' SAN=--coverage SCRIPTS= >$B/cov.log; \
	  tools/coverage.sh $B/cov
bench: all $(BENCHES)
	@failed=0; for s in run csv predict search cluster serve queue logistic autoencoder learn rare_events vision cascade; do \
	  bench/$$s.sh $B || failed=1; done; exit $$failed
# mien in Chromium beside its peers, which npm fetches; BENCH_WEB=sizes is one part.
bench-web: all models web-package
	@tools/setup.sh run check
	@mkdir -p $B/bench-web && cp bench/web/package.json $B/bench-web/ && cd $B/bench-web && \
	  npm install --ignore-scripts --no-audit --no-fund --silent
	+@$(SUBMAKE) web-wasm-as WEB_B=$B/web WEB_FILE=nets.wasm
	+@$(SUBMAKE) web-wasm-as WEB_B=$B/web/relaxed WEB_FILE=nets.wasm WEB_CC=$(RELAXED_CC) WEB_SIMD=-mrelaxed-simd
	@cp $B/web/relaxed/nets.wasm $B/web/nets-relaxed.wasm
	@node bench/web/run.mjs $B $(BENCH_WEB)
api-docs:
	@tools/gendoc.py $B/docs/api include/mien/*.h

man: $B/bin/mien
	@rm -rf $B/man && mkdir -p $B/man $B/completions
	@for p in $$($< help --pages); do $< help --man $$p >$B/man/$$p.1 || exit 1; done
	@tools/gendoc.py --man $B/man include/mien/*.h
	@$< completion bash >$B/completions/mien
	@$< completion zsh >$B/completions/_mien
	@$< completion fish >$B/completions/mien.fish

# ---- installing ---------------------------------------------------------
install: all man
	@tools/install.sh install $B $(VERSION) '$(DESTDIR)' '$(PREFIX)'
uninstall:
	@tools/install.sh uninstall $B $(VERSION) '$(DESTDIR)' '$(PREFIX)'
clean dist-clean:
	rm -rf build demo
help:
	@sed 's/^  //' tools/help.txt
tests: $(TESTS:%=$B/tests/%)
.PHONY: all demo models fixtures check test torture run-tests run-isas asan tsan memcheck wasm-check run-wasm run-wasm-tests web-wasm web-wasm-as bench-web web web-package web-serve web-test web-publish arm64-check fuzz lint mutants \
        coverage bench api-docs man install uninstall clean dist-clean help tests
.DELETE_ON_ERROR:
.PRECIOUS: $B/%.o $B/gen/%.c $B/tests/% $B/bench/% $B/fuzz/%
-include $(shell find $B -name '*.d' 2>/dev/null)

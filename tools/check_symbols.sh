#!/bin/sh
# check_symbols.sh BUILD: what the library's objects define begins with mien_ or
# mi_, the shared library shows mien_ alone, the command takes from it what it
# shows, and no object prints, exits or takes memory behind base/alloc.c (codecs
# free what their libraries gave them).
b=$1
bad=0
wrong=$(nm -g --defined-only "$b/libmien.a" 2>/dev/null |
    awk 'NF == 3 { print $3 }' | grep -vE '^(mien_|mi_)')
if [ -n "$wrong" ]; then
    echo "symbols of libmien.a without mien_ or mi_:" $wrong
    bad=1
fi
wrong=$(nm -D --defined-only "$b"/libmien.so.? |
    awk 'NF >= 3 { print $3 }' | grep -vE '^(mien_|_init$|_fini$)')
if [ -n "$wrong" ]; then
    echo "symbols that libmien.so shows without mien_:" $wrong
    bad=1
fi
wrong=$(readelf -d "$b/bin/mien" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
    grep -vE '^(libmien|libc|libm|ld-linux[^.]*|libasan|libubsan|libtsan)\.so')
if ! readelf -d "$b/bin/mien" | grep -q 'NEEDED.*\[libmien\.so\.[0-9]*\]' ||
    [ -n "$wrong" ]; then
    echo "bin/mien wants libmien.so and the C library, has:" $wrong
    bad=1
fi
prints='(printf|vprintf|fprintf|vfprintf|puts|fputs|fputc|putchar|fwrite|perror'
prints="$prints|exit|_exit|abort|__printf_chk|__fprintf_chk)"
memory='(malloc|calloc|realloc|free|aligned_alloc|posix_memalign|strdup|strndup|asprintf)'
# Lines of "FILE SYMBOL", by one nm: a process an object takes a minute.
used=$(nm -A -u "$b"/src/*/*.o | sed 's/: *U /  /' | awk '{ print $1, $2 }')
look() { # FILES BANNED: files whose names match and what they may not use
    wrong=$(printf '%s\n' "$used" | grep -E "^[^ ]*($1) " | grep -E " $2\$")
    if [ -n "$wrong" ]; then
        printf '%s\n' "$wrong" | sed 's/ / uses /'
        bad=1
    fi
}
frees='base/alloc\.o|image/(jpeg|png|webp|gif|exif)[^/]*\.o|model/manifest\.o'
look "$frees" "$prints"
files='/file/[^/]*\.o'
look "$files" "((printf|puts|putchar|exit|abort)|$memory)"
# The processes of the sandbox leave by themselves.
used=$(printf '%s\n' "$used" | grep -vE "^[^ ]*($frees|$files) |sandbox/zygote\.o _exit\$")
look '\.o' "($prints|$memory)"
exit $bad

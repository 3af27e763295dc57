#!/bin/sh
# isas.sh MIEN ISA...: of these instruction sets, those that this machine runs,
# but for the best one, which is what everything runs under anyhow.
mien=$1
shift
under() { # ISA: what mien uses when asked for it; none: what it uses unasked
    MIEN_ISA=$1 "$mien" --version | sed -n 's/^instruction set: //p'
}
best=$(under '')
for isa; do
    if [ "$isa" != "$best" ] && [ "$(under "$isa")" = "$isa" ]; then
        echo "$isa"
    fi
done

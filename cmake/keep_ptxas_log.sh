#!/bin/sh
# Runs a compiler and keeps what it says of registers and spills: keep_ptxas_log.sh FOLDER COMPILER ARGUMENT...
folder=$1
shift
for last; do :; done
log=$folder/$(basename "$last").log
"$@" 2>"$log"
status=$?
grep -v -e '^ptxas info' -e '^    [0-9]* bytes stack frame' -e '^$' "$log" >&2
exit $status

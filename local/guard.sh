#!/bin/sh
# Runs one program for a parent that may die without a word: when the pipe from the parent ends, the program ends. A shell, for it waits
# beside the server all the time: a process of Node would take 40 MB.
#
#     sh local/guard.sh PROGRAM [ARGUMENT ...]
exec 3<&0
# Where there is such a command the program ends even if this shell and its watcher are killed.
if setpriv --pdeathsig KILL true 2>/dev/null; then set -- setpriv --pdeathsig KILL "$@"; fi
"$@" </dev/null >/dev/null 3<&- &
program=$!
trap 'kill "$program" 2>/dev/null' TERM INT
{
  while read -r _; do :; done <&3
  kill "$program" 2>/dev/null
} >/dev/null 2>&1 &
watcher=$!
exec 3<&-
wait "$program"
code=$?
kill "$watcher" 2>/dev/null
# A signal to this shell ends the wait early: then the program is on its way to its end.
wait "$program" 2>/dev/null
exit "$code"

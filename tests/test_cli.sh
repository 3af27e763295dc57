#!/bin/sh
# test_cli.sh: the command as its users run it; tests/cli/*.test say what holds.
exec tests/cli/run.sh

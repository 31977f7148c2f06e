#!/usr/bin/env bash
# Started by MLCommons' tools; the inputs are in the environment, as meta.json maps them.
"$(dirname "${BASH_SOURCE[0]}")/../../../scripts/run-for-mlcommons" || exit

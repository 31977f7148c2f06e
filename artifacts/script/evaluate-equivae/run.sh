#!/usr/bin/env bash
# Started by MLCommons' tools, which cannot know that this script is a step of workflows.
"$(dirname "${BASH_SOURCE[0]}")/../../../scripts/step-for-mlcommons" "$(basename "$(dirname "${BASH_SOURCE[0]}")")" || exit

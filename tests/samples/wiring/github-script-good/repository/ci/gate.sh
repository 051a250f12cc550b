#!/usr/bin/env bash
set -euo pipefail
govern gate elm-desk --write sarif=gate.sarif
echo uploading

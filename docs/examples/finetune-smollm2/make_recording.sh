#!/usr/bin/env bash
# Remake the recording: prepare, train, evaluate, and copy the small files.
#
#   make_recording.sh WORKDIR OUTDIR
#
# WORKDIR needs a virtual environment in WORKDIR/venv (see README.md) and about 1 GB; it is where everything runs, with
# relative paths, so that the tools record names and not somebody's folders. OUTDIR gets the small files and must end
# below 3 MB. Where Linux lets us, the run sees a neutral host name, because TensorBoard writes it into a file name.
set -euo pipefail

if [[ $# -ne 2 ]]; then
    echo "usage: make_recording.sh WORKDIR OUTDIR" >&2
    exit 2
fi
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$1" "$2"
work=$(cd "$1" && pwd)
out=$(cd "$2" && pwd)
limit=3000000

if [[ -z "${ELM_NEUTRAL_HOST:-}" ]] && unshare --uts hostname elm-desk 2>/dev/null; then
    export ELM_NEUTRAL_HOST=1
    exec unshare --uts bash -c 'hostname elm-desk && exec bash "$@"' _ "$here/make_recording.sh" "$work" "$out"
fi

export HF_HUB_OFFLINE=1 HF_DATASETS_OFFLINE=1 OMP_NUM_THREADS=2 TOKENIZERS_PARALLELISM=false
export HF_HOME="$work/hf_home"
govern=$(command -v govern || true)
export PATH="$work/venv/bin:/usr/bin:/bin"

cd "$work"
rm -rf run base data tasks eval timings.txt
cp -r "$here/data" "$here/tasks" .

# Run one step and note how long it took.
step() {
    local name=$1 began=$SECONDS
    shift
    echo "== $name: $*"
    "$@"
    echo "$name $((SECONDS - began)) s" >>timings.txt
}

step prepare python "$here/prepare.py" --out base_fp32 --digests base_digests.json
step train python "$here/train.py" --base base_fp32 --data data --out run --base-config base
step evaluate python "$here/evaluate.py" --base base_fp32 --adapter run --tasks tasks --out eval

# tokenizer.json (3.5 MB, the base's own, unchanged) stays behind; everything else is kept as the tools left it.
for folder in base data eval run tasks; do
    rm -rf "${out:?}/$folder"
    cp -r "$folder" "$out/$folder"
done
rm -f "$out/run/tokenizer.json"
cp timings.txt "$out/timings.txt"
python -m pip --disable-pip-version-check list --format=freeze >"$out/packages.txt"
python "$here/digests.py" --base-digests base_digests.json --run run --out "$out/digests.json"

if [[ -n "$govern" ]]; then
    "$govern" environment --packages "$out/packages.txt" --out "$out/run/environment.json"
else
    echo "skipped: govern is not on PATH, so there is no run/environment.json"
fi

size=$(du -sb "$out" | cut -f1)
cat timings.txt
echo "$out holds $size bytes"
if ((size > limit)); then
    echo "refused: the recording is larger than $limit bytes" >&2
    exit 1
fi

#!/usr/bin/env bash
# Install `govern`, attach what runs left behind, ask the gate once, and end with its exit code.
#
# The inputs of action.yml arrive as GATE_… variables. Besides them it reads what a runner sets: GITHUB_WORKSPACE,
# GITHUB_STEP_SUMMARY, GITHUB_OUTPUT and RUNNER_TEMP; without them it runs on any machine, and only prints.
# Exit: 0 yes · 1 no · 2 wrong input · 3 could not tell · 4, 5, 6 as `govern`. Nothing but the gate's yes ends in 0, unless
# GATE_COULD_NOT_TELL=warn lets a 3 pass and says so. It keeps to what bash 3.2 knows, which is what macOS has.
set -euo pipefail

system=${GATE_SYSTEM:-} workspace=${GATE_WORKSPACE:-.} policy=${GATE_POLICY:-}
sarif=${GATE_SARIF:-} junit=${GATE_JUNIT:-} markdown=${GATE_MARKDOWN:-}
could_not_tell=${GATE_COULD_NOT_TELL:-fail} baseline=${GATE_BASELINE:-false} attest=${GATE_ATTEST:-}
distribution=${GATE_DISTRIBUTION:-} extras=${GATE_EXTRAS:-} python=${GATE_PYTHON:-python3}
temporary=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/govern-gate.XXXXXX")

escaped() { # text as the data of a workflow command, where a line must not end
  local text=$1
  text=${text//%/%25}
  text=${text//$'\r'/%0D}
  printf '%s' "${text//$'\n'/%0A}"
}

give() { # NAME VALUE: an output of the step
  [ -z "${GITHUB_OUTPUT:-}" ] || printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"
}

summary() { # a file, into the summary of the step
  [ -z "${GITHUB_STEP_SUMMARY:-}" ] || cat "$1" >>"$GITHUB_STEP_SUMMARY"
}

finish() { # OUTCOME CODE SENTENCE [END]: say how it ended, and end with END, else CODE
  give outcome "$1"
  give exit-code "$2"
  if [ "$1" != yes ]; then
    local level=error
    [ "${4:-$2}" != 0 ] || level=warning
    printf '::%s title=Governance gate::%s\n' "$level" "$(escaped "$3")"
  fi
  rm -rf "$temporary"
  exit "${4:-$2}"
}

without_answer() { # CODE SENTENCE: the gate gave no answer, which is no pass
  printf '## ✘ the gate gave no answer\n\n%s Exit code %s. The log of the step has the reason.\n' "$2" "$1" >"$temporary/none.md"
  summary "$temporary/none.md"
  finish error "$1" "$2"
}

wrong() {
  without_answer 2 "$1"
}

quietly() { # run a command whose lines a runner must not obey: `::` at the start of a line is a command to it
  local token
  token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '::stop-commands::%s\n' "$token"
  local code=0
  "$@" || code=$?
  printf '::%s::\n' "$token"
  return "$code"
}

read_lines() { # TEXT: its lines that are not blank, into the array `lines`
  lines=()
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    line=${line#"${line%%[![:space:]]*}"}
    line=${line%"${line##*[![:space:]]}"}
    [ -z "$line" ] || lines+=("$line")
  done <<<"$1"
}

cd "${GITHUB_WORKSPACE:-.}"
[ -n "$system" ] || wrong "The input system is empty: name the system that is judged."
for value in "$system" "$workspace" "$policy" "$sarif" "$junit" "$markdown" "$distribution" "$extras"; do
  case $value in *$'\n'* | *$'\r'*) wrong "An input holds a line break; only attach and sync have several lines." ;; esac
done
for value in "$system" "$policy"; do
  case $value in -*) wrong "An input begins with a dash, which would be read as an option." ;; esac
done
case $could_not_tell in fail | warn) ;; *) wrong "The input could-not-tell is neither fail nor warn." ;; esac
case $baseline in true | false) ;; *) wrong "The input baseline is neither true nor false." ;; esac
case $attest in '' | github) ;; *) wrong "The input attest is neither empty nor github." ;; esac

# --- what an earlier run left would be shown as the answer of this one
for file in "$sarif" "$junit" "$markdown"; do
  [ -z "$file" ] || rm -f -- "$file" || wrong "The output file $file can not be replaced."
done

# --- install
if [ "$distribution" = none ]; then
  govern=(govern)
else
  [ -n "$distribution" ] || distribution=$(cd "${GATE_ACTION:-$(dirname "$0")}/../../.." && pwd)
  [ -z "$extras" ] || distribution="${distribution}[$extras]"
  {
    "$python" -m venv "$temporary/venv" &&
      scripts=$temporary/venv/bin &&
      { [ -d "$scripts" ] || scripts=$temporary/venv/Scripts; } &&
      "$scripts/python" -m pip install --quiet --disable-pip-version-check "$distribution"
  } || without_answer 6 "The distribution could not be installed."
  govern=("$scripts/govern")
fi
"${govern[@]}" --version || without_answer 6 "There is no govern to ask."

# --- take in what runs left behind
attested=()
[ -z "$attest" ] || attested=(--github)
read_lines "${GATE_SYNC:-}"
if [ ${#lines[@]} -gt 0 ]; then
  quietly "${govern[@]}" sync --system "$system" --workspace "$workspace" -- "${lines[@]}" ||
    without_answer "$?" "What training recorded could not be taken in."
fi
read_lines "${GATE_ATTACH:-}"
if [ ${#lines[@]} -gt 0 ]; then
  quietly "${govern[@]}" attach --system "$system" --workspace "$workspace" ${attested[@]+"${attested[@]}"} -- "${lines[@]}" ||
    without_answer "$?" "What was to be attached could not be read whole."
fi

# --- ask once; every file is written from the same judgement
asked=(gate "$system" --workspace "$workspace" --write "markdown=$temporary/gate.md")
[ -z "$policy" ] || asked+=(--policy "$policy")
[ "$baseline" = false ] || asked+=(--baseline)
[ -z "$sarif" ] || asked+=(--write "sarif=$sarif")
[ -z "$junit" ] || asked+=(--write "junit=$junit")
[ -z "$markdown" ] || asked+=(--write "markdown=$markdown")
code=0
quietly "${govern[@]}" "${asked[@]}" || code=$?

# A gate that stopped before it answered wrote no summary, whatever its exit code says: 1 and 3 are codes of errors as well.
[ -s "$temporary/gate.md" ] || without_answer "$([ "$code" = 0 ] && echo 6 || echo "$code")" "The gate stopped before it answered."
if [ "$code" = 3 ] && [ "$could_not_tell" = warn ]; then
  printf '\n**Could not tell was let through: the input could-not-tell is warn.**\n' >>"$temporary/gate.md"
  [ -z "$markdown" ] || cp "$temporary/gate.md" "$markdown"
fi
summary "$temporary/gate.md"
give sarif "$sarif"
give junit "$junit"
give markdown "$markdown"
case $code in
  0) finish yes 0 "" ;;
  1) finish no 1 "The gate says no to $system." ;;
  3)
    if [ "$could_not_tell" = warn ]; then
      finish could-not-tell 3 "The gate could not tell about $system, and the input could-not-tell lets it pass." 0
    fi
    finish could-not-tell 3 "The gate could not tell about $system, which is no yes."
    ;;
  5) finish duties-not-apart 5 "One person holds two duties of $system that must be apart." ;;
  *) finish error "$code" "The gate ended with exit code $code." ;;
esac

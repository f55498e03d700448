#!/usr/bin/env bash
# What the GitHub Action does: lint, tests and layout, each even if one before it failed; one summary for all of them.
# In: RULES, TESTS, FMT, FAIL_ON, SARIF, VERSION, GITHUB_OUTPUT, GITHUB_STEP_SUMMARY; TSFALCO: another command.
set -u -o pipefail
summary=$(mktemp)
echo "summary=$summary" >> "${GITHUB_OUTPUT:-/dev/null}"
read -r -a command <<< "${TSFALCO:-npx --yes tsfalco@${VERSION:-latest}}"
set -f # patterns are tsfalco's to expand
rules=(${RULES:-rules})
tests=(${TESTS:-})
worst=0
# 1 is an answer (findings, failures), anything above that nothing was checked.
note() { [ "$1" -gt "$worst" ] && worst=$1; return 0; }

"${command[@]}" lint --format sarif --fail-on "${FAIL_ON:-warning}" "${rules[@]}" > "${SARIF:-tsfalco.sarif}"
note $?
"${command[@]}" lint --format markdown --fail-on never "${rules[@]}" >> "$summary" 2> /dev/null
"${command[@]}" lint --fail-on never "${rules[@]}"

if [ "${#tests[@]}" -gt 0 ]; then
  report=$(mktemp)
  "${command[@]}" test "${tests[@]}" | tee "$report"
  status=${PIPESTATUS[0]}
  note "$status"
  { echo; echo "**tsfalco test: $(tail -n 1 "$report")**"; } >> "$summary"
  [ "$status" -eq 0 ] || { echo; echo '```'; head -c 20000 "$report"; echo '```'; } >> "$summary"
fi

if [ "${FMT:-false}" = true ]; then
  found=$("${command[@]}" fmt --check "${rules[@]}")
  status=$?
  note "$status"
  [ "$status" -eq 0 ] || { echo; echo '**tsfalco fmt: run `tsfalco fmt` on**'; echo; echo "$found" | sed 's/^/- /'; } >> "$summary"
fi

cat "$summary" >> "${GITHUB_STEP_SUMMARY:-/dev/null}"
exit "$worst"

#!/usr/bin/env bash
# Checks the Helm chart: lint and template for every preset, each resource against Kubernetes' schemas, falco.yaml by the built
# command itself, alerts by promtool. In: nothing. Out: a line for each. What is not installed is skipped, and said.
# helm: go install helm.sh/helm/v3/cmd/helm@v3.22.0; kubernetes-validate: pip; promtool: Debian's prometheus.
set -eu -o pipefail
cd "$(dirname "$0")/.."
chart=charts/tsfalco
all='serviceMonitor.create=true,prometheusRule.create=true,grafana.dashboards.enabled=true,networkPolicy.enabled=true,falcosidekick.enabled=true'
there() { command -v "$1" > /dev/null || { echo "skipped: no $1"; return 1; }; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if there promtool; then promtool check rules "$chart/files/alerts.yaml"; fi
if there helm; then
  for preset in "$chart"/presets/*.yaml; do
    helm lint "$chart" -f "$preset" --set "$all" --strict --quiet
    for version in 1.28 1.34; do
      helm template tsfalco "$chart" --kube-version "$version" -f "$preset" --set "$all" > "$work/$version.yaml"
      if there kubernetes-validate; then kubernetes-validate -k "$version" --strict --no-warn --quiet "$work/$version.yaml"; fi
    done
    # The configuration that the pod would have, with the rules of this folder.
    node scripts/chart-config.mjs "$work/1.34.yaml" > "$work/falco.yaml"
    node bin/tsfalco.js -c "$work/falco.yaml" -r rules/k8s_audit_rules.yaml --dry-run --strict-config > /dev/null 2> "$work/log" ||
      { cat "$work/log"; exit 1; }
    echo "ok: $preset"
  done
fi

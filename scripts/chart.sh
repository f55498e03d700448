#!/usr/bin/env bash
# Checks the Helm chart: lint and template for every preset, each resource against the schemas of each Kubernetes, falco.yaml by the built
# command itself, alerts by promtool; what must be refused is; and the packed chart goes through an OCI registry on loopback.
# In: nothing. Out: a line for each. What is not installed is skipped, and said.
# helm: go install helm.sh/helm/v3/cmd/helm@v3.22.0; kubernetes-validate: pip, 1.37.0; promtool: Debian's prometheus;
# registry: go install github.com/distribution/distribution/v3/cmd/registry@v3.1.2.
set -eu -o pipefail
cd "$(dirname "$0")/.."
chart=charts/tsfalco
all='serviceMonitor.create=true,prometheusRule.create=true,grafana.dashboards.enabled=true,networkPolicy.enabled=true,falcosidekick.enabled=true'
versions=(1.28 1.29 1.30 1.31 1.32 1.33 1.34 1.35 1.36 1.37)
there() { command -v "$1" > /dev/null || { echo "skipped: no $1"; return 1; }; }
work=$(mktemp -d)
trap 'kill $(jobs -p) 2> /dev/null || true; rm -rf "$work"' EXIT

check_preset() {
  helm lint "$chart" -f "$1" --set "$all" --strict --quiet
  local version
  for version in "${versions[@]}"; do
    helm template tsfalco "$chart" --kube-version "$version" -f "$1" --set "$all" > "$work/$version.yaml"
  done
  if there kubernetes-validate; then
    for version in "${versions[@]}"; do kubernetes-validate -k "$version" --strict --no-warn --quiet "$work/$version.yaml"; done
  fi
  # The alerts as the chart hands them out.
  if there promtool > /dev/null; then
    node scripts/chart-config.mjs "$work/${versions[-1]}.yaml" rules > "$work/alerts.yaml"
    promtool check rules "$work/alerts.yaml" > /dev/null
  fi
  # The configuration that the pod would have, with the rules of this folder.
  node scripts/chart-config.mjs "$work/${versions[-1]}.yaml" > "$work/falco.yaml"
  node bin/tsfalco.js -c "$work/falco.yaml" -r rules/k8s_audit_rules.yaml --dry-run --strict-config > /dev/null 2> "$work/log" ||
    { cat "$work/log"; exit 1; }
  echo "ok: $1"
}

# A value, and what has to be said of it.
refuses() {
  if helm template tsfalco "$chart" --kube-version 1.34 -f "$chart/presets/k8saudit-eks-irsa.yaml" --set "$1" > /dev/null 2> "$work/log"; then
    echo "not refused: $1"; exit 1
  fi
  grep -q "$2" "$work/log" || { echo "refused for another reason: $1"; cat "$work/log"; exit 1; }
}

# Pushed, pulled again, and the same.
through_registry() {
  local port packed
  port=$(node -e "const s = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })")
  cat > "$work/registry.yaml" <<REGISTRY
version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: $work/registry}}
http: {addr: "127.0.0.1:$port"}
REGISTRY
  OTEL_TRACES_EXPORTER=none registry serve "$work/registry.yaml" > "$work/registry.log" 2>&1 &
  for _ in $(seq 100); do (: < "/dev/tcp/127.0.0.1/$port") 2> /dev/null && break; sleep 0.1; done
  helm package "$chart" -d "$work" > /dev/null
  packed=$(ls "$work"/tsfalco-*.tgz)
  helm push "$packed" "oci://127.0.0.1:$port/charts" --plain-http > /dev/null 2>&1
  mkdir "$work/pulled"
  helm pull "oci://127.0.0.1:$port/charts/tsfalco" --plain-http -d "$work/pulled" > /dev/null 2>&1
  cmp "$packed" "$work/pulled/$(basename "$packed")"
  helm template tsfalco --kube-version 1.34 "$work/pulled/$(basename "$packed")" -f "$chart/presets/k8saudit-webhook.yaml" > /dev/null
  echo "ok: pushed to a registry and pulled, $(stat -c %s "$packed") bytes"
}

if there promtool; then promtool check rules "$chart/files/alerts.yaml"; fi
if there helm; then
  for preset in "$chart"/presets/*.yaml; do check_preset "$preset"; done
  refuses replica=2 'replica'
  refuses image.digest=sha256:1 'image.digest\|image/digest'
  refuses falco.load_plugins=null 'nothing would be read'
  refuses 'falco.plugins[0].init_config.checkpoint=/tmp/place' 'need a checkpoint that they share'
  echo "ok: wrong values are refused"
  if there registry; then through_registry; fi
fi

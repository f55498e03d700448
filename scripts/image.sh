#!/usr/bin/env bash
# Builds the image without a daemon, from this machine's Node and Debian packages, and tries it: as user 65532, on a read-only
# root, without a network. In: nothing; needs root and buildah, mmdebstrap, bwrap (apt). Out: an OCI layout in FOLDER/image.
# usage: scripts/image.sh [FOLDER]
set -eu -o pipefail
cd "$(dirname "$0")/.."
for tool in buildah mmdebstrap bwrap; do
  command -v "$tool" > /dev/null || { echo "skipped: no $tool (apt-get install buildah mmdebstrap bubblewrap)"; exit 0; }
done
out=$(realpath -m "${1:-.image}")
mkdir -p "$out"
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
export CONTAINERS_STORAGE_CONF=/dev/null
storage=(--root "$out/storage" --runroot "$out/run")
node=$(realpath "$(command -v node)")
npm=$(dirname "$(dirname "$(realpath "$(command -v npm)")")")
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")

# Packages of Debian, unpacked, and Node: NAME VARIANT PACKAGES…
base() {
  local name=$1 variant=$2 packages=$3 root="$out/$1"
  [ -f "$out/$name.tar" ] || mmdebstrap --quiet --variant="$variant" --include="$packages" "$suite" "$out/$name.tar"
  rm -rf "$root" && mkdir -p "$root" && tar -C "$root" -xf "$out/$name.tar" --exclude='./dev/*'
  install -D -m 755 "$node" "$root/nodejs/bin/node"
}
commit() {
  local container
  container=$(buildah "${storage[@]}" from scratch)
  buildah "${storage[@]}" copy -q "$container" "$out/$1" / > /dev/null
  buildah "${storage[@]}" config --env PATH=/nodejs/bin:/usr/local/bin:/usr/bin:/bin "$container"
  buildah "${storage[@]}" commit -q "$container" "localhost/$1" > /dev/null
  buildah "${storage[@]}" rm "$container" > /dev/null
}

echo "== base: Debian's C and C++ libraries, time zones, and Node $("$node" --version)"
base base extract base-files,netbase,tzdata,libc6,libgcc-s1,libstdc++6
strip -o "$out/base/nodejs/bin/node" "$node" 2> /dev/null || true
rm -rf "$out/base/usr/share/"{doc,man,locale,lintian} "$out/base/var/lib/dpkg"
commit base
echo "== build stage: the same Node with npm"
base builder essential ca-certificates,libstdc++6
# The same Node to the letter, since compiled code is kept for it.
install -m 755 "$out/base/nodejs/bin/node" "$out/builder/nodejs/bin/node"
mkdir -p "$out/builder/nodejs/lib"
cp -r "$npm" "$out/builder/nodejs/lib/npm"
ln -s ../lib/npm/bin/npm-cli.js "$out/builder/nodejs/bin/npm"
mkdir -p "$out/builder/etc/ssl/certs"
cp -L /etc/ssl/certs/ca-certificates.crt "$out/builder/etc/ssl/certs/"
printf 'registry=%s\ncafile=/etc/ssl/certs/ca-certificates.crt\n' "$(npm config get registry)" > "$out/builder/root/.npmrc"
commit builder
echo "== image"
buildah "${storage[@]}" bud -q --format docker --build-arg BUILD=localhost/builder --build-arg BASE=localhost/base -t localhost/tsfalco .
rm -rf "$out/image"
buildah "${storage[@]}" push -q localhost/tsfalco "oci:$out/image:latest"
echo "compressed: $(du -cb "$out/image/blobs/sha256"/* | tail -1 | cut -f1) bytes"

echo "== run"
container=$(buildah "${storage[@]}" from localhost/tsfalco)
root=$(buildah "${storage[@]}" mount "$container")
trap 'buildah "${storage[@]}" rm "$container" > /dev/null' EXIT
inside=(bwrap --unshare-all --uid 65532 --gid 65532 --ro-bind "$root" / --proc /proc --dev /dev --tmpfs /tmp --clearenv --die-with-parent)
"${inside[@]}" /nodejs/bin/node /app/bin/tsfalco.js --version 2> /dev/null | head -1
mkdir -p "$out/in/events" && cp examples/events.jsonl "$out/in/events"
cat > "$out/in/falco.yaml" << 'CONFIG'
plugins: [{name: k8saudit, library_path: libk8saudit.so, open_params: /tmp/in/events}, {name: json, library_path: libjson.so}]
load_plugins: [k8saudit, json]
stdout_output: {enabled: true}
webserver: {enabled: false}
CONFIG
"${inside[@]}" --ro-bind "$out/in" /tmp/in /nodejs/bin/node /app/bin/tsfalco.js -c /tmp/in/falco.yaml \
  -r /app/rules/k8s_audit_rules.yaml > "$out/alerts.txt" 2> "$out/log.txt" || { cat "$out/log.txt"; exit 1; }
grep '^Events detected' "$out/alerts.txt"

# As it runs in a cluster: the web server, the image's own health check beside it in the same namespaces, and a file system that
# takes nothing.
cat > "$out/in/live.yaml" << 'CONFIG'
plugins: [{name: k8saudit, library_path: libk8saudit.so, open_params: "http://127.0.0.1:9765/k8s-audit"}, {name: json, library_path: libjson.so}]
load_plugins: [k8saudit, json]
rules_files: [/app/rules/k8s_audit_rules.yaml]
stdout_output: {enabled: true}
webserver: {enabled: true}
CONFIG
buildah "${storage[@]}" inspect --type image localhost/tsfalco > "$out/image.json"
cat > "$out/in/probe.cjs" << 'PROBE'
const { spawn, spawnSync } = require('node:child_process');
const { writeFileSync } = require('node:fs');
const { Docker } = require('/tmp/in/image.json');
const { Entrypoint, Healthcheck: { Test: [, ...check] }, User } = Docker.config;
const fail = (text) => { console.log(text); process.exit(1); };
if (User !== `${process.getuid()}:${process.getgid()}`) fail(`the image's user is ${User}`);
try { writeFileSync('/app/x', ''); fail('the root can be written'); } catch {}
const child = spawn(Entrypoint[0], [...Entrypoint.slice(1), '-c', '/tmp/in/live.yaml'], { stdio: 'ignore' });
const healthy = () => spawnSync(check[0], check.slice(1)).status === 0;
let tries = 0;
while (!healthy()) if (++tries > 50) fail('it does not get healthy');
child.once('exit', (code) => { console.log(`health check passes, ends with ${code}, ${healthy() ? 'WRONG' : 'and fails then'}`); process.exit(code); });
child.kill('SIGTERM');
PROBE
cp "$out/image.json" "$out/in/image.json"
"${inside[@]}" --ro-bind "$out/in" /tmp/in /nodejs/bin/node /tmp/in/probe.cjs

#!/usr/bin/env bash
# The packed tarball, built by this Node, installed in an empty folder and run by other ones: test/built under each version
# given, by default the oldest and the newest of every supported line. Fetches those Nodes from the registry.
set -eu -o pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- 20.19.0 20 22.12.0 22 24.0.0 24

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tarball=$(npm pack --ignore-scripts --silent --pack-destination "$folder")
mkdir "$folder/app"
echo '{"name":"app","private":true}' > "$folder/app/package.json"
# The AWS SDK is optional; what runs here reads CloudWatch Logs.
mapfile -t sdk < <(node -p 'Object.entries(require("./package.json").devDependencies).filter(([name]) => name.startsWith("@aws-sdk/")).map((each) => each.join("@")).join("\n")')
npm install --prefix "$folder/app" --silent "$folder/$tarball" "${sdk[@]}"

failed=0
for version in "$@"; do
  mkdir -p "$folder/$version"
  npm install --prefix "$folder/$version" --silent "node@$version"
  node=$folder/$version/node_modules/.bin/node
  echo "== built by $(node --version), run by $("$node" --version)"
  NODE_UNDER_TEST=$node TSFALCO_UNDER_TEST=$folder/app/node_modules/tsfalco npx vitest run test/built || failed=1
done
exit "$failed"

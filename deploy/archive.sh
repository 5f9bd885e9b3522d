#!/bin/sh
# Makes the archive that install.sh takes, from dist/ (`npm run bundle`), and prints its SHA-256. The same files give
# the same bytes.
#
#   sh deploy/archive.sh [OUTPUT]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dist=${TOWLINE_DIST:-$here/../dist}
output=${1:-$dist/towline-device.tar.gz}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/lib"
for file in "$dist"/agent.js "$dist"/towline.js "$dist"/*.mjs "$dist"/package.json "$dist"/LICENCES.txt "$dist"/*.node; do
  [ ! -e "$file" ] || cp "$file" "$work/lib/"
done
cp "$here/systemd/towline-agent.service" "$here/systemd/towline.sysusers.conf" "$work/"
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX -cf "$work.tar" -C "$work" .
gzip -9 -n <"$work.tar" >"$output.new"
rm -f "$work.tar"
mv "$output.new" "$output"
sha256sum "$output"

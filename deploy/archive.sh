#!/bin/sh
# Makes the archive that install.sh takes, from dist/ (`npm run bundle`), and prints its SHA-256. The same files give
# the same bytes. For a device, without the gateway; with --gateway all there is, also for a machine that is both.
#
#   sh deploy/archive.sh [--gateway] [OUTPUT]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dist=${TOWLINE_DIST:-$here/../dist}
kind=device
if [ "${1-}" = --gateway ]; then
  kind=gateway
  shift
fi
case ${1-} in -*) printf 'usage: sh deploy/archive.sh [--gateway] [OUTPUT]\n' >&2; exit 2 ;; esac
output=${1:-$dist/towline-$kind.tar.gz}
work=$(mktemp -d)
trap 'rm -rf "$work" "$work.tar"' EXIT
mkdir "$work/lib" "$work/doc"
cp "$here/systemd/towline.sysusers.conf" "$work/"
take() { # role
  cp "$dist/$1.js" "$work/lib/"
  cp "$here/systemd/towline-$1.service" "$work/"
}
take agent
cp "$here/authorized-keys" "$work/lib/"
cp "$here/systemd/towline-agent-files.conf" "$work/doc/"
cp "$here/../docs/guides/device.md" "$here/../docs/guides/retire.md" "$here/install.sh" "$work/doc/"
if [ "$kind" = gateway ]; then
  take gateway
  cp "$here/../docs/guides/gateway.md" "$work/doc/"
fi
for file in "$dist"/towline.js "$dist"/towline-*.js "$dist"/*.mjs "$dist"/*.node "$dist"/package.json "$dist"/LICENSE "$dist"/LICENCES.txt; do
  [ ! -e "$file" ] || cp "$file" "$work/lib/"
done
if [ -e "$dist/helper.tar" ]; then
  cp "$dist/helper.tar" "$work/lib/"
else
  printf 'archive.sh: without %s no device keeps or restores data: npm run bundle makes it\n' "$dist/helper.tar" >&2
fi
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX -cf "$work.tar" -C "$work" .
gzip -9 -n <"$work.tar" >"$output.new"
mv "$output.new" "$output"
sha256sum "$output"

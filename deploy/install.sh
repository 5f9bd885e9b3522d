#!/bin/sh
# Puts Towline's agent onto a device, or its gateway onto a server: the bundled programs, the unit, the user. It starts
# nothing: enrol, or `towline gateway init`, comes first.
#
#   sh install.sh --sha256 HEX [--gateway] ARCHIVE
#   sh install.sh --uninstall (--keep-state | --remove-state) [--gateway]
#
# ARCHIVE is the file that deploy/archive.sh made, or an https:// address of it. HEX is its SHA-256, from a place that
# whoever serves the archive cannot write to. Nothing of the archive is looked at before the two fit.
set -eu

usage() {
  cat <<'TEXT'
usage: install.sh --sha256 HEX [--gateway] [--node PATH] [--root DIR] ARCHIVE
       install.sh --uninstall (--keep-state | --remove-state) [--gateway] [--root DIR]

  --sha256 HEX  SHA-256 that the archive must have, 64 hexadecimal digits
  --gateway     install the gateway, from an archive of `archive.sh --gateway`
  --node PATH   Node 24 or later of the machine (default: the first `node` on the PATH)
  --root DIR    install into the image of a system that is not running
  --uninstall   take it off again: its service, its user, and the programs unless the other role needs them
  --keep-state    with --uninstall: its keys, its configuration and what it remembers stay
  --remove-state  with --uninstall: they are removed for good

ARCHIVE: a file, or an address that begins with https://. Run once more with a newer archive, it upgrades.
TEXT
}

fail() {
  printf 'install.sh: %s\n' "$1" >&2
  exit "${2:-1}"
}

archive='' expected='' node='' root='' role=agent uninstall='' keep=''
while [ $# -gt 0 ]; do
  case $1 in
    --sha256 | --node | --root)
      [ $# -ge 2 ] || fail "$1 needs a value" 2
      case $1 in
        --sha256) expected=$2 ;;
        --node) node=$2 ;;
        --root)
          # A variable that was not set would mean this very machine.
          [ -n "$2" ] || fail '--root needs a folder' 2
          root=${2%/}
          [ ! "$2" -ef / ] || root=''
          ;;
      esac
      shift 2
      ;;
    --gateway)
      role=gateway
      shift
      ;;
    --uninstall)
      uninstall=yes
      shift
      ;;
    --keep-state | --remove-state)
      [ -z "$keep" ] || [ "$keep" = "$1" ] || fail '--keep-state or --remove-state, not both' 2
      keep=$1
      shift
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    -*) fail "there is no option $1" 2 ;;
    *)
      [ -z "$archive" ] || fail 'one archive at a time' 2
      archive=$1
      shift
      ;;
  esac
done

case $role in
  agent) user=towline state=/var/lib/towline memory=/run/towline second=towline-keys ;;
  gateway) user=towline-gateway state=/var/lib/towline-gateway memory='' second='' ;;
esac

# Links of an image lead through the machine that prepares it: what is that machine's own is neither written nor removed.
within_root() {
  top=$(cd "$root" && pwd -P)
  for place in etc/systemd/system etc/sysusers.d etc/towline usr/bin usr/lib usr/share/doc var/lib; do
    [ -d "$root/$place" ] || continue
    there=$(cd "$root/$place" && pwd -P)
    case $there/ in
      "$top"/*) ;;
      *) fail "/$place leads out of $root, to $there: nothing was done" ;;
    esac
  done
}

# What is gone already is no error: run twice, it does the same.
uninstall() {
  units=$root/etc/systemd/system
  if [ "$keep" = --remove-state ]; then
    # Keys and data elsewhere would stay there, and nobody would know.
    [ ! -L "$root$state" ] || fail "$state is a link to $(readlink "$root$state"): remove both, then run this again"
    named=$(sed -n "/^stateDirectory:/{s/^stateDirectory:[[:space:]]*//;s/[[:space:]][[:space:]]*#.*//;s/[\"' ]//g;p;}" \
      "$root/etc/towline/$role.yaml" 2>/dev/null || true)
    named=${named%/}
    [ -z "$named" ] || [ "$named" = "$state" ] || [ ! -e "$root$named" ] ||
      fail "/etc/towline/$role.yaml has its state in $named: remove that, then run this again"
  fi
  if [ -n "$root" ]; then
    systemctl --root="$root" disable --quiet "towline-$role.service" 2>/dev/null || true
  elif [ -f "$units/towline-$role.service" ]; then
    systemctl disable --now --quiet "towline-$role.service" || fail "towline-$role.service does not stop"
  fi
  # What an installation that was cut off has begun, too.
  rm -f "$units/towline-$role.service" "$units/multi-user.target.wants/towline-$role.service" \
    "$root/etc/sysusers.d/$user.conf" "$units/towline-$role.service.new" "$root/etc/sysusers.d/$user.conf.new"
  [ -n "$root" ] || systemctl daemon-reload
  if [ "$role" = agent ]; then other=gateway; else other=agent; fi
  if [ -f "$units/towline-$other.service" ]; then
    echo "The programs stay: the $other of this machine needs them."
  else
    rm -rf "$root/usr/lib/towline" "$root/usr/lib/towline.new" "$root/usr/lib/towline.old" \
      "$root/usr/share/doc/towline" "$root/usr/bin/towline" "$root/usr/bin/towline.new"
  fi
  if [ "$keep" = --remove-state ]; then
    # A disk of its own stays where it is mounted, empty.
    rm -rf "$root$state" || [ -z "$(ls -A "$root$state" 2>/dev/null)" ] || fail "$state cannot be removed"
    rm -f "$root/etc/towline/$role.yaml"
    [ -z "$memory" ] || [ -n "$root" ] || rm -rf "$memory" "$memory-logins"
    rmdir "$root/etc/towline" 2>/dev/null || true
    # Such as keys for a forge: only who put them there knows what else needs them.
    left=$(ls -A "$root/etc/towline" 2>/dev/null | grep -vx -e agent.yaml -e gateway.yaml | tr '\n' ' ' || true)
    [ -z "$left" ] || echo "Left in /etc/towline, as it is not only Towline's: $left"
    # Files that stay belong to it: a new user must not come into its number.
    for name in $second $user; do
      if grep -q "^$name:" "$root/etc/passwd" 2>/dev/null; then
        if [ -n "$root" ]; then userdel --prefix "$root" "$name"; else userdel "$name"; fi
      fi
      if grep -q "^$name:" "$root/etc/group" 2>/dev/null; then
        if [ -n "$root" ]; then groupdel --prefix "$root" "$name"; else groupdel "$name"; fi
      fi
    done
    echo "Uninstalled, with its state."
  else
    echo "Uninstalled. Kept: $state, /etc/towline/$role.yaml and the user \"$user\", who owns them."
  fi
  [ "$role" = gateway ] ||
    echo 'Containers, networks, volumes and images were left alone: docker ps --all --filter label=io.towline.device'
}

if [ -n "$uninstall" ]; then
  [ -z "$archive$expected$node" ] || fail '--uninstall needs no archive' 2
  [ -n "$keep" ] || fail 'say --keep-state or --remove-state' 2
  [ -n "$root" ] || [ "$(id -u)" -eq 0 ] || fail 'run it as root, or with --root DIR'
  [ -z "$root" ] || [ -d "$root" ] || fail "there is no folder $root"
  [ -z "$root" ] || within_root
  uninstall
  exit 0
fi
[ -z "$keep" ] || fail "$keep goes with --uninstall" 2
[ -n "$archive" ] || { usage >&2; exit 2; }
expected=$(printf '%s' "$expected" | tr 'A-F' 'a-f')
case $expected in
  *[!0-9a-f]* | '') fail '--sha256 needs the 64 hexadecimal digits of the archive' 2 ;;
esac
[ ${#expected} -eq 64 ] || fail '--sha256 needs the 64 hexadecimal digits of the archive' 2
[ -n "$root" ] || [ "$(id -u)" -eq 0 ] || fail 'run it as root, or with --root DIR'
[ -z "$root" ] || [ -d "$root" ] || fail "there is no folder $root"
[ -z "$root" ] || within_root

if [ -z "$node" ]; then
  # A system image is looked into where its unit will look; the machine that prepares it is not asked.
  if [ -n "$root" ]; then node=/usr/bin/node; else node=$(command -v node || true); fi
fi
case $node in
  /*) ;;
  '') fail 'there is no Node on the PATH: install Node 24, or say --node PATH' ;;
  *) fail '--node needs a path from the root' 2 ;;
esac
case $node in *[!A-Za-z0-9/._+-]*) fail "--node $node has letters that a unit cannot hold" 2 ;; esac
[ -e "$root$node" ] || fail "there is no $root$node: install Node 24, or say --node PATH"
if [ -z "$root" ]; then
  version=$("$node" --version) || fail "$node does not run here"
  major=${version#v}
  [ "${major%%.*}" -ge 24 ] || fail "$node is $version: Node 24 or later is needed"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

case $archive in
  https://*)
    if command -v curl >/dev/null 2>&1; then
      curl --fail --silent --show-error --location --proto '=https' --max-filesize 104857600 \
        --output "$work/archive" "$archive" || fail "$archive cannot be fetched"
    else
      wget --quiet --https-only --output-document="$work/archive" "$archive" || fail "$archive cannot be fetched"
    fi
    ;;
  *://*) fail 'an address must begin with https://' 2 ;;
  *)
    [ -f "$archive" ] || fail "there is no file $archive"
    # A copy: what was checked is what is unpacked.
    cp -- "$archive" "$work/archive"
    ;;
esac
found=$(sha256sum <"$work/archive")
found=${found%% *}
[ "$found" = "$expected" ] || fail "the archive has the SHA-256 $found, not $expected: nothing was installed"

mkdir "$work/files"
tar -xzf "$work/archive" -C "$work/files" --no-same-owner --no-same-permissions
for part in lib/$role.js lib/towline.js lib/package.json towline-$role.service towline.sysusers.conf; do
  [ -f "$work/files/$part" ] || fail "the archive has no $part"
done
# The programs are replaced together: what is installed here must be in the archive, too.
for other in agent gateway; do
  [ ! -f "$root/etc/systemd/system/towline-$other.service" ] || [ -f "$work/files/lib/$other.js" ] ||
    fail "this machine has the $other, too, and the archive has not: make one with archive.sh --gateway"
done

case $role in
  agent) next='towline agent enroll --token-file FILE; systemctl start towline-agent' ;;
  gateway) next='towline gateway init (docs/guides/gateway.md); systemctl start towline-gateway' ;;
esac

# Beside the old ones first, then in their place: an agent that starts meanwhile finds the old or the new.
programs=$root/usr/lib/towline
rm -rf "$programs.new" "$programs.old"
mkdir -p "$root/usr/lib" "$root/usr/bin" "$root/etc/systemd/system" "$root/etc/sysusers.d" "$root/var/lib"
cp -R "$work/files/lib" "$programs.new"
chmod -R u=rwX,go=rX "$programs.new"
rm -rf "$root/usr/share/doc/towline"
mkdir -p "$root/usr/share/doc"
cp -R "$work/files/doc" "$root/usr/share/doc/towline"
chmod -R u=rwX,go=rX "$root/usr/share/doc/towline"
sync
[ ! -e "$programs" ] || mv "$programs" "$programs.old"
mv "$programs.new" "$programs"
rm -rf "$programs.old"

place() { # mode, from, to: whole or not at all
  cp "$2" "$3.new"
  chmod "$1" "$3.new"
  mv "$3.new" "$3"
}
printf '#!/bin/sh\nexec %s /usr/lib/towline/towline.js "$@"\n' "$node" >"$work/towline"
place 755 "$work/towline" "$root/usr/bin/towline"
sed "s#^ExecStart=/usr/bin/node #ExecStart=$node #" "$work/files/towline-$role.service" >"$work/unit"
place 644 "$work/unit" "$root/etc/systemd/system/towline-$role.service"
grep -e "^u $user " ${second:+-e "^[um] $second "} "$work/files/towline.sysusers.conf" >"$work/sysusers"
place 644 "$work/sysusers" "$root/etc/sysusers.d/$user.conf"

if [ -n "$root" ]; then
  systemd-sysusers --root="$root" "$user.conf"
  owner=$(sed -n "s/^$user:[^:]*:\([0-9]*:[0-9]*\):.*/\1/p" "$root/etc/passwd")
else
  systemd-sysusers "$user.conf"
  owner=$(id -u "$user"):$(id -g "$user")
  case $role in
    agent)
      getent group docker >/dev/null || printf 'install.sh: there is no group "docker": see docs/guides/device.md\n' >&2
      command -v flock >/dev/null || printf 'install.sh: the agent needs flock: install util-linux\n' >&2
      ;;
    gateway)
      for command in git flock; do
        command -v "$command" >/dev/null || printf 'install.sh: the gateway needs %s: install it\n' "$command" >&2
      done
      ;;
  esac
fi
[ -n "$owner" ] || fail "the user \"$user\" was not made"
mkdir -p "$root/etc/towline"
chmod 755 "$root/etc/towline"
if [ ! -d "$root$state" ]; then
  mkdir -m 700 "$root$state"
  [ "$role" = gateway ] || chmod 750 "$root$state"
  [ "$(id -u)" -ne 0 ] || chown "$owner" "$root$state"
fi

if [ -n "$root" ]; then
  systemctl --root="$root" enable --quiet "towline-$role.service"
else
  systemctl daemon-reload
  systemctl enable --quiet "towline-$role.service"
  # The programs of both are new.
  for unit in towline-agent towline-gateway; do
    [ ! -f "/etc/systemd/system/$unit.service" ] || systemctl try-restart "$unit.service"
  done
fi
if [ -f "$root/etc/towline/$role.yaml" ]; then
  echo 'Upgraded.'
else
  echo "Installed. Next: $next"
fi

#!/bin/sh
# Puts Towline's agent onto a device, or its gateway onto a server: programs by parts that are known by their SHA-256, the
# unit, the user. `towline device add ID --install-line` prints the line that fetches this script, checks it and runs it.
#
# For dash, bash, busybox. Nothing of a part is looked at before its hash fits. What ran before is replaced whole or not at all.
set -euf

# What this script installs: `npm run package` writes both (core/install/install-script.ts).
version=''
parts=''

usage() {
  cat <<'TEXT'
usage: install.sh [--from PLACE]… [--enroll] [--instance NAME] [--node PATH] [--proxy URL] [--root DIR]
       install.sh --image-root DIR [--from PLACE]… [--node PATH] [--proxy URL]
       install.sh --gateway [--from FOLDER] [--node PATH] [--root DIR]
       install.sh --uninstall (--keep-state | --remove-state) [--gateway | --instance NAME] [--root DIR]

  --from PLACE       where the parts are: https://GATEWAY:PORT, or a folder; repeatable (default: this script's folder)
  --enroll           then read a token from standard input, enrol with it, and start once a person has accepted
  --instance NAME    another agent on this machine: towline-agent@NAME, /etc/towline/NAME.yaml, /var/lib/towline-NAME
  --node PATH        a Node (20.19 or later) of the machine in place of the one that comes with it
  --proxy URL        HTTP proxy, for this script and for the agent (default: $https_proxy)
  --root DIR         install into the system below DIR, which is not running
  --image-root DIR   the same for an image of many: its devices make their keys at their first boot, with the token that
                     lies in the file towline-token of their boot partition
  --first-boot       enrol by the unit towline-first-boot: as --image-root does, on this machine (cloud-init)
  --tries N          so many tries in a row may bring nothing before it gives up (default 6, a minute in all)
  --gateway          install the gateway, from a folder with its parts
  --uninstall        take it off again: its service, its user, and the programs unless somebody else here needs them
  --keep-state         with --uninstall: its keys, its configuration and what it remembers stay
  --remove-state       with --uninstall: they are removed for good
  --version          what this script installs

Run once more with another version's script, it upgrades or goes back. Cut off, run it again: it goes on where it was.
Exit: 0 done, 1 refused, 2 usage, 3 cannot be fetched, 4 another SHA-256, 5 this machine lacks something, 6 the disk,
7 not enrolled, 130 cut off.
TEXT
}

fail() { # code words
  printf 'install.sh: %s\n' "$2" >&2
  exit "$1"
}
say() { printf 'install.sh: %s\n' "$1" >&2; }
has() { command -v "$1" >/dev/null 2>&1; }

# --- what is asked for ---

read_words() {
  sources='' folder='' node='' proxy='' root='' role=agent instance='' enroll='' first='' uninstall='' keep='' tries=6
  while [ $# -gt 0 ]; do
    case $1 in
      --from | --node | --proxy | --root | --image-root | --instance | --tries)
        [ $# -ge 2 ] || fail 2 "$1 needs a value"
        read_pair "$1" "$2"
        shift
        ;;
      --enroll) enroll=yes ;;
      --first-boot) first=yes ;;
      --gateway) role=gateway ;;
      --uninstall) uninstall=yes ;;
      --keep-state | --remove-state)
        [ -z "$keep" ] || [ "$keep" = "$1" ] || fail 2 '--keep-state or --remove-state, not both'
        keep=$1
        ;;
      --version)
        printf '%s\n' "${version:-none}"
        exit 0
        ;;
      -h | --help)
        usage
        exit 0
        ;;
      *) fail 2 "there is no option $1" ;;
    esac
    shift
  done
}

read_pair() { # option value
  case $1 in
    --from) read_place "$2" ;;
    --node)
      case $2 in
        /*) ;;
        *) fail 2 '--node needs a path from the root' ;;
      esac
      case $2 in *[!A-Za-z0-9/._+-]*) fail 2 "--node $2 has letters that are not taken" ;; esac
      node=$2
      ;;
    --tries)
      case $2 in '' | 0* | *[!0-9]* | ????*) fail 2 '--tries needs a number from 1 to 999' ;; esac
      tries=$2
      ;;
    --proxy)
      case $2 in
        http://?*) proxy=$2 ;;
        *) fail 2 '--proxy must be http://[user:password@]host:port' ;;
      esac
      ;;
    --root | --image-root)
      # A variable that was not set would mean this very machine.
      [ -n "$2" ] || fail 2 "$1 needs a folder"
      [ -d "$2" ] || fail 2 "there is no folder $2"
      root=$(cd -- "$2" && pwd -P)
      if [ "$1" = --image-root ]; then
        [ "$root" != / ] || fail 2 '--image-root needs the folder of an image, not this machine'
        first=image
      fi
      [ "$root" != / ] || root=''
      ;;
    --instance)
      # Names of ours, and what would make two names of one.
      case $2 in
        agent | gateway | first | logins) fail 2 "--instance $2: another name" ;;
        [a-z]*) ;;
        *) fail 2 '--instance must begin with a letter' ;;
      esac
      case $2 in *[!a-z0-9]* | ?????????????????*) fail 2 '--instance must be at most 16 lower-case letters and digits' ;; esac
      instance=$2
      ;;
  esac
}

read_place() {
  case $1 in
    https://?*)
      case $1 in *[!A-Za-z0-9.:/_%~\[\]-]*) fail 2 '--from has letters that no address has' ;; esac
      sources="$sources ${1%/}"
      ;;
    *://*) fail 2 '--from must begin with https://, or be a folder' ;;
    *)
      [ -d "$1" ] || fail 2 "--from: there is no folder $1"
      folder=$(cd -- "$1" && pwd -P)
      ;;
  esac
}

check_words() {
  [ -z "$instance" ] || [ "$role" = agent ] || fail 2 '--instance is for agents'
  [ -z "$enroll$first" ] || [ "$role" = agent ] || fail 2 'a gateway does not enrol: towline gateway init'
  [ -z "$enroll" ] || [ -z "$root" ] || fail 2 '--enroll is for this machine; --image-root enrols at the first boot'
  [ -z "$enroll" ] || [ -z "$first" ] || fail 2 '--enroll or --first-boot, not both'
  [ -z "$first" ] || [ -z "$instance" ] || fail 2 '--first-boot is for the first agent of a machine'
  if [ -n "$uninstall" ]; then
    [ -z "$sources$folder$node$enroll$first$proxy" ] || fail 2 '--uninstall takes nothing from anywhere'
    [ -n "$keep" ] || fail 2 'say --keep-state or --remove-state'
  else
    [ -z "$keep" ] || fail 2 "$keep goes with --uninstall"
  fi
  unit=towline-$role
  case $role in
    agent) user=towline state=/var/lib/towline memory=/run/towline config=agent ;;
    gateway) user=towline-gateway state=/var/lib/towline-gateway memory='' config=gateway ;;
  esac
  if [ -n "$instance" ]; then
    unit=towline-agent@$instance state=$state-$instance memory=$memory-$instance config=$instance
  fi
  units=$root/etc/systemd/system programs=$root/usr/lib/towline cache=$root/var/cache/towline-install
}

# --- this machine ---

# Links of an image lead through the machine that prepares it: what is that machine's own is neither written nor removed.
within_root() {
  [ -n "$root" ] || return 0
  for place in etc/systemd/system/multi-user.target.wants etc/sysusers.d etc/towline usr/bin etc/systemd/system/towline-agent.service.d \
    usr/lib/towline.d usr/share/doc "${state#/}" var/lib/towline-first-boot var/cache/towline-install; do
    # The deepest part of the way that is there.
    while [ ! -e "$root/$place" ] && [ ! -L "$root/$place" ]; do
      case $place in
        */*) place=${place%/*} ;;
        *) place=. ;;
      esac
    done
    there=$(cd -- "$root/$place" 2>/dev/null && pwd -P) || fail 1 "/$place of $root is no folder: nothing was done"
    case $there/ in
      "$root"/*) ;;
      *) fail 1 "/$place leads out of $root, to $there: nothing was done" ;;
    esac
  done
  for place in etc/passwd etc/group etc/shadow etc/gshadow; do
    [ ! -L "$root/$place" ] || fail 1 "/$place of $root is a link: nothing was done"
  done
}

# What /bin/sh of that system is made for: its kernel may be another one (a 64-bit kernel below 32-bit programs).
platform_of() {
  shell=/bin/sh
  links=0
  while [ -L "$root$shell" ] && [ $links -lt 8 ]; do
    link=$(readlink "$root$shell")
    case $link in
      /*) shell=$link ;;
      *) shell=${shell%/*}/$link ;;
    esac
    links=$((links + 1))
  done
  [ -e "$root$shell" ] || shell=/usr$shell
  [ -f "$root$shell" ] || shell=/none
  case $(od -An -t u1 -j 4 -N 1 "$root$shell" 2>/dev/null | tr -d ' ')/$(od -An -t u1 -j 18 -N 2 "$root$shell" 2>/dev/null | tr -s ' ' ' ') in
    '2/ 62 0') echo linux/amd64 ;;
    '2/ 183 0') echo linux/arm64 ;;
    '1/ 40 0') echo linux/arm/v7 ;;
    *) echo "none ($(uname -m))" ;;
  esac
}

check_machine() {
  [ -n "$root" ] || [ "$(id -u)" -eq 0 ] || fail 5 'run it as root (put sudo in front), or with --root DIR'
  for command in tar gzip sha256sum od; do
    has "$command" || fail 5 "this machine has no $command"
  done
  has systemd-sysusers || fail 5 'this machine has no systemd-sysusers: the units need systemd 245 or later'
  [ -n "$root" ] || [ -d /run/systemd/system ] || fail 5 'systemd does not run here: the agent is one of its services'
  for package in towline-agent towline-gateway towline; do
    [ ! -e "$root/var/lib/dpkg/info/$package.list" ] ||
      fail 1 "Debian's package $package is installed here: upgrade it by apt, or remove it first"
  done
  if [ "$first" = image ]; then
    for made in "$root$state/keys" "$root/etc/towline/$config.yaml"; do
      [ ! -e "$made" ] || fail 1 "$made is there: all devices of this image would be one"
    done
  fi
  [ -z "$sources$folder" ] || return 0
  case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
  [ -d "$here/parts" ] || fail 2 'say --from: this script has no parts beside it'
  folder=$(cd -- "$here" && pwd -P)
}

# Rows of the table that this role and machine need: name, hash, bytes.
choose_parts() {
  platform=$(platform_of)
  chosen=$(printf '%s\n' "$parts" | while read -r on name hash bytes; do
    [ "$on" = "$platform" ] || continue
    [ "$name" != gateway ] || [ "$role" = gateway ] || [ -f "$units/towline-gateway.service" ] || continue
    [ "$name" != node ] || [ -z "$node" ] || continue
    printf '%s %s %s\n' "$name" "$hash" "$bytes"
  done)
  case $chosen in
    *agent\ *) ;;
    *) fail 5 "there is no Towline ${version:-here} for $platform" ;;
  esac
  if [ "$role" = gateway ] || [ -f "$units/towline-gateway.service" ]; then
    case $chosen in
      *gateway\ *) [ -n "$folder" ] || fail 2 'the gateway of this machine is replaced, too: say --from FOLDER, with all parts' ;;
      *) fail 5 'this machine has the gateway, too, and this script has none' ;;
    esac
  fi
  case $chosen in
    *node\ *) return 0 ;;
  esac
  # The machine's own, which has to be new enough; that of an image is not asked.
  if [ -z "$node" ]; then
    if [ -n "$root" ]; then node=/usr/bin/node; else node=$(command -v node || true); fi
  fi
  [ -n "$node" ] && [ -e "$root$node" ] || fail 5 "there is no ${node:-Node} here: install Node 20.19 or later, or say --node PATH"
  [ -z "$root" ] || return 0
  found=$("$node" --version) || fail 5 "$node does not run here"
  major=${found#v} minor=${found#*.}
  major=${major%%.*} minor=${minor%%.*}
  [ "$major" -gt 20 ] || { [ "$major" -eq 20 ] && [ "$minor" -ge 19 ]; } ||
    fail 5 "$node is $found: Node 20.19 or later is needed"
}

# --- the token ---

# On a terminal nobody sees it, and it may be longer than a line of one. It is in no argument and no environment.
read_token() {
  if [ -t 0 ]; then
    terminal=$(stty -g)
    stty -echo -icanon min 1 time 0
    printf 'Token (from `towline device add`): ' >&2
    IFS= read -r token || true
    stty "$terminal"
    terminal=''
    echo >&2
  else
    token=$(head -c 20000)
  fi
  case $token in
    *towline1_*) ;;
    '') fail 2 'there is no token on standard input' ;;
    *) fail 2 'what standard input has is no token: one begins with towline1_' ;;
  esac
}

# --- parts ---

make_cache() {
  [ ! -L "$cache" ] || fail 1 "$cache is a link: remove it"
  mkdir -p "$root/var/cache"
  [ -d "$cache" ] || mkdir -m 700 "$cache" || fail 6 "$cache cannot be made"
  chmod 700 "$cache"
  has flock || return 0
  exec 9>"$cache/lock"
  flock -n 9 || fail 1 'another installation is under way here'
}

size_of() { if [ -f "$1" ]; then wc -c <"$1" | tr -d ' '; else echo 0; fi; }

# In the background and waited for: a signal is heard at once. Never longer than the part is.
bounded() { # bytes command…
  blocks=$(($1 / 512 + 2))
  shift
  (
    ulimit -f "$blocks"
    exec "$@"
  ) </dev/null &
  child=$!
  code=0
  wait "$child" || code=$?
  child=''
  return "$code"
}

# The gateway's certificate is not looked at: what counts is the hash. No redirect is followed.
fetch_once() { # address file bytes
  if has curl; then
    quiet=-sS
    [ ! -t 2 ] || quiet=-#
    bounded "$3" curl -q -g -k -f "$quiet" -L --max-redirs 0 --proto '=https' --connect-timeout 30 --speed-limit 64 \
      --speed-time 60 -C - -o "$2" "$1"
  elif wget --help 2>&1 | grep -q -e --max-redirect; then
    # It warns of each certificate that it was told not to look at.
    bounded "$3" wget -nv -o "$work/said" --no-check-certificate --max-redirect=0 -t 1 -T 60 -c -O "$2" "$1" || wget_code "$?"
  elif has wget; then
    bounded "$3" wget -q --no-check-certificate -c -O "$2" "$1"
  else
    fail 5 'this machine has neither curl nor wget'
  fi
}

# As curl says that it cannot write.
wget_code() {
  grep -v WARNING "$work/said" >&2 || true
  [ "$1" -ne 3 ] || return 23
  return "$1"
}

# Goes on as long as something comes.
fetch() { # hash file bytes
  idle=0 pause=1
  while [ "$idle" -lt "$tries" ]; do
    for source in $sources; do
      before=$(size_of "$2")
      code=0
      fetch_once "$source/agents/sha256/$1" "$2" "$3" || code=$?
      now=$(size_of "$2")
      [ "$code" -ne 0 ] || [ "$now" -ge "$3" ] || code=18
      [ "$code" -ne 0 ] || return 0
      # A full disk is no matter of the network.
      [ "$code" -ne 23 ] || fail 6 "$2 cannot be written: the disk is full. Nothing was changed"
      # Not what can be gone on with.
      if [ "$now" -gt "$3" ] || [ "$code" -eq 33 ] || [ "$code" -eq 36 ]; then
        rm -f "$2"
      elif [ "$now" -ge $((before + 512)) ]; then
        idle=-1 pause=1
      fi
    done
    idle=$((idle + 1))
    [ "$idle" -ge "$tries" ] || sleep "$pause"
    [ "$idle" -eq 0 ] || [ "$pause" -ge 60 ] || pause=$((pause * 2))
  done
  fail 3 "part $1 cannot be fetched from$sources: nothing was changed. Run it again: it goes on where this ended"
}

hash_of() {
  hashed=$(sha256sum <"$1")
  printf '%s\n' "${hashed%% *}"
}

# What was checked is what is unpacked: a file of root's own.
take() { # name hash bytes
  file=$cache/$2
  if [ "$(size_of "$file")" -ne "$3" ] || [ "$(hash_of "$file")" != "$2" ]; then
    if [ -n "$folder" ]; then
      from=$folder/parts/$2
      [ -f "$from" ] || from=$folder/$2
      [ -f "$from" ] || fail 3 "$folder has no part $2 ($1)"
      rm -f "$file"
      bounded "$3" cp -- "$from" "$file" || [ "$(size_of "$file")" -ge "$3" ] || fail 6 "part $1 cannot be copied: nothing was changed"
    else
      say "fetching $1 ($(($3 / 1000)) kB)"
      [ "$(size_of "$file")" -lt "$3" ] || rm -f "$file"
      fetch "$2" "$file" "$3"
    fi
  fi
  found=$(hash_of "$file")
  if [ "$found" != "$2" ]; then
    rm -f "$file"
    fail 4 "part $1 has the SHA-256 $found, not $2: nothing was installed"
  fi
}

# --- putting it in place ---

has_slot() {
  case $(readlink "$programs" 2>/dev/null || true) in
    "towline.d/$slot-again") slot=$slot-again ;;
    "towline.d/$slot") ;;
    *) return 1 ;;
  esac
}

unpack() {
  area=$root/usr/lib/towline.d
  mkdir -p "$area"
  # What runs is not touched, also where it is the same.
  [ "$(readlink "$programs" 2>/dev/null || true)" != "towline.d/$slot" ] || slot=$slot-again
  new=$area/$slot.new
  rm -rf "$new" "${area:?}/$slot"
  mkdir "$new"
  printf '%s\n' "$chosen" >"$work/chosen"
  while read -r name hash bytes; do
    tar -xzf "$cache/$hash" -C "$new" || fail 6 "part $name cannot be unpacked in $area: nothing was changed"
  done <"$work/chosen"
  for part in launch agent.js towline.js package.json systemd/towline-agent.service systemd/towline.sysusers.conf; do
    [ -f "$new/$part" ] || fail 1 "the parts have no $part: nothing was changed"
  done
  [ "$role" = agent ] || [ -f "$new/gateway.js" ] || fail 1 'the parts have no gateway.js: nothing was changed'
  chmod -R u=rwX,go=rX "$new"
  chmod 755 "$new/launch"
  [ ! -f "$new/authorized-keys" ] || chmod 755 "$new/authorized-keys"
  [ ! -f "$new/node" ] || chmod 755 "$new/node"
  [ -z "$node" ] || ln -s "$node" "$new/node"
  [ -n "$root" ] || "$new/node" --version >/dev/null 2>&1 ||
    fail 5 "the Node of $platform does not run here (it needs glibc 2.28): nothing was changed; --node PATH names another"
  [ "$(id -u)" -ne 0 ] || chown -R 0:0 "$new"
  printf '%s\n' "$version" >"$new/installed-version"
  mv "$new" "$area/$slot"
}

replace_link() { # target link
  rm -rf "$2.new"
  ln -s "$1" "$2.new"
  # A folder, of an installation before there were links.
  [ ! -d "$2" ] || [ -L "$2" ] || mv "$2" "$2.old"
  mv -T "$2.new" "$2" 2>/dev/null || { rm -f "$2"; mv "$2.new" "$2"; }
  rm -rf "$2.old"
}

# Where power is cut now, the old or the new is there. An image that is being made is made again.
durably() { [ -n "$root" ] || sync; }

# Written beside what is there; all of it takes its place at once, when the disk has had it all.
stage() { # from, to, mode
  rm -f "$2.new"
  cp "$1" "$2.new" && chmod "$3" "$2.new" || fail 6 "$2 cannot be written: nothing was changed"
  printf '%s\n' "$2" >>"$work/staged"
}

put_staged() {
  while read -r file; do mv "$file.new" "$file"; done <"$work/staged"
}

make_user() {
  mkdir -p "$root/etc/sysusers.d" "$root/var/lib"
  # `towline-keys` is whom sshd asks; the gateway has none.
  second=''
  [ "$role" = gateway ] || second=towline-keys
  grep -e "^u $user " ${second:+-e "^[um] $second "} "$root/usr/lib/towline.d/$slot/systemd/towline.sysusers.conf" >"$work/sysusers"
  rm -f "$root/etc/sysusers.d/$user.conf.new"
  cp "$work/sysusers" "$root/etc/sysusers.d/$user.conf.new"
  chmod 644 "$root/etc/sysusers.d/$user.conf.new"
  mv "$root/etc/sysusers.d/$user.conf.new" "$root/etc/sysusers.d/$user.conf"
  if [ -n "$root" ]; then
    systemd-sysusers --root="$root" "$user.conf"
    owner=$(sed -n "s/^$user:[^:]*:\([0-9]*:[0-9]*\):.*/\1/p" "$root/etc/passwd")
  else
    systemd-sysusers "$user.conf"
    owner=$(id -u "$user"):$(id -g "$user")
  fi
  [ -n "$owner" ] || fail 1 "the user \"$user\" was not made"
  mkdir -p "$root/etc/towline"
  chmod 755 "$root/etc/towline"
  if [ ! -d "$root$state" ]; then
    mkdir -m 700 "$root$state"
    [ "$role" = gateway ] || chmod 750 "$root$state"
    [ "$(id -u)" -ne 0 ] || chown "$owner" "$root$state"
  fi
}

stage_units() {
  from=$root/usr/lib/towline.d/$slot/systemd
  mkdir -p "$units"
  if [ -n "$instance" ]; then file=towline-agent@.service; else file=$unit.service; fi
  # The units of all that is installed here: their programs are new.
  for one in towline-agent.service towline-agent@.service towline-gateway.service; do
    [ "$one" = "$file" ] || [ -f "$units/$one" ] || continue
    [ -f "$from/$one" ] || fail 1 "the parts have no $one"
    sed "s#^ExecStart=/usr/bin/node #ExecStart=/usr/lib/towline/node #" "$from/$one" >"$work/unit"
    stage "$work/unit" "$units/$one" 644
  done
  if [ -n "$first" ]; then
    stage "$from/towline-first-boot.service" "$units/towline-first-boot.service" 644
    mkdir -p "$units/towline-agent.service.d" "$root/var/lib/towline-first-boot"
    chmod 700 "$root/var/lib/towline-first-boot"
    stage "$from/towline-agent-first-boot.conf" "$units/towline-agent.service.d/first-boot.conf" 644
    rm -f "$root/var/lib/towline-first-boot/proxy"
    [ -z "$proxy" ] || (umask 077 && printf '%s\n' "$proxy" >"$root/var/lib/towline-first-boot/proxy")
  fi
}

enable_units() {
  set -- "$unit.service"
  [ -z "$first" ] || set -- "$@" towline-first-boot.service
  if [ -n "$root" ]; then
    systemctl --root="$root" enable --quiet "$@"
  else
    systemctl daemon-reload
    systemctl enable --quiet "$@"
    restart_agents
    [ ! -f "$units/towline-gateway.service" ] || systemctl try-restart towline-gateway.service
    [ -z "$first" ] || systemctl --no-block start towline-first-boot.service
  fi
}

instances() {
  ls "$units/multi-user.target.wants" 2>/dev/null | sed -n 's/^towline-agent@\([a-z0-9]*\)\.service$/\1/p'
}

# An agent that has updated itself runs from a folder of its own: what is new here is only its last resort.
restart_agents() {
  [ -e /var/lib/towline/versions/current ] || [ ! -f "$units/towline-agent.service" ] ||
    systemctl try-restart towline-agent.service
  for one in $(instances); do
    [ -e "/var/lib/towline-$one/versions/current" ] || systemctl try-restart "towline-agent@$one.service"
  done
}

say_missing() {
  [ -z "$root" ] || return 0
  if [ "$role" = agent ]; then
    getent group docker >/dev/null || say 'there is no group "docker": see docs/guides/device.md'
    has flock || say 'the agent needs flock: install util-linux'
  else
    for command in git flock; do
      has "$command" || say "the gateway needs $command: install it"
    done
  fi
}

install_all() {
  choose_parts
  work=$(mktemp -d)
  make_cache
  key=$(printf '%s %s' "$chosen" "$node" | sha256sum)
  slot=$(printf '%.16s' "$key")
  # Another agent here has these programs already; alone, what is there is put in place anew.
  if [ -z "$instance" ] || ! has_slot; then
    printf '%s\n' "$chosen" >"$work/wanted"
    while read -r name hash bytes; do
      take "$name" "$hash" "$bytes"
    done <"$work/wanted"
    unpack
  fi
  make_user
  mkdir -p "$root/usr/bin" "$root/usr/share/doc"
  printf '#!/bin/sh\nexec /usr/lib/towline/launch towline "$@"\n' >"$work/towline"
  stage "$work/towline" "$root/usr/bin/towline" 755
  stage_units
  durably
  # From here on it takes a moment, and nobody interrupts it.
  trap '' INT TERM HUP
  replace_link "towline.d/$slot" "$programs"
  replace_link ../../lib/towline/doc "$root/usr/share/doc/towline"
  put_staged
  enable_units
  durably
  for old in $(ls "$root/usr/lib/towline.d"); do
    [ "$old" = "$slot" ] || rm -rf "$root/usr/lib/towline.d/$old"
  done
  rm -rf "$cache"
  trap 'exit 130' INT TERM HUP
  say_missing
}

# --- enrolment ---

enrol() {
  exec 9>&-
  was=''
  ! systemctl --quiet is-active "$unit.service" || was=yes
  [ -z "$was" ] || systemctl stop "$unit.service"
  set -- agent enroll - --config "/etc/towline/$config.yaml" --state-directory "$state"
  [ -z "$instance" ] || set -- "$@" --project-prefix "$instance-" --runtime-directory "$memory"
  # The password of a proxy is nobody's to see, either.
  [ -z "$proxy" ] || export TOWLINE_PROXY="$proxy"
  code=0
  printf '%s\n' "$token" | /usr/bin/towline "$@" &
  child=$!
  token=''
  wait "$child" || code=$?
  child=''
  if [ "$code" -ne 0 ]; then
    [ -z "$was" ] || systemctl start "$unit.service"
    [ "$code" -ne 130 ] || fail 130 'cut off while it waited: the same line with the same token goes on'
    fail 7 'installed, and not enrolled: what is above says why. The same line goes on'
  fi
  systemctl start "$unit.service"
  say "$unit runs"
}

say_next() {
  if [ -f "$root/etc/towline/$config.yaml" ]; then
    echo "Upgraded to $version."
  elif [ "$first" = image ]; then
    echo "Installed $version. Each device: its token as the file towline-token on its boot partition, before its first boot."
  elif [ -n "$first" ]; then
    echo "Installed $version. It enrols by itself: journalctl -u towline-first-boot shows the fingerprint."
  elif [ "$role" = gateway ]; then
    echo "Installed $version. Next: towline gateway init (docs/guides/gateway.md); systemctl start towline-gateway"
  else
    echo "Installed $version. Next: towline agent enroll --token-file FILE; systemctl start $unit"
  fi
}

# --- taking it off ---

# Keys and data elsewhere would stay there, and nobody would know.
check_state() {
  [ "$keep" = --remove-state ] || return 0
  [ ! -L "$root$state" ] || fail 1 "$state is a link to $(readlink "$root$state"): remove both, then run this again"
  named=$(sed -n "/^stateDirectory:/{s/^stateDirectory:[[:space:]]*//;s/[[:space:]][[:space:]]*#.*//;s/[\"' ]//g;p;}" \
    "$root/etc/towline/$config.yaml" 2>/dev/null || true)
  named=${named%/}
  [ -z "$named" ] || [ "$named" = "$state" ] || [ ! -e "$root$named" ] ||
    fail 1 "/etc/towline/$config.yaml has its state in $named: remove that, then run this again"
}

remove_units() {
  if [ -n "$root" ]; then
    systemctl --root="$root" disable --quiet "$unit.service" 2>/dev/null || true
  elif systemctl --quiet is-active "$unit.service" || [ -f "$units/$unit.service" ] || [ -n "$instance" ]; then
    systemctl disable --now --quiet "$unit.service" || [ ! -f "$units/$unit.service" ] || fail 1 "$unit.service does not stop"
  fi
  if [ "$unit" = towline-agent ]; then
    [ -n "$root" ] || [ ! -f "$units/towline-first-boot.service" ] || systemctl disable --now --quiet towline-first-boot.service
    rm -f "$units/towline-first-boot.service" "$units/multi-user.target.wants/towline-first-boot.service" \
      "$units/towline-first-boot.service.new" "$units/towline-agent.service.d/first-boot.conf"
    rmdir "$units/towline-agent.service.d" 2>/dev/null || true
    rm -rf "$root/var/lib/towline-first-boot"
  fi
  # What an installation that was cut off has begun, too.
  rm -f "$units/$unit.service" "$units/multi-user.target.wants/$unit.service" "$units/$unit.service.new"
  [ -n "$(instances)" ] || rm -f "$units/towline-agent@.service" "$units/towline-agent@.service.new"
  [ -n "$root" ] || systemctl daemon-reload
}

remove_programs() {
  for other in towline-agent towline-agent@ towline-gateway; do
    [ ! -f "$units/$other.service" ] || {
      echo "The programs stay: $other of this machine needs them."
      return 0
    }
  done
  rm -rf "$root/usr/lib/towline" "$root/usr/lib/towline.d" "$root/usr/lib/towline.new" "$root/usr/lib/towline.old" \
    "$root/usr/share/doc/towline" "$root/usr/share/doc/towline.new" "$root/usr/share/doc/towline.old" \
    "$root/usr/bin/towline" "$root/usr/bin/towline.new" "$cache"
}

# The last process of a service that was stopped may be about to end.
remove_when_idle() { # user
  for pause in 0 1 1 2 2 4; do
    sleep "$pause"
    ! userdel "$1" || return 0
  done
  ps -u "$1" -o pid=,ppid=,args= >&2 || true
  fail 1 "the user \"$1\" is in use: end that process, then userdel $1. All else is taken off"
}

# Files that stay belong to it: a new user must not come into its number.
remove_user() {
  [ "$role" = gateway ] || [ ! -f "$units/towline-agent.service" ] || return 0
  [ "$role" = gateway ] || [ -z "$(instances)" ] || return 0
  rm -f "$root/etc/sysusers.d/$user.conf" "$root/etc/sysusers.d/$user.conf.new"
  rmdir "$root/etc/sysusers.d" 2>/dev/null || true
  [ "$keep" = --remove-state ] || return 0
  # What another agent has kept here is its, too.
  if [ "$role" = agent ]; then
    kept=$(ls "$root/var/lib" 2>/dev/null | sed -n '/^towline$/p;/^towline-[a-z0-9]*$/p' | grep -v -x towline-gateway || true)
    if [ -n "$kept" ]; then
      echo "The user \"$user\" stays, for /var/lib/$(printf '%s' "$kept" | head -n 1)."
      return 0
    fi
  fi
  second=''
  [ "$role" = gateway ] || second=towline-keys
  for name in $second $user; do
    if grep -q "^$name:" "$root/etc/passwd" 2>/dev/null; then
      if [ -n "$root" ]; then userdel --prefix "$root" "$name"; else remove_when_idle "$name"; fi
    fi
    if grep -q "^$name:" "$root/etc/group" 2>/dev/null; then
      if [ -n "$root" ]; then groupdel --prefix "$root" "$name"; else groupdel "$name"; fi
    fi
  done
}

remove_state() {
  # A disk of its own stays where it is mounted, empty.
  rm -rf "$root$state" || [ -z "$(ls -A "$root$state" 2>/dev/null)" ] || fail 1 "$state cannot be removed"
  rm -f "$root/etc/towline/$config.yaml"
  [ -z "$memory" ] || [ -n "$root" ] || rm -rf "$memory" "$memory-logins"
  rmdir "$root/etc/towline" 2>/dev/null || true
  # Such as keys for a forge: only who put them there knows what else needs them.
  left=$(ls -A "$root/etc/towline" 2>/dev/null | grep -v '\.yaml$' | tr '\n' ' ' || true)
  [ -z "$left" ] || echo "Left in /etc/towline, as it is not only Towline's: $left"
}

# What is gone already is no error: run twice, it does the same.
uninstall_all() {
  [ -n "$root" ] || [ "$(id -u)" -eq 0 ] || fail 5 'run it as root, or with --root DIR'
  check_state
  remove_units
  [ "$keep" = --keep-state ] || remove_state
  remove_programs
  remove_user
  if [ "$keep" = --remove-state ]; then
    echo "Uninstalled, with its state."
  else
    echo "Uninstalled. Kept: $state, /etc/towline/$config.yaml and the user \"$user\", who owns them."
  fi
  [ "$role" = gateway ] ||
    echo 'Containers, networks, volumes and images were left alone: docker ps --all --filter label=io.towline.device'
}

clean_up() {
  [ -z "$terminal" ] || stty "$terminal" 2>/dev/null || true
  [ -z "$child" ] || kill "$child" 2>/dev/null || true
  [ -z "$work" ] || rm -rf "$work"
  [ -z "$new" ] || rm -rf "$new"
}

main() {
  # A variable that came from outside would go on to every program; so would their settings.
  unset token proxy CDPATH TAR_OPTIONS GZIP WGETRC || true
  LC_ALL=C PATH=${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  export LC_ALL PATH
  umask 022
  terminal='' child='' work='' new='' token=''
  read_words "$@"
  check_words
  within_root
  if [ -n "$uninstall" ]; then
    uninstall_all
    return 0
  fi
  trap clean_up EXIT
  trap 'exit 130' INT TERM HUP
  check_machine
  proxy=${proxy:-${https_proxy:-${HTTPS_PROXY:-}}}
  proxy=${proxy%/}
  case $proxy in '' | *://*) ;; *) proxy=http://$proxy ;; esac
  [ -z "$proxy" ] || export https_proxy="$proxy"
  [ -z "$enroll" ] || read_token
  install_all
  if [ -n "$enroll" ]; then enrol; else say_next; fi
}

# Read to its end before anything is done: a script that was cut off does nothing.
main "$@"

#!/bin/sh
# What CI asks of a change: is it valid, what would devices do, would they accept it?
#   sh .towline/ci.sh BASE HEAD [merge]
# With `merge`, HEAD is judged as the forge's merge button would bring it onto BASE.
set -u
usage='usage: sh .towline/ci.sh BASE HEAD [merge]'
base=${1?$usage}
head=${2?$usage}
case "$base" in
  *[!0]*) ;;
  *) base=$(git rev-list --first-parent --max-parents=0 "$head") ;;
esac
if [ "${3-}" = merge ]; then
  git checkout -q --detach "$base" || exit 2
  git -c user.name=ci -c user.email=ci@localhost merge -q --no-ff --no-verify --no-gpg-sign -m merge "$head" || exit 1
  head=$(git rev-parse HEAD)
fi
worst=0
run() {
  echo "\$ $*"
  "$@" || { code=$?; [ "$code" -le "$worst" ] || worst=$code; }
}
run towline validate --commit "$head"
run towline plan --all --base "$base" --commit "$head"
run towline trust check --repo . --anchor "$base" --head "$head"
exit "$worst"

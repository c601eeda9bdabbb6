#!/usr/bin/env bash
# Installs what tools/packages/*.txt list and this machine lacks. Says and asks nothing when nothing is missing.
# usage: tools/setup.sh [--tests]     --tests adds what tests and checks need
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Every need of the chosen lists, one a line, without comments.
needs() {
  local lists=("$root/tools/packages/build.txt")
  [[ ${1:-} != --tests ]] || lists+=("$root/tools/packages/test.txt")
  sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "${lists[@]}"
}

declare -A installed=()
read_installed() {
  local name state version
  while read -r name state version; do
    [[ $state != ii* ]] || installed[$name]=$version
  done < <(dpkg-query -W -f '${Package} ${db:Status-Abbrev} ${Version}\n')
}

# is_new_enough VERSION WANT: versions as dpkg compares them; an empty VERSION is none at all.
is_new_enough() { [[ -n $1 ]] && { [[ $1 == "$2" ]] || dpkg --compare-versions "$1" ge "$2"; }; }

# split NAME[>=VERSION] into $name and $least
split() { name=${1%%>=*} least=0; [[ $1 != *'>='* ]] || least=${1#*>=}; }

is_met() {
  local choice name least
  for choice in ${1//|/ }; do
    if [[ $choice == @* ]]; then
      ! command -v "${choice#@}" >/dev/null || return 0
    else
      split "$choice"
      if [[ -n ${installed[$name]:-} ]] && is_new_enough "${installed[$name]}" "$least"; then return 0; fi
    fi
  done
  return 1
}

# The first package among the choices that the distribution offers; fails when there is none.
pick() {
  local choice name least candidate
  for choice in ${1//|/ }; do
    [[ $choice != @* ]] || continue
    split "$choice"
    candidate=$(LC_ALL=C apt-cache policy "$name" | sed -n 's/^  Candidate: //p')
    [[ $candidate != '(none)' ]] || continue
    if is_new_enough "$candidate" "$least"; then echo "$name"; return 0; fi
  done
  return 1
}

as_root() { if ((EUID == 0)); then env "$@"; else sudo env "$@"; fi; }

# Turns apt's talk into one line a step; the whole of it is in the log.
show_progress() {
  local line total='?' count=0
  while IFS= read -r line; do
    printf '%s\n' "$line" >>"$1"
    case $line in
      *' newly installed'*) total=$(sed -E 's/.* ([0-9]+) newly.*/\1/' <<<"$line") ;;
      'Need to get '*) echo "  fetching $(sed -E 's/Need to get ([^ ]+ [^ ]+) .*/\1/' <<<"$line")" ;;
      'Setting up '*) echo "  [$((++count))/$total] $(cut -d' ' -f3 <<<"$line")" ;;
    esac
  done
}

install() {
  local log=$root/build/setup.log
  mkdir -p "$root/build"
  : >"$log"
  echo "setup: installing $*"
  if ! as_root DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get install -y --no-install-recommends "$@" 2>&1 </dev/null |
      show_progress "$log"; then
    tail -n 20 "$log" >&2
    echo "setup: apt-get failed; the whole log is $log" >&2
    exit 1
  fi
}

main() {
  local need packages=() missing=() unknown=()
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "setup: no apt here. Install the equivalents of tools/packages/*.txt by hand; going on." >&2
    return
  fi
  read_installed
  while IFS= read -r need; do is_met "$need" || missing+=("$need"); done < <(needs "$@")
  ((${#missing[@]})) || return 0

  if ((EUID != 0)) && ! command -v sudo >/dev/null; then
    echo "setup: neither root nor sudo; ask someone to install:" "${missing[@]}" >&2
    exit 1
  fi
  echo "setup: ${#missing[@]} packages are missing; reading the package index"
  as_root apt-get update -q >/dev/null || echo "setup: the package index could not be refreshed; trying with the old one" >&2
  for need in "${missing[@]}"; do
    if pick "$need" >/dev/null; then packages+=("$(pick "$need")"); else unknown+=("$need"); fi
  done
  if ((${#unknown[@]})); then
    printf 'setup: this distribution has no package for: %s\n' "${unknown[@]}" >&2
    echo "setup: Debian 12 and 13 and Ubuntu 24.04 are known to have them all" >&2
    exit 1
  fi
  install "${packages[@]}"
}

main "$@"

#!/bin/sh
# What CI runs, whichever it is; the same by hand: sh ci/greenlight.sh gate
set -eu
GREENLIGHT=${GREENLIGHT:-npx --no-install greenlight}
OUT=${OUT:-.greenlight/ci}
BRANCH=${BRANCH:-main}
STACK=${STACK:-production}
mkdir -p "$OUT"
# Reports are nobody's commit.
if [ -d .greenlight ] && [ ! -e .greenlight/.gitignore ]; then echo '*' > .greenlight/.gitignore; fi

# The worst of several exit codes: 20 (NO-GO) over 30 (inconclusive) over 10 (conditional); anything else is a failure of its own.
worst=0
note() {
  case "$1:$worst" in
    0:*) ;;
    *:0) worst=$1 ;;
    20:30 | 20:10 | 30:10) worst=$1 ;;
    20:* | 30:* | 10:*) ;;
    *) worst=$1 ;;
  esac
}

judge() { # what is checked out here; reports go to the folder given
  $GREENLIGHT check . --stack "$STACK" --report "$1"
}

gate() { # on a pull request: scan, rules, and what flipped against the branch; leaves $OUT/comment.md
  $GREENLIGHT scan . --report "$OUT/scan" || note $?
  judge "$OUT/check" || note $?
  : > "$OUT/diff.txt"
  if git rev-parse --verify --quiet "origin/$BRANCH" >/dev/null; then
    git worktree add --force --detach "$OUT/base" "origin/$BRANCH" >/dev/null 2>&1
    if [ -d node_modules ] && [ ! -e "$OUT/base/node_modules" ]; then ln -s "$(pwd)/node_modules" "$OUT/base/node_modules"; fi
    full=$(cd "$OUT" && pwd)
    # The branch may itself be red: what it says is only compared with.
    (cd "$OUT/base" && judge "$full/base-check" >/dev/null 2>&1) || true
    git worktree remove --force "$OUT/base"
    if [ -f "$OUT/base-check/report.json" ]; then
      $GREENLIGHT diff "$OUT/base-check/report.json" "$OUT/check/report.json" > "$OUT/diff.txt" || true
    fi
  fi
  {
    cat "$OUT/check/report.md"
    printf '\n## Since %s\n\n' "$BRANCH"
    if [ -s "$OUT/diff.txt" ]; then sed 's/^/    /' "$OUT/diff.txt"; else echo "Nothing to compare with."; fi
    printf '\n'
    sed -n '1,12p' "$OUT/scan/scan.md"
  } > "$OUT/comment.md"
  return "$worst"
}

audit() { # nightly: what the cluster holds, whoever put it there
  $GREENLIGHT audit --write --report "$OUT/audit"
}

passport() { # signs for what was judged; the key comes from the environment or a program (docs/passport.md)
  $GREENLIGHT sign --stack "$STACK" --key "${GREENLIGHT_SIGNER:-env:GREENLIGHT_KEY}" --out "$OUT/passport.json"
}

verify() { # in another job than the one that signed
  $GREENLIGHT verify "$OUT/passport.json"
}

up() { # refuses without a passport that holds
  verify
  GREENLIGHT_PASSPORT="$OUT/passport.json" $GREENLIGHT up --stack "$STACK"
}

drills() {
  $GREENLIGHT drill all
}

case "${1:-}" in
  gate | audit | passport | verify | up | drills) "$1" ;;
  *)
    echo "usage: sh ci/greenlight.sh gate|audit|passport|verify|up|drills" >&2
    exit 64
    ;;
esac

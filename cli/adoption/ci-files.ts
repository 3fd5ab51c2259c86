import type { Detected } from "./detect";

/** How a project is judged and deployed in CI. */
export interface CiProject {
  /** Judges it; leaves its reports in $OUT/check. */
  check: string;
  /** Only a stack of Greenlight's own is deployed by it: behind a passport. */
  stack?: string;
  branch: string;
}

/** Where each CI looks for its file. */
export const ciPaths: Record<Detected["ci"], string> = {
  github: ".github/workflows/greenlight.yml",
  gitlab: ".gitlab/greenlight.yml",
  shell: "ci/greenlight.sh",
};

/** The steps themselves, in plain shell: workflows only say when they run, and as whom. */
export function ciScript({ check, stack, branch }: CiProject): string {
  const deploys = stack
    ? `
passport() { # signs for what was judged; the key comes from the environment or a program (docs/passport.md)
  $GREENLIGHT sign --stack "$STACK" --key "\${GREENLIGHT_SIGNER:-env:GREENLIGHT_KEY}" --out "$OUT/passport.json"
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
`
    : "";
  return `#!/bin/sh
# What CI runs, whichever it is; the same by hand: sh ci/greenlight.sh gate
set -eu
GREENLIGHT=\${GREENLIGHT:-npx --no-install greenlight}
OUT=\${OUT:-.greenlight/ci}
BRANCH=\${BRANCH:-${branch}}
${stack ? `STACK=\${STACK:-${stack}}\n` : ""}mkdir -p "$OUT"
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
  ${check} --report "$1"
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
    printf '\\n## Since %s\\n\\n' "$BRANCH"
    if [ -s "$OUT/diff.txt" ]; then sed 's/^/    /' "$OUT/diff.txt"; else echo "Nothing to compare with."; fi
    printf '\\n'
    sed -n '1,12p' "$OUT/scan/scan.md"
  } > "$OUT/comment.md"
  return "$worst"
}

audit() { # nightly: what the cluster holds, whoever put it there
  $GREENLIGHT audit --write --report "$OUT/audit"
}
${deploys}
case "\${1:-}" in
  gate | audit${stack ? " | passport | verify | up | drills" : ""}) "$1" ;;
  *)
    echo "usage: sh ci/greenlight.sh gate|audit${stack ? "|passport|verify|up|drills" : ""}" >&2
    exit 64
    ;;
esac
`;
}

const setUp = `      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - uses: actions/setup-node@v4
        with:
          node-version: 22
          cache: npm
      - run: npm ci`;

/** GitHub Actions: rights are read-only but where a job says otherwise; AWS is reached by the job's own identity. */
export function githubWorkflow({ stack, branch }: CiProject): string {
  const aws = `      - uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: \${{ vars.GREENLIGHT_DEPLOY_ROLE }}
          aws-region: \${{ vars.AWS_REGION }}`;
  return `# Written by greenlight init. Pin the actions by commit before you trust them with production.
name: greenlight
on:
  pull_request:
  push:
    branches: [${branch}]
  schedule:
    - cron: "17 2 * * *"${stack ? '\n    - cron: "41 3 1 * *"' : ""}
permissions:
  contents: read
concurrency:
  group: greenlight-\${{ github.ref }}-\${{ github.event_name }}
jobs:
  gate:
    if: github.event_name == 'pull_request' || github.event_name == 'push'
    runs-on: ubuntu-latest
    permissions:
      contents: read
      pull-requests: write
    steps:
${setUp}
      - id: gate
        run: sh ci/greenlight.sh gate
      - if: always() && github.event_name == 'pull_request'
        env:
          GH_TOKEN: \${{ github.token }}
          NUMBER: \${{ github.event.number }}
        run: test ! -f .greenlight/ci/comment.md || gh pr comment "$NUMBER" --edit-last --create-if-none --body-file .greenlight/ci/comment.md
      - if: always()
        uses: actions/upload-artifact@v4
        with:
          name: greenlight
          path: .greenlight/ci
          include-hidden-files: true
  audit:
    if: github.event_name == 'schedule' && github.event.schedule == '17 2 * * *'
    runs-on: ubuntu-latest
    environment: audit
    permissions:
      contents: read
      id-token: write
    steps:
${setUp}
${aws}
      - run: sh ci/greenlight.sh audit
${
  stack
    ? `  passport:
    if: github.event_name == 'push'
    needs: gate
    runs-on: ubuntu-latest
    environment: ${stack}-signing
    permissions:
      contents: read
      id-token: write
    steps:
${setUp}
${aws}
      - env:
          GREENLIGHT_TRUST: \${{ vars.GREENLIGHT_TRUST }}
          GREENLIGHT_KEY: \${{ secrets.GREENLIGHT_KEY }}
        run: sh ci/greenlight.sh passport
      - uses: actions/upload-artifact@v4
        with:
          name: passport
          path: .greenlight/ci/passport.json
          include-hidden-files: true
  up:
    if: github.event_name == 'push'
    needs: passport
    runs-on: ubuntu-latest
    # Protected: its reviewers let the job begin.
    environment: ${stack}
    permissions:
      contents: read
      id-token: write
    steps:
${setUp}
${aws}
      - uses: actions/download-artifact@v4
        with:
          name: passport
          path: .greenlight/ci
      - env:
          GREENLIGHT_TRUST: \${{ vars.GREENLIGHT_TRUST }}
        run: sh ci/greenlight.sh up
  drills:
    if: github.event_name == 'schedule' && github.event.schedule == '41 3 1 * *'
    runs-on: ubuntu-latest
    steps:
${setUp}
      - run: sh ci/greenlight.sh drills
`
    : ""
}`;
}

/** GitLab CI: the same jobs; to be included by the project's own file. */
export function gitlabPipeline({ stack, branch }: CiProject): string {
  const job = (name: string, rules: string, more = ""): string => `${name}:
  stage: ${name}
  image: node:22
  rules:
${rules}
  before_script:
    - npm ci
  script:
    - sh ci/greenlight.sh ${name}
${more}`;
  const pushed = `    - if: $CI_COMMIT_BRANCH == "${branch}" && $CI_PIPELINE_SOURCE == "push"`;
  const scheduled = (what: string) =>
    `    - if: $CI_PIPELINE_SOURCE == "schedule" && $GREENLIGHT_SCHEDULE == "${what}"`;
  const artefacts = (file: string) => `  artifacts:
    when: always
    paths: [${file}]
`;
  const token = `  id_tokens:
    AWS_TOKEN:
      aud: sts.amazonaws.com
`;
  return `# Written by greenlight init; include it from .gitlab-ci.yml: include: [{ local: .gitlab/greenlight.yml }]
stages: [gate${stack ? ", passport, up" : ""}, audit${stack ? ", drills" : ""}]
variables:
  GIT_DEPTH: "0"
${job("gate", `    - if: $CI_PIPELINE_SOURCE == "merge_request_event"\n${pushed}`, artefacts(".greenlight/ci"))}
${stack ? `${job("passport", pushed, `  needs: [gate]\n${token}${artefacts(".greenlight/ci/passport.json")}`)}\n${job("up", pushed, `  needs: [passport]\n  environment: ${stack}\n  resource_group: ${stack}\n${token}`)}\n` : ""}${job("audit", scheduled("nightly"), token)}${stack ? `\n${job("drills", scheduled("monthly"))}` : ""}`;
}

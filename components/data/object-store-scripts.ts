/** Shell of the object store's jobs. */

/** How each of them begins: the store and the bucket for copies, by name. */
export const connect = `set -eu
export MC_CONFIG_DIR=/scratch/mc
mc alias set store "$STORE" "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD" >/dev/null
mc alias set target "\${AWS_ENDPOINT_URL:-https://s3.\${AWS_REGION:-us-east-1}.amazonaws.com}" "\${AWS_ACCESS_KEY_ID:-}" "\${AWS_SECRET_ACCESS_KEY:-}" >/dev/null
`;

/** With object lock: versions cannot be switched off, and what comes back from a copy that is locked is not refused. */
export const makeBuckets = (buckets: string[]) =>
  buckets
    .map(bucket => `mc mb --ignore-existing --with-lock store/${bucket} && mc version enable store/${bucket}\n`)
    .join("");

const copyOf = (prefix: string, bucket = "") => `target/$BUCKET/objects/${prefix}/${bucket}`;

/**
 * One way and without deleting: what somebody removed here by mistake stays there. When it began is written last, so that no copy says it
 * is newer than it is.
 */
export const mirror = (buckets: string[], prefix: string) =>
  `began=$(date -u '+%s %Y-%m-%dT%H:%M:%SZ')\n` +
  buckets.map(bucket => `mc mirror --overwrite --preserve store/${bucket} "${copyOf(prefix, bucket)}"\n`).join("") +
  `echo "$began \${NONCE:-none}" | mc pipe "${copyOf(prefix, "heartbeat")}"\n`;

/**
 * A sample of objects out of the copy, compared byte by byte with the originals. What was removed or written here since the copy was made is
 * no fault of the copy; what cannot be read out of it is, and a store that does not answer shows nothing.
 */
export const restore = (buckets: string[], prefix: string) =>
  `said=$(mc cat "${copyOf(prefix, "heartbeat")}")
set -- $said
began=$1 since=\${2:-} nonce=\${3:-none}
# The sum of an object; in a pipe nobody hears that the first of two programs failed.
sum() { rm -f /scratch/failed; { mc cat "$1" || : > /scratch/failed; } < /dev/null 2>> /scratch/said | sha256sum; [ ! -e /scratch/failed ]; }
changed() { mc stat --json "$1" < /dev/null | sed -n 's/.*"lastModified":"\\([^"]*\\)".*/\\1/p'; }
compare() {
  copy=$1 store=$2 checked=0 gone=0 newer=0
  mc find "$copy" > /scratch/all || : > /scratch/all
  sort -R /scratch/all | head -n 100 > /scratch/sample
  while IFS= read -r there; do
    object=\${there#"$copy"/}
    a=$(sum "$there") || { echo "$object cannot be read out of the copy"; tail -n 1 /scratch/said; return 1; }
    if ! b=$(sum "$store/$object"); then
      mc stat "$store" < /dev/null > /scratch/stat 2>&1 || { cat /scratch/stat; return 1; }
      gone=$((gone + 1))
    elif [ "$a" = "$b" ]; then checked=$((checked + 1))
    elif [ "$(printf '%s\\n%s\\n' "$since" "$(changed "$store/$object")" | sort | head -n 1)" = "$since" ]; then newer=$((newer + 1))
    else echo "$object differs"; return 1; fi
  done < /scratch/sample
  # Where nothing was ever stored, nothing has to be in the copy.
  if [ ! -s /scratch/all ] && mc find "$store" > /scratch/all && [ ! -s /scratch/all ]; then echo "$store is empty"; return 0; fi
  [ "$checked" -gt 0 ] || { echo "nothing of $store could be compared: $gone are gone here, $newer are newer here"; return 1; }
  echo "$store: $checked objects compared, $gone gone here since, $newer newer here"
}
` +
  buckets.map(bucket => `compare "${copyOf(prefix, bucket)}" "store/${bucket}"\n`).join("") +
  `echo "nonce $nonce"
echo "copy $(( ($(date -u +%s) - began) / 60 )) min old"
`;

/**
 * All of the copy back into the store's buckets: the runbook's "Restoring". The client brings the copy's retention along, which a bucket
 * without object lock refuses, and any bucket once it has lapsed: it gets a new one, which is taken off again, so that later copies do not
 * stumble over it either.
 */
export const mirrorBack = (buckets: string[], prefix: string) =>
  `mc cat "${copyOf(prefix, "heartbeat")}"\n` +
  buckets
    .map(bucket => {
      const copy = `"${copyOf(prefix, bucket)}/"`;
      // Of a bucket that was empty there is no copy.
      return `if mc find ${copy} > /scratch/all; then
  mc cp --quiet --recursive --preserve --retention-mode GOVERNANCE --retention-duration 1d ${copy} store/${bucket}/
  mc retention clear --recursive store/${bucket} > /scratch/said
fi
`;
    })
    .join("");

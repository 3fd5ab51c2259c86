/** Shell of the object store's jobs. */

/** How each of them begins: the store and the bucket for copies, by name. */
export const connect = `set -eu
export MC_CONFIG_DIR=/scratch/mc
mc alias set store "$STORE" "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD" >/dev/null
mc alias set target "\${AWS_ENDPOINT_URL:-https://s3.\${AWS_REGION:-us-east-1}.amazonaws.com}" "\${AWS_ACCESS_KEY_ID:-}" "\${AWS_SECRET_ACCESS_KEY:-}" >/dev/null
`;

export const makeBuckets = (buckets: string[]) =>
  buckets.map(bucket => `mc mb --ignore-existing store/${bucket} && mc version enable store/${bucket}\n`).join("");

/** One way and without deleting: what somebody removed here by mistake stays there. */
export const mirror = (buckets: string[], prefix: string) =>
  buckets
    .map(bucket => `mc mirror --overwrite --preserve store/${bucket} "target/$BUCKET/objects/${prefix}/${bucket}"\n`)
    .join("") + `echo "$(date -u +%s) \${NONCE:-none}" | mc pipe "target/$BUCKET/objects/${prefix}/heartbeat"\n`;

/** A sample of objects out of the copy, compared byte by byte with the original. */
export const restore = (buckets: string[], prefix: string) =>
  buckets
    .map(
      bucket => `checked=0
for object in $(mc ls --recursive --json "target/$BUCKET/objects/${prefix}/${bucket}" | sed -n 's/.*"key":"\\([^"]*\\)".*/\\1/p' | sort -R | head -n 100); do
  there=$(mc cat "target/$BUCKET/objects/${prefix}/${bucket}/$object" | sha256sum)
  here=$(mc cat "store/${bucket}/$object" | sha256sum) || { echo "$object is gone here; the copy has it"; continue; }
  [ "$there" = "$here" ] || { echo "$object differs"; exit 1; }
  checked=$((checked + 1))
done
[ "$checked" -gt 0 ] || { echo "nothing of ${bucket} could be compared"; exit 1; }
echo "${bucket}: $checked objects compared"
`,
    )
    .join("") +
  `set -- $(mc cat "target/$BUCKET/objects/${prefix}/heartbeat")
echo "nonce \${2:-none}"
echo "copy $(( ($(date -u +%s) - $1) / 60 )) min old"
`;

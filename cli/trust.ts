import { createPublicKey } from "node:crypto";
import * as fs from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { fail } from "../model/faults";
import { exitCodes } from "../model/outcome";
import { tiers } from "../model/tier";
import type { SignerKey } from "../policies/passport";
import { roles } from "../policies/passport";

const schema = z.strictObject({
  keys: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(100),
        publicKey: z.string().max(2_000),
        /** What its owner signs releases as. */
        role: z.enum(roles).optional(),
      }),
    )
    .max(1_000),
  /** Ids of passports, or commits, that nothing may be deployed by any more, not even to go back. */
  revoked: z
    .array(z.string().regex(/^[0-9a-f]{40,64}$/, "a commit, or the id of a passport"))
    .max(10_000)
    .optional(),
  /** Clusters and accounts that are not production (decision 17); whatever is not listed is. */
  targets: z
    .array(
      z
        .strictObject({
          name: z.string().min(1).max(100),
          tier: z.enum(tiers),
          clusterAuthority: z
            .string()
            .regex(/^[0-9a-f]{64}$/, "SHA-256 of the cluster's certificate authority in hex")
            .optional(),
          awsAccount: z
            .string()
            .regex(/^\d{12}$/, "twelve digits")
            .optional(),
        })
        .refine(
          one => (one.clusterAuthority === undefined) !== (one.awsAccount === undefined),
          "clusterAuthority or awsAccount",
        ),
    )
    .max(1_000)
    .optional(),
});

/**
 * The keys that may vouch for evidence and sign releases, from the file that `GREENLIGHT_TRUST` names: outside the checkout, so that who
 * changes the code cannot add one (decision 17). None where it is not set.
 */
export function trustedKeys(file: string | undefined = process.env.GREENLIGHT_TRUST): SignerKey[] {
  if (!file) return [];
  const wrong = (found: string) =>
    fail(
      `the trust root ${file}`,
      found,
      "YAML such as {keys: [{name, publicKey: PEM of an ed25519 key}]}",
      undefined,
      exitCodes.usage,
    );
  let raw: unknown;
  try {
    raw = parse(fs.readFileSync(file, "utf8"), { maxAliasCount: 0 });
  } catch (error) {
    throw wrong(`unreadable (${(error as Error).message.split("\n")[0]})`);
  }
  const { success, data, error } = schema.safeParse(raw);
  if (!success) throw wrong(`of another shape (${error.issues[0]!.message})`);
  for (const { name, publicKey } of data.keys) {
    let type: string | undefined;
    try {
      type = createPublicKey(publicKey).asymmetricKeyType;
    } catch {
      throw wrong(`with a key of ${name} that is none`);
    }
    if (type !== "ed25519") throw wrong(`with a key of ${name} of type ${type}`);
  }
  return data.keys;
}

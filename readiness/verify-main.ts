import * as fs from "node:fs";
import type { Envelope, SignerKey } from "../policies/passport";
import { coveredDigest, verifyPassport } from "../policies/passport";

/**
 * `node verify.js PASSPORT KEYS [CHECKOUT [EVIDENCE]]`: verifies a passport with nothing but node. KEYS is JSON:
 * `{"keys": [{"name", "publicKey", "role"}]}`. With a checkout, every covered file is hashed again. 0 it holds,
 * 40 something was changed, 30 it does not hold, 65 unreadable.
 */
function main(): number {
  const [file, keysFile, checkout, evidence] = process.argv.slice(2);
  if (!file || !keysFile) {
    console.error("usage: node verify.js PASSPORT KEYS [CHECKOUT [EVIDENCE]]");
    return 64;
  }
  let result: ReturnType<typeof verifyPassport>;
  try {
    const read = (name: string): unknown => JSON.parse(fs.readFileSync(name, "utf8"));
    const { keys } = read(keysFile) as { keys: SignerKey[] };
    result = verifyPassport(read(file) as Envelope, keys, Date.now(), name => coveredDigest(name, checkout, evidence));
  } catch (error) {
    console.error(`${file} cannot be read: ${(error as Error).message}`);
    return 65;
  }
  const { passport, tampered, lacking, signedBy } = result;
  const { verdict, project, stack, expires } = passport.predicate;
  const word = tampered.length > 0 ? "TAMPERED" : lacking.length > 0 ? "NOT VALID" : verdict;
  console.log(
    `${word}  ${project} ${stack}  ${passport.subject.length} files and planned resources covered, valid until ${expires}`,
  );
  for (const line of [...tampered, ...lacking]) console.log(`- ${line}`);
  for (const { name, role } of signedBy) console.log(`signed by ${name}, ${role}`);
  return tampered.length > 0 ? 40 : lacking.length > 0 ? 30 : verdict === "GO" ? 0 : 10;
}

process.exitCode = main();

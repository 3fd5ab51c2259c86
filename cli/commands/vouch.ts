import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../../local/state";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import { sha256 } from "../../model/canonical";
import { keyId, payloadType, preAuthentication } from "../../policies/passport";
import { predicateType } from "../../readiness/evidence/statement";
import { ownConfig } from "../../stacks/files";
import { specDigest } from "../../stacks/spec";
import { cleanCommit } from "../commit";
import { momentOf } from "../gathered";
import { printJson } from "../output";
import { signerOf } from "../signer";
import { readProject } from "../project";
import { stackOf } from "./check";

export interface VouchOptions {
  stack?: string;
  /** An ed25519 private key as PEM: the producer's, or the person's who states something. */
  key: string;
  /** When gathering ended; otherwise when the file was last written. */
  ended?: string;
  /** Digests of the images it is about. */
  images?: string[];
  json?: boolean;
}

/**
 * `greenlight vouch`: a signed in-toto statement beside each file of evidence: its hash, the stack it was gathered in, what that
 * stack is but for sizes, the commit, and when. Production counts no file without one.
 */
export function vouch(files: string[], options: VouchOptions): number {
  const project = readProject(root);
  const { stack, config } = stackOf(project, options.stack);
  const key = signerOf(options.key);
  const keyid = keyId(key.publicKey);
  const endedMs = options.ended === undefined ? undefined : momentOf(options.ended, "--ended");
  const commit = cleanCommit();
  const written = files.map(file => {
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (!stat?.isFile())
      throw fail(file, stat ? "no file" : "not there", "a file of evidence", undefined, exitCodes.usage);
    const body = Buffer.from(
      JSON.stringify({
        _type: "https://in-toto.io/Statement/v1",
        subject: [{ name: path.basename(file), digest: { sha256: sha256(fs.readFileSync(file)) } }],
        predicateType,
        predicate: {
          environment: stack,
          ended: new Date(endedMs ?? stat.mtimeMs).toISOString(),
          config: specDigest(ownConfig(config, project.name)),
          ...(commit === undefined ? {} : { commit }),
          ...(options.images ? { images: options.images } : {}),
        },
      }),
    );
    const signatures = [{ keyid, sig: key.sign(preAuthentication(body)).toString("base64") }];
    const beside = `${file}.intoto.json`;
    fs.writeFileSync(
      beside,
      `${JSON.stringify({ payloadType, payload: body.toString("base64"), signatures }, null, 1)}\n`,
    );
    return beside;
  });
  if (options.json) printJson({ schema: "greenlight.vouched/1", stack, key: keyid, statements: written });
  else {
    for (const file of written) console.log(`vouched for: ${file}`);
    if (commit === undefined) console.log("note: the checkout is changed, so no commit is named");
    console.log(`next: \`greenlight report --stack ${stack} --evidence FOLDER\``);
  }
  return exitCodes.GO;
}

import { refuse } from "../component";

/** Who a statement of a resource's own policy is about. */
export type Principal = { everybody: true } | { services: string[] } | { roles: string[] };

/** One statement of an IAM, bucket or key policy. */
export interface Statement {
  /** What it is for, in letters and digits. */
  sid: string;
  /** @default "Allow" */
  effect?: "Allow" | "Deny";
  /** Actions, such as `s3:GetObject`. */
  actions: string[];
  /** ARNs; literal ones, so that a rule can read them before anything exists. */
  resources: string[];
  /** For a resource's own policy; an identity's policy has none. */
  principal?: Principal;
  /** Operator to key to value, such as `{ Bool: { "aws:SecureTransport": "false" } }`. */
  condition?: Record<string, Record<string, string | string[]>>;
}

/**
 * The text of a policy. What AWS would refuse in the middle of a deployment is refused here, all of it at once; whether
 * it grants too much is for the rules to say, which read the text.
 * @param where what the policy is of, for the message
 */
export function policyDocument(where: string, statements: Statement[]): string {
  const faults: { propertyPath: string; reason: string }[] = [];
  const fault = (index: number, key: string, found: string, needed: string) =>
    faults.push({
      propertyPath: `statements[${index}].${key}`,
      reason: `statements[${index}].${key} is ${found}; need ${needed}`,
    });
  if (statements.length === 0)
    faults.push({ propertyPath: "statements", reason: "statements is empty; need at least one" });
  for (const [index, one] of statements.entries()) {
    if (!/^[A-Za-z0-9]+$/.test(one.sid)) fault(index, "sid", `"${one.sid}"`, "letters and digits only");
    if (statements.findIndex(other => other.sid === one.sid) < index)
      fault(index, "sid", `"${one.sid}" twice`, "a name of its own");
    if (one.actions.length === 0) fault(index, "actions", "empty", "at least one action");
    if (one.resources.length === 0) fault(index, "resources", "empty", "at least one ARN");
    for (const action of one.actions.filter(text => !/^(\*|[a-z0-9-]+:[A-Za-z*]+)$/.test(text)))
      fault(index, "actions", `"${action}"`, "an action such as s3:GetObject");
    for (const resource of one.resources.filter(text => text !== "*" && !text.startsWith("arn:aws:")))
      fault(index, "resources", `"${resource}"`, "an ARN");
  }
  refuse(`the policy of ${where}`, faults);
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map(({ sid, effect, principal, actions, resources, condition }) => ({
      Sid: sid,
      Effect: effect ?? "Allow",
      ...(principal ? { Principal: principalText(principal) } : {}),
      Action: actions,
      Resource: resources,
      ...(condition ? { Condition: condition } : {}),
    })),
  });
}

function principalText(principal: Principal): "*" | { Service: string[] } | { AWS: string[] } {
  if ("everybody" in principal) return "*";
  return "services" in principal ? { Service: principal.services } : { AWS: principal.roles };
}

/** Who may take on a role. */
export const trustDocument = (where: string, services: string[], actions = ["sts:AssumeRole"]): string => {
  const text = policyDocument(where, [{ sid: "Trust", principal: { services }, actions, resources: ["*"] }]);
  // A trust policy names no resource: it is the role's own.
  const parsed = JSON.parse(text) as { Version: string; Statement: Record<string, unknown>[] };
  return JSON.stringify({ ...parsed, Statement: parsed.Statement.map(({ Resource: _own, ...rest }) => rest) });
};

/** Refuses everything that is not encrypted on the way; for a bucket's own policy. */
export const tlsOnly = (bucketArn: string): Statement => ({
  sid: "OnlyEncrypted",
  effect: "Deny",
  principal: { everybody: true },
  actions: ["s3:*"],
  resources: [bucketArn, `${bucketArn}/*`],
  condition: { Bool: { "aws:SecureTransport": "false" } },
});

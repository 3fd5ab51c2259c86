import { at, notKnown, system } from "../../engine/example";
import type { ContainerInPod } from "../../engine/kubernetes";
import { containers } from "../../engine/kubernetes";
import { defineRule } from "../../engine/rule";

/** Names that promise a secret, unless they end in what only points at one. */
const secretName =
  /(passw(or)?d|passphrase|secret|token|api_?key|private_?key|access_?key|credential|connection_?string|(^|_)dsn$)/i;
const pointer =
  /_?(file|path|dir|name|ref|id|url|uri|ttl|seconds|minutes|expiry|enabled|header|issuer|audience|type)$/i;

/** Shapes that only secrets have. Sources: the formats' own documentation. */
const secretShapes: [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, "a private key"],
  [/\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/, "a JSON web token"],
  [/\bA(KIA|SIA)[A-Z0-9]{16}\b/, "an AWS access key"],
  [/\bgh[pousr]_[A-Za-z0-9]{36,}\b/, "a GitHub token"],
  [/\bxox[abprs]-[\w-]{10,}/, "a Slack token"],
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]+:[^\s@/]+@/i, "a URL with a password"],
  [/\bBearer\s+[\w.~+/-]{20,}/, "a bearer token"],
];

export const noSecretInEnv = defineRule<ContainerInPod>({
  id: "GL-SEC-01",
  slug: "no-secret-in-env",
  title: "No secret stands in a container's environment.",
  why: "Plain values are in the state, in the API server, in every describe and crash report.",
  fix: "Keep the value in the secret store and mount it as a file by way of an ExternalSecret.",
  severity: "critical",
  requirements: ["S-052", "S-055", "S-151", "S-165"],
  items: ["D.1.2", "F.1"],
  mappings: ["CIS:5.4.1", "NIST:IA-5", "ISO:8.24"],
  scope: "resource",
  inspects: "container",
  subjects: containers,
  check: ({ container }) =>
    (container.env ?? []).flatMap((variable, index) => {
      const { name = "", value } = variable;
      if (value === undefined || value === "") return [];
      const shape = secretShapes.find(([pattern]) => pattern.test(String(value)))?.[1];
      const named = secretName.test(name) && !pointer.test(name);
      if (!shape && !named) return [];
      return [
        {
          path: `env[${index}].value`,
          found: shape ?? "a plain value under a name that promises a secret",
          needed: "no secret in plain",
        },
      ];
    }),
  examples: () => [
    { name: "plain settings", given: system(), want: "met" },
    {
      name: "a pointer to a file",
      given: system(["Deployment", `${at.container}.env`, [{ name: "DB_PASSWORD_FILE", value: "/run/secrets/db" }]]),
      want: "met",
    },
    {
      name: "by reference",
      given: system([
        "Deployment",
        `${at.container}.env`,
        [{ name: "DB_PASSWORD", valueFrom: { secretKeyRef: { name: "db", key: "password" } } }],
      ]),
      want: "met",
    },
    {
      name: "a password in plain",
      given: system(["Deployment", `${at.container}.env`, [{ name: "DB_PASSWORD", value: "hunter2" }]]),
      want: "not met",
      says: "env[0].value is a plain value under a name that promises a secret",
    },
    {
      name: "a password in a URL",
      given: system([
        "Deployment",
        `${at.container}.env`,
        [{ name: "DATABASE", value: "postgres://app:hunter2@db/app" }],
      ]),
      want: "not met",
      says: "a URL with a password",
    },
    {
      name: "not known yet",
      given: system(["Deployment", `${at.container}.env`, [{ name: "DATABASE", value: notKnown.string }]]),
      want: "unverifiable",
      says: "env[0].value is not known",
    },
  ],
});

/** One request of the collection, with what has to hold of its answer. */
interface Case {
  name: string;
  method: "GET" | "POST";
  path: string;
  body?: object;
  /** Whether the token of an earlier answer is sent; or a token that is none. */
  token?: "good" | "bad";
  /** Lines of the collection's own language; each is one assertion. */
  holds: string[];
}

const base = "/api/v1";
const status = (wanted: number) => `pm.response.to.have.status(${wanted})`;
const quick = (ms: number) => `pm.expect(pm.response.responseTime).to.be.below(${ms})`;

/** The requests a client may make before it is told to wait (S-074): the profile \`strict\` of the gateway. */
export const allowed = 10;
const calls = 15;

/** Health, tokens, limits and messages (S-065 to S-068, S-072 to S-075). */
const cases: readonly Case[] = [
  // Its time is newman's, which loads what it needs for a first call: some 45 ms, and 5 for the next.
  { name: "Health Check: the first call", method: "GET", path: `${base}/health`, holds: [status(200)] },
  {
    ...{ name: "Health Check", method: "GET", path: `${base}/health` },
    holds: [status(200), quick(100), `pm.expect(pm.response.json().status).to.eql("healthy")`],
  },
  {
    ...{ name: "JWT Authentication: a token is given", method: "POST", path: `${base}/auth/login` },
    body: { name: "drill" },
    holds: [
      status(200),
      `pm.environment.set("token", pm.response.json().access_token)`,
      `pm.expect(pm.response.json().token_type).to.eql("Bearer")`,
    ],
  },
  {
    ...{ name: "JWT Authentication: nobody gets in without one", method: "GET", path: `${base}/messages` },
    holds: [status(401)],
  },
  {
    ...{ name: "JWT Authentication: nobody gets in with a forged one", method: "GET", path: `${base}/messages` },
    token: "bad",
    holds: [status(401)],
  },
  {
    ...{
      name: "Message Creation",
      method: "POST",
      path: `${base}/messages`,
      body: { text: "a message" },
      token: "good",
    },
    holds: [
      status(201),
      quick(500),
      `pm.expect(pm.response.json().text).to.eql("a message")`,
      `pm.expect(pm.response.json().id).to.match(/^[0-9a-f-]{36}$/)`,
      `pm.expect(pm.response.headers.get("location")).to.contain(pm.response.json().id)`,
    ],
  },
  {
    ...{
      name: "Message Creation: an empty one is refused",
      method: "POST",
      path: `${base}/messages`,
      body: {},
      token: "good",
    },
    holds: [status(400)],
  },
  ...Array.from({ length: calls }, (_, index): Case => ({
    ...{ name: `Rate Limiting: call ${index + 1}`, method: "GET", path: `${base}/messages`, token: "good" },
    holds:
      index < allowed
        ? [status(200)]
        : [status(429), `pm.expect(Number(pm.response.headers.get("retry-after"))).to.be.above(0)`],
  })),
];

/** The collection in Postman's format, v2.1. @param withTests false leaves what has to hold out */
export function apiCollection(url: string, withTests = true): object {
  return {
    info: { name: "API of the stack", schema: "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" },
    item: cases.map(({ name, method, path, body, token, holds }) => ({
      name,
      request: {
        method,
        url: `${url}${path}`,
        header: [
          ...(body ? [{ key: "content-type", value: "application/json" }] : []),
          ...(token ? [{ key: "authorization", value: `Bearer ${token === "good" ? "{{token}}" : "a.b.c"}` }] : []),
        ],
        ...(body ? { body: { mode: "raw", raw: JSON.stringify(body) } } : {}),
      },
      event: withTests
        ? [
            {
              listen: "test",
              script: {
                type: "text/javascript",
                exec: holds.map(
                  (line, index) => `pm.test(${JSON.stringify(`${name}, ${index + 1}`)}, () => { ${line}; });`,
                ),
              },
            },
          ]
        : [],
    })),
  };
}

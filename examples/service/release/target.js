// Where this service is released to on one machine: its versions as processes, and a front that splits requests by weight.
// A cluster has a gateway and a scheduler instead. `up VERSION` starts it, `load` sends requests, `down` ends it all.
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");

const home = path.resolve(process.env.TARGET ?? ".greenlight/target");
const stateFile = path.join(home, "state.json");
const read = () => JSON.parse(fs.readFileSync(stateFile, "utf8"));
const write = state => {
  fs.writeFileSync(`${stateFile}.part`, JSON.stringify(state));
  fs.renameSync(`${stateFile}.part`, stateFile);
};
const note = word => fs.appendFileSync(path.join(home, "course.log"), `${word}\n`);
const need = name => {
  if (!process.env[name]) throw new Error(`${name} is not set`);
  return process.env[name];
};
const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
const build = version => path.join(home, "versions", version, "service.cjs");
const login = "/api/v1/auth/login";

/** Asks a server; the status and how long it took, 0 where nobody answered. */
const ask = (port, { method = "GET", url = "/api/v1/health", body } = {}) =>
  new Promise(resolve => {
    const from = performance.now();
    const done = (status, text = "") => resolve({ status, text, ms: performance.now() - from });
    const request = http.request({ host: "127.0.0.1", port, path: url, method, timeout: 5_000 }, response => {
      let text = "";
      response.setEncoding("utf8").on("data", part => (text += part));
      response.on("end", () => done(response.statusCode, text));
      response.on("error", () => done(0));
    });
    request.on("error", () => done(0)).on("timeout", () => request.destroy());
    request.end(body);
  });

/** Starts a version's process and waits until it is well. */
async function begin(version) {
  const log = fs.openSync(path.join(home, `${version}.log`), "a");
  const child = spawn(process.execPath, [__filename, "serve", version], {
    detached: true,
    stdio: ["ignore", log, log],
  });
  child.unref();
  for (let tried = 0; tried < 200; tried++) {
    await pause(50);
    const one = read().versions[version];
    if (one && (await ask(one.port)).status === 200) return;
  }
  throw new Error(`${version} did not become well`);
}

const commands = {
  /** Starts the front and a version that gets everything. */
  async up(version) {
    fs.mkdirSync(path.join(home, "versions", version), { recursive: true });
    fs.copyFileSync("dist/service.cjs", build(version));
    write({ versions: {}, weights: { [version]: 100 } });
    const log = fs.openSync(path.join(home, "front.log"), "a");
    spawn(process.execPath, [__filename, "front"], { detached: true, stdio: ["ignore", log, log] }).unref();
    while (!read().front) await pause(20);
    await begin(version);
  },
  async serve(version) {
    const secret = path.join(home, "..", "secret");
    const port = await new Promise(resolve => {
      const server = http.createServer().listen(0, "127.0.0.1", () => {
        const { port } = server.address();
        server.close(() => resolve(port));
      });
    });
    const state = read();
    write({ ...state, versions: { ...state.versions, [version]: { port, pid: process.pid } } });
    Object.assign(process.env, { HOST: "127.0.0.1", PORT: String(port), APP_VERSION: version });
    Object.assign(process.env, { JWT_SECRET_FILE: secret, REQUESTS_PER_MINUTE: "1000000" });
    require(build(version));
  },
  /** Splits requests by weight, spread evenly and not by chance, and counts what each version answered since the last shift. */
  async front() {
    let turn = 0;
    let counted = {};
    const server = http.createServer((request, response) => {
      const { weights, versions } = read();
      if (request.url === "/-/counts") return void response.end(JSON.stringify(counted));
      if (request.url === "/-/reset") return void response.end(JSON.stringify((counted = {})));
      const at = ((turn++ * 0.6180339887) % 1) * 100;
      let sum = 0;
      const version = Object.keys(weights).find(one => (sum += weights[one]) > at) ?? Object.keys(weights)[0];
      const from = performance.now();
      const count = status => {
        const own = (counted[version] ??= { requests: 0, failed: 0, ms: [] });
        own.requests++;
        if (status === 0 || status >= 500) own.failed++;
        own.ms.push(performance.now() - from);
      };
      const { method, url: path, headers } = request;
      const on = http.request({ host: "127.0.0.1", port: versions[version]?.port, method, path, headers }, answer => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
        answer.once("end", () => count(answer.statusCode));
      });
      on.once("error", () => {
        count(0);
        response.writeHead(502).end();
      });
      request.pipe(on);
    });
    server.listen(0, "127.0.0.1", () => write({ ...read(), front: { port: server.address().port, pid: process.pid } }));
  },
  /** Sends sign-ins through the front until it is ended. */
  async load(perSecond = "100") {
    const { front } = read();
    fs.writeFileSync(path.join(home, "load"), String(process.pid));
    for (;;) {
      void ask(front.port, { method: "POST", url: login, body: '{"name":"load"}' });
      await pause(1_000 / Number(perSecond));
    }
  },
  async deployable() {
    if (!fs.existsSync(build(need("PREVIOUS")))) throw new Error(`${process.env.PREVIOUS} is not kept`);
  },
  async deploy() {
    const version = need("VERSION");
    note(`deploy ${version}`);
    fs.mkdirSync(path.dirname(build(version)), { recursive: true });
    fs.copyFileSync("dist/service.cjs", build(version));
    await begin(version);
  },
  async shift() {
    const [percent, version, previous] = [Number(need("PERCENT")), need("VERSION"), need("PREVIOUS")];
    note(`shift ${version} ${percent}`);
    write({ ...read(), weights: { [version]: percent, [previous]: 100 - percent } });
    await ask(read().front.port, { url: "/-/reset" });
  },
  async health() {
    const one = read().versions[need("VERSION")];
    const { status, text } = await ask(one.port);
    if (status !== 200 || JSON.parse(text).version !== process.env.VERSION) throw new Error(`it answered ${status}`);
  },
  async measure() {
    const { text } = await ask(read().front.port, { url: "/-/counts" });
    const { requests = 0, failed = 0, ms = [] } = JSON.parse(text)[need("VERSION")] ?? {};
    const sorted = ms.sort((a, b) => a - b);
    console.log(JSON.stringify({ requests, failed, p95Ms: sorted[Math.ceil(0.95 * sorted.length) - 1] ?? 0 }));
  },
  async verify() {
    note(`verify ${need("VERSION")}`);
    const { status } = await ask(read().front.port, { method: "POST", url: login, body: '{"name":"verify"}' });
    if (status !== 200) throw new Error(`nobody can sign in: ${status}`);
  },
  async rollback() {
    const previous = need("PREVIOUS");
    note(`rollback ${previous}`);
    write({ ...read(), weights: { [previous]: 100 } });
    const { status } = await ask(read().versions[previous]?.port);
    if (status !== 200) await begin(previous);
  },
  async clean() {
    const version = need("VERSION");
    note(`clean ${version}`);
    const { versions, ...rest } = read();
    const { [version]: gone, ...left } = versions;
    write({ ...rest, versions: left });
    if (gone) process.kill(gone.pid, "SIGTERM");
  },
  async down() {
    const { versions, front } = read();
    const file = path.join(home, "load");
    const load = fs.existsSync(file) ? { pid: Number(fs.readFileSync(file, "utf8")) } : undefined;
    for (const one of [load, front, ...Object.values(versions)])
      try {
        if (one) process.kill(one.pid, "SIGKILL");
      } catch {
        // It is gone already.
      }
  },
};

const [name, ...rest] = process.argv.slice(2);
if (!commands[name]) {
  console.error(`${name} is unknown; need one of ${Object.keys(commands).join(", ")}`);
  process.exit(64);
}
commands[name](...rest).catch(error => {
  console.error(error.message);
  process.exitCode = 1;
});

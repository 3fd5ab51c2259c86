import * as fs from "node:fs";
import * as path from "node:path";
import { limits } from "../../model/limits";
import { headroomEndsAfterDays } from "../../model/growth";
import type { Drill, Room, Settings } from "../drill";
import { proveReferenceService, startReferenceService } from "../reference-service";
import { pause } from "../servers";
import { jobPeak } from "./jobs";
import { runK6 } from "./k6";
import type { Loaded, Scenario } from "./scenarios";
import { headroom, hottest, isBorne, k6Script, loadedFrom } from "./scenarios";

const steps = [
  "start the reference service",
  "smoke: one after the other",
  "load: what is expected at launch",
  "stress: more and more, until it is too much",
  "spike: three times as much, and back",
  "soak: the same for longer",
  "profile at the knee",
  "work out what is left",
];

/** Requests a second of a stack that says nothing: the gateway's limit of one client (profile `standard`). */
const unsaid = 100;
/** Stops the search: what no machine that runs this bears. */
const mostPerSecond = 12_800;
const limit = limits.production;

/** S-134 to S-140, S-168: how much the service bears, with the gateway's limits in it. */
export const testLoad: Drill = {
  id: "test load",
  title: "The service bears the declared load with 30 % to spare, and its limit is known",
  kind: "load test",
  requirements: ["S-122", "S-123", "S-134", "S-135", "S-138", "S-139", "S-140", "S-168"],
  needs: ["service", "k6"],
  store: "service",
  steps,
  sabotages: {
    "no fault": { what: "no request is made", comesTo: "invalid" },
    "too strict a limit": { what: "a client may make ten requests a minute", comesTo: "failed" },
    frozen: { what: "the service stands still while it is under load", comesTo: "failed" },
    gone: { what: "the service is stopped while it is under load", comesTo: "failed" },
  },
  run,
};

async function run(room: Room, settings: Settings) {
  const { course, sabotage, servers, programs } = room;
  const declared = Math.ceil(settings.load?.launch ?? unsaid);
  const limited = { REQUESTS_PER_MINUTE: String(sabotage === "too strict a limit" ? 10 : declared * 60) };
  const service = await course.step(steps[0]!, () => startReferenceService(room, limited));
  const { url, server } = service;
  await proveReferenceService(room, service);

  const all: Loaded[] = [];
  const load = async (scenario: Scenario, at = url): Promise<Loaded> => {
    const summary = await runK6(room, `k6-${all.length}`, scenario, k6Script(at, scenario));
    const done = loadedFrom(scenario, summary);
    all.push(done);
    course.say(
      `${scenario.name}: ${scenario.perSecond}/s, P95 ${done.p95Ms.toFixed(1)} ms, ${done.failed} of ${done.requests} failed`,
    );
    return done;
  };
  const seen = ({ p95Ms, failed, requests, dropped, scenario }: Loaded) =>
    `${scenario.perSecond}/s: P95 ${p95Ms.toFixed(1)} ms, ${failed} of ${requests} failed, ${dropped} not made`;

  const smoke = await course.step(steps[1]!, () => load({ name: "smoke", perSecond: 2, seconds: 4 }));
  const rss = () =>
    Number(
      /VmRSS:\s+(\d+)/.exec(
        fs.existsSync(`/proc/${server.pid}/status`) ? fs.readFileSync(`/proc/${server.pid}/status`, "utf8") : "",
      )?.[1] ?? 0,
    ) / 1_024;
  const steady = await course.step(steps[2]!, async () => {
    course.moment("fault");
    if (sabotage === "frozen") void pause(3_000).then(() => server.signal("SIGSTOP"));
    if (sabotage === "gone") void pause(3_000).then(() => server.stop("SIGKILL"));
    return load({ name: "load", perSecond: declared, seconds: 20 });
  });
  course.proof("it was asked", steady.requests > 0, `${steady.requests} requests`);
  course.check("smoke: every request is answered", isBorne(smoke, limit), seen(smoke));
  course.check("load: the declared rate is borne", isBorne(steady, limit), seen(steady));
  const isStanding = isBorne(steady, limit);

  const knee = await course.step(steps[3]!, async () => {
    let borne = isStanding ? declared : 0;
    for (let rate = declared * 2; isStanding && rate <= mostPerSecond; rate *= 2) {
      const done = await load({ name: "stress", perSecond: rate, seconds: 8 });
      if (!isBorne(done, limit)) {
        // Once more between the last that was borne and the first that was not.
        const between = await load({ name: "stress", perSecond: Math.round((borne + rate) / 2), seconds: 8 });
        if (isBorne(between, limit)) borne = between.scenario.perSecond;
        break;
      }
      borne = rate;
    }
    return borne;
  });
  await course.step(steps[4]!, async () => {
    if (!isStanding) return;
    await load({ name: "spike", perSecond: declared * 3, seconds: 5 });
    const after = await load({ name: "after the spike", perSecond: declared, seconds: 5 });
    course.check("after a spike it is as before", isBorne(after, limit), seen(after));
  });
  await course.step(steps[5]!, async () => {
    if (!isStanding) return;
    const before = rss();
    const soak = await load({ name: "soak", perSecond: declared, seconds: 45 });
    course.check("soak: the declared rate is borne for longer", isBorne(soak, limit), seen(soak));
    course.measure("memory before the soak", before, 1, "MiB");
    course.measure("memory after the soak", rss(), 1, "MiB");
  });
  await course.step(steps[6]!, async () => {
    if (knee === 0) return;
    const dir = path.join(room.dir, "profile");
    fs.mkdirSync(dir);
    const args = ["--cpu-prof", "--cpu-prof-dir", dir];
    const profiled = await startReferenceService(room, limited, { name: "service-profiled", args });
    await load({ name: "profile", perSecond: knee, seconds: 6 }, profiled.url);
    await profiled.server.stop("SIGTERM");
    const [file] = fs.readdirSync(dir);
    if (!file) throw new Error("no profile was written");
    for (const { what, share } of hottest(
      JSON.parse(fs.readFileSync(path.join(dir, file), "utf8")) as Parameters<typeof hottest>[0],
    ))
      course.measure(`time in ${what}`, share * 100, 1, "%");
  });
  await course.step(steps[7]!, async () => {
    const left = knee === 0 ? 0 : 1 - declared / knee;
    course.check(
      `${headroom * 100} % are left at the declared rate`,
      left >= headroom,
      `${Math.round(left * 100)} %: ${declared}/s of ${knee}/s`,
    );
    course.measure("total", steady.requests, steady.requests, "requests");
    course.measure("failed", steady.failed, steady.requests, "requests");
    if (Number.isFinite(steady.p95Ms)) course.measure("p95Ms", steady.p95Ms, steady.requests, "ms");
    course.measure("knee", knee, all.length, "requests/s");
    course.measure("headroom", left * 100, 1, "%");
    const days = settings.load && headroomEndsAfterDays(settings.load, knee, headroom);
    if (days !== undefined) course.measure("headroom ends after", days, 1, "days");
    jobPeak(course, settings, headroom);
  });
  const { stdout } = await servers.run(path.join(programs.k6, "k6"), ["version"]);
  return { engines: { k6: /v(\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? "unknown", node: process.versions.node } };
}

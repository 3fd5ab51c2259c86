import type { ServiceArgs } from "../../components/delivery/service";
import { serviceSpec } from "../../components/delivery/service";
import { pause } from "../servers";
import type { DrillCluster, Obj } from "./control-plane";
import type { Behaviour } from "./versions";
import { sound, Users, Version } from "./versions";

/** What a release of the drill is to show. */
export interface Case {
  id: string;
  title: string;
  /** From which share of traffic on the new version is bad, in percent, and how. */
  bad?: { fromPercent: number; behaviour: Behaviour };
  /** Seconds each step is held instead of the component's minutes; a step without a number is held as long as declared. */
  heldSeconds: (number | undefined)[];
  /** Requests a second; 0 is a release that nobody uses. */
  perSecond: number;
  /** Whether its measurements are lost in the middle. */
  losesMeasurements?: boolean;
  comesTo: "promoted" | "taken back" | "waits for people" | "not promoted";
}

/** How the Rollout is rendered; what sabotage and weakened defaults change. */
export type Weaken = (rendered: { rollout: Obj; analysis: Obj }) => void;

/** What one release came to. */
export interface Outcome {
  released: Case;
  /** Shares of traffic in percent that it was held at, in order. */
  walked: number[];
  outcome: Exclude<Case["comesTo"], "not promoted"> | "undecided";
  /** Milliseconds since the drill began; absent where it did not come to that. */
  faultMs?: number;
  detectedMs?: number;
  abortedMs?: number;
  weightsBackMs?: number;
  /** Measurements of its AnalysisRun, by what they came to. */
  measurements: Record<string, number>;
  users: Users["hits"];
  /** Requests that the new version got. */
  asked: number;
  nonce: string;
  /** The controller's own words at the end. */
  message: string;
}

/** Pods of a release: enough that one is 5 %. */
export const replicas = 20;
/** How long a release may go on before its measurements are lost, whether there was one or not, in milliseconds. */
const unmeasuredMs = 150_000;
const endpoint = "/apis/argoproj.io/v1alpha1/namespaces";

interface RolloutStatus {
  phase?: string;
  message?: string;
  abort?: boolean;
  currentPodHash?: string;
  stableRS?: string;
  currentStepIndex?: number;
  pauseConditions?: { reason: string }[];
  canary?: { currentBackgroundAnalysisRunStatus?: { name: string; status: string } };
}

interface AnalysisStatus {
  phase?: string;
  message?: string;
  metricResults?: { name: string; successful?: number; failed?: number; inconclusive?: number; error?: number }[];
}

/** One service of the drill with both its versions, from its first deployment to the end of a release. */
export class Release {
  readonly stable = new Version();
  readonly canary = new Version();
  readonly name: string;
  readonly namespace: string;
  #share = 0;
  #rendered: ReturnType<typeof serviceSpec>;

  constructor(
    readonly cluster: DrillCluster,
    readonly released: Case,
    args: ServiceArgs,
    readonly weaken: Weaken = () => undefined,
  ) {
    this.name = `${args.name}-${released.id}`;
    this.namespace = args.namespace;
    // Without the gateway's plugin, weights go by the number of pods.
    const { route: _, ...rest } = args;
    this.#rendered = serviceSpec({ ...rest, name: this.name, strategy: "canary" });
  }

  /** Objects of the release: the component's, with this drill's number of pods, pauses and place of measurements. */
  #objects(version: "1" | "2", nonce: string, prometheus: string): object[] {
    const rendered = structuredClone(this.#rendered.rollout!) as unknown as { rollout: Obj; analysis: Obj };
    const { rollout, analysis } = rendered;
    const spec = rollout.spec as {
      replicas: number;
      template: { metadata: { annotations?: Record<string, string> } };
      strategy: { canary: { steps: { pause?: { duration: string } }[] } };
    };
    spec.replicas = replicas;
    spec.template.metadata.annotations = {
      ...spec.template.metadata.annotations,
      ...{ "greenlight.dev/version": version, "greenlight.dev/nonce": nonce },
    };
    const held = spec.strategy.canary.steps.filter(one => one.pause);
    for (const [index, { pause: one }] of held.entries()) {
      const seconds = this.released.heldSeconds[index];
      if (seconds !== undefined) one!.duration = `${seconds}s`;
    }
    for (const { provider } of (analysis.spec as { metrics: { provider: { prometheus: { address: string } } }[] })
      .metrics)
      provider.prometheus.address = prometheus;
    this.weaken(rendered);
    const { serviceAccount, service, canaryService } = this.#rendered;
    return [
      { apiVersion: "v1", kind: "ServiceAccount", ...serviceAccount },
      { apiVersion: "v1", kind: "Service", ...service },
      { apiVersion: "v1", kind: "Service", ...canaryService },
      ...[analysis, rollout],
    ];
  }

  get priorityClass(): string | undefined {
    const { rollout } = this.#rendered.rollout as unknown as { rollout: Obj };
    return (rollout.spec as { template: { spec: { priorityClassName?: string } } }).template.spec.priorityClassName;
  }

  #status = async (): Promise<RolloutStatus> =>
    ((await this.cluster.get<Obj>(`${endpoint}/${this.namespace}/rollouts/${this.name}`)).status ??
      {}) as RolloutStatus;

  /** Share of the pods that serve and are of the new version, 0 to 1. */
  async #look({ currentPodHash, stableRS }: RolloutStatus): Promise<{ share: number; newPods: number }> {
    const label = encodeURIComponent(`app.kubernetes.io/name=${this.name}`);
    const { items } = await this.cluster.get<{ items: Obj[] }>(
      `/apis/apps/v1/namespaces/${this.namespace}/replicasets?labelSelector=${label}`,
    );
    const available = (hash: string | undefined) =>
      items
        .filter(one => one.metadata.labels?.["rollouts-pod-template-hash"] === hash)
        .reduce((sum, one) => sum + Number(one.status?.availableReplicas ?? 0), 0);
    if (currentPodHash === stableRS) return { share: 0, newPods: 0 };
    const [fresh, old] = [available(currentPodHash), available(stableRS)];
    return { share: fresh + old === 0 ? 0 : fresh / (fresh + old), newPods: fresh };
  }

  /** Deploys the first version and waits until all its pods serve. */
  async deploy(prometheus: string, timeoutMs: number): Promise<void> {
    await this.cluster.apply(this.#objects("1", "first", prometheus));
    for (const end = Date.now() + timeoutMs; ; await pause(500)) {
      const { phase, message } = await this.#status();
      if (phase === "Healthy") return;
      if (Date.now() > end) throw new Error(`${this.name} is ${phase ?? "nothing"} (${message ?? ""}) and not healthy`);
    }
  }

  /**
   * Releases the second version under load, and follows it to its end.
   * @param lose takes its measurements away; called once, after the first measurement
   */
  async release(
    nonce: string,
    { prometheus, limitMs, lose }: { prometheus: string; limitMs: number; lose: () => Promise<void> },
  ): Promise<Outcome> {
    const { released, cluster } = this;
    const { course } = cluster.room;
    const users =
      released.perSecond > 0
        ? new Users(course.now, { stable: this.stable, canary: this.canary }, () => this.#share, released.perSecond)
        : undefined;
    const result: Outcome = {
      ...{ released, walked: [], outcome: "undecided", measurements: {}, users: users?.hits ?? [], asked: 0 },
      ...{ nonce, message: "" },
    };
    const before = (await this.#status()).stableRS;
    await cluster.apply(this.#objects("2", nonce, prometheus));
    const startedMs = course.now();
    let isLost = false;
    for (; ; await pause(500)) {
      const status = await this.#status();
      const { share, newPods } = await this.#look(status);
      this.#share = released.perSecond > 0 ? share : 0;
      const percent = Math.round(share * 100);
      if (percent > 0 && result.walked.at(-1) !== percent) result.walked.push(percent);
      const { bad } = released;
      if (bad && result.faultMs === undefined && percent >= bad.fromPercent) {
        this.canary.behaviour = bad.behaviour;
        result.faultMs = course.now();
      }
      const run = status.canary?.currentBackgroundAnalysisRunStatus?.name;
      const analysis = run ? await this.#analysis(run) : {};
      for (const one of analysis.metricResults ?? [])
        for (const kind of ["successful", "failed", "inconclusive", "error"] as const)
          if (one[kind]) result.measurements[`${one.name} ${kind}`] = one[kind];
      const isMeasured = (result.measurements["error-rate successful"] ?? 0) > 0;
      if (released.losesMeasurements && !isLost && (isMeasured || course.now() - startedMs > unmeasuredMs)) {
        isLost = true;
        await lose();
        result.faultMs = course.now();
      }
      if (["Failed", "Error"].includes(analysis.phase ?? "")) result.detectedMs ??= course.now();
      if (status.abort) result.abortedMs ??= course.now();
      result.message = [status.message, analysis.message].filter(Boolean).join("; ");
      if (status.abort && newPods === 0) {
        result.weightsBackMs = course.now();
        result.outcome = "taken back";
      } else if (status.phase === "Healthy" && status.stableRS !== before) {
        result.outcome = "promoted";
        // All traffic is the new version's now.
        if (result.walked.at(-1) !== 100) result.walked.push(100);
      } else if ((status.pauseConditions ?? []).some(one => one.reason === "InconclusiveAnalysisRun")) {
        result.detectedMs = course.now();
        result.outcome = "waits for people";
      }
      const isOver = course.now() - (result.faultMs ?? startedMs) > limitMs;
      if (result.outcome !== "undecided" || isOver) break;
    }
    // What users see afterwards belongs to it: is it over for them?
    await pause(2_000);
    await users?.stop();
    result.asked = this.canary.asked;
    this.canary.behaviour = sound;
    return result;
  }

  #analysis = async (name: string): Promise<AnalysisStatus> =>
    ((await this.cluster.get<Obj>(`${endpoint}/${this.namespace}/analysisruns/${name}`)).status ??
      {}) as AnalysisStatus;

  close(): void {
    this.stable.close();
    this.canary.close();
  }
}

import assert from "node:assert/strict";
import * as path from "node:path";
import fc from "fast-check";
import type { Api } from "../../local/kubernetes-api";
import { ApiError, connect } from "../../local/kubernetes-api";
import type { AdmissionPolicy } from "../../model/admission";
import { admissionPolicies } from "../../policies/engine/admission";
import { judge } from "../../policies/engine/judge";
import { toResources } from "../../policies/engine/resource";
import { rules } from "../../policies/rules/catalogue";
import { localStack, temporary } from "../support/local-stack";
import { Pack } from "../support/pack";
import type { Generated } from "../support/pod-arbitrary";
import { workload } from "../support/pod-arbitrary";

/**
 * Random workloads, each put before everybody who judges: the rules in-process, the compiled pack through the SDK's
 * server, our expressions in the API server's admission, and Kubernetes' own Pod Security admission. All are asked to
 * warn, so that every control of every object is compared, not only whether it was let in.
 */

const wanted = Number(process.env.GREENLIGHT_FUZZ ?? 10_000);
/** The seed of all property tests; SEED sets it. */
const seed = fc.readConfigureGlobal().seed;
const atOnce = 20;

/** What Kubernetes says of a control, at the start of its reason, and the rule that is the same. */
const reasons: Record<string, Record<string, string>> = {
  baseline: {
    "host namespaces": "GL-POD-06",
    privileged: "GL-POD-07",
    "non-default capabilities": "GL-POD-08",
    "hostPath volumes": "GL-POD-09",
    hostPort: "GL-POD-10",
    "probe or lifecycle host": "GL-POD-11",
    "forbidden AppArmor profile": "GL-POD-12",
    seLinuxOptions: "GL-POD-13",
    procMount: "GL-POD-14",
    seccompProfile: "GL-POD-15",
    "forbidden sysctls": "GL-POD-16",
    hostProcess: "GL-POD-17",
  },
  restricted: {
    "runAsNonRoot != true": "GL-POD-01",
    "runAsUser=0": "GL-POD-01",
    "allowPrivilegeEscalation != false": "GL-POD-02",
    "unrestricted capabilities": "GL-POD-03",
    seccompProfile: "GL-POD-05",
    "restricted volume types": "GL-POD-18",
    procMount: "GL-POD-19",
  },
};

/** Rules by what Kubernetes' warning says: `would violate PodSecurity "restricted:latest": reason (detail), …`. */
function controlsOf(level: string, warning: string | undefined): Set<string> {
  const text = /^would violate PodSecurity "[^"]+": (.*)$/s.exec(warning ?? "")?.[1];
  if (text === undefined) return new Set();
  const own = reasons[level]!;
  // Reasons follow one another after ", "; details stand in brackets behind them.
  const found = Object.keys(own).filter(reason =>
    text
      .split(/(?:^|\), )/)
      .some(part => part === reason || part.startsWith(`${reason} (`) || part.startsWith(`${reason}s (`)),
  );
  return new Set(found.map(reason => own[reason]!));
}

const idOf = ({ message }: { message: string }): string => /\[(GL-[A-Z]+-\d\d)\]$/.exec(message)![1]!;

const privileged: Generated = {
  type: "kubernetes:core/v1:Pod",
  api: "/api/v1",
  plural: "pods",
  object: {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "fuzz" },
    spec: { containers: [{ name: "c0", image: "x", securityContext: { privileged: true } }] },
  },
};

describe("random workloads", function () {
  this.timeout(1_800_000);
  let api: Api;
  let pack: Pack;
  const policies = admissionPolicies(rules);
  const admitted = new Set(policies.flatMap(one => one.validations.map(idOf)));
  const levels = Object.keys(reasons);

  before(async function () {
    this.timeout(45 * 60_000);
    const { env } = await localStack();
    api = connect(path.join(env.GREENLIGHT_STATE!, "kubeconfig"));
    const dir = temporary();
    pack = await Pack.start(dir);
    for (const level of levels)
      await api.request("POST", "/api/v1/namespaces", {
        body: {
          metadata: {
            name: `fuzz-${level}`,
            labels: {
              fuzz: "yes",
              "pod-security.kubernetes.io/enforce": "privileged",
              "pod-security.kubernetes.io/warn": level,
            },
          },
        },
      });
    for (const one of policies) await deploy(one);
    // Bindings come into force within a second or two; until then the API server warns of nothing.
    for (const end = Date.now() + 30_000; ;) {
      const { own } = await asked(privileged, "baseline");
      if (own.has("GL-POD-07")) break;
      assert.ok(Date.now() < end, "the policies did not come into force");
      await new Promise(resolve => setTimeout(resolve, 500));
    }
  });

  after(async () => {
    pack?.stop();
    for (const level of levels) await api?.request("DELETE", `/api/v1/namespaces/fuzz-${level}`);
    for (const { name } of policies)
      for (const kind of ["validatingadmissionpolicybindings", "validatingadmissionpolicies"])
        await api?.request("DELETE", `/apis/admissionregistration.k8s.io/v1/${kind}/fuzz-${name}`);
    api?.close();
  });

  /** The policy as it is deployed, but that it warns with the rule's id alone: long warnings are cut off. */
  async function deploy({ name, resourceRules, variables, validations }: AdmissionPolicy): Promise<void> {
    const base = "/apis/admissionregistration.k8s.io/v1";
    const metadata = { name: `fuzz-${name}` };
    await api.request("POST", `${base}/validatingadmissionpolicies`, {
      body: {
        metadata,
        spec: {
          matchConstraints: { resourceRules },
          variables,
          validations: validations.map(one => ({ expression: one.expression, message: idOf(one) })),
        },
      },
    });
    await api.request("POST", `${base}/validatingadmissionpolicybindings`, {
      body: {
        metadata,
        spec: {
          policyName: metadata.name,
          validationActions: ["Warn"],
          matchResources: { namespaceSelector: { matchLabels: { fuzz: "yes" } } },
        },
      },
    });
  }

  /** What the API server says of an object that is only tried; nothing at all where it would not take it anyway. */
  async function asked(one: Generated, level: string) {
    let warnings: string[] = [];
    await api.request("POST", `${one.api}/namespaces/fuzz-${level}/${one.plural}`, {
      query: { dryRun: "All" },
      body: one.object,
      onWarnings: texts => (warnings = texts),
    });
    const own = new Set(warnings.flatMap(text => /^Validation failed .*: (GL-[A-Z]+-\d\d)$/s.exec(text)?.[1] ?? []));
    return {
      own,
      kubernetes: controlsOf(
        level,
        warnings.find(text => text.startsWith("would violate")),
      ),
    };
  }

  /** Rules that the in-process check finds not met. */
  const checked = ({ type, object }: Generated): Set<string> => {
    const [resource] = toResources(`urn:pulumi:fuzz::fuzz::${type}::fuzz`, type, object);
    const asking = rules.filter(rule => admitted.has(rule.id));
    return new Set(
      asking.filter(rule => judge(rule, resource!, "production")?.state === "not met").map(rule => rule.id),
    );
  };

  const packed = async ({ type, object }: Generated): Promise<Set<string>> => {
    const found = await pack.judgeOne({ type, name: "fuzz", props: object });
    const ids = found.map(one => /^gl-[a-z]+-\d\d/.exec(one.getPolicyname())![0].toUpperCase());
    return new Set(ids.filter(id => admitted.has(id)));
  };

  it(`judged alike by check, CrossGuard, our admission and Kubernetes' own (${wanted}, seed ${seed})`, async () => {
    const started = Date.now();
    let compared = 0;
    let refused = 0;
    const hits: Record<string, number> = {};

    const disagreement = async (one: Generated): Promise<string | undefined> => {
      const ours = checked(one);
      const differs = (who: string, theirs: Set<string>, only: (id: string) => boolean = () => true) => {
        const extra = [...ours].filter(id => only(id) && !theirs.has(id));
        const missed = [...theirs].filter(id => only(id) && !ours.has(id));
        return extra.length + missed.length > 0
          ? `${who} disagrees: check alone says ${extra.join(", ") || "nothing"}, ${who} alone says ${missed.join(", ") || "nothing"}\n${JSON.stringify(one.object)}`
          : undefined;
      };
      const said = differs("CrossGuard", await packed(one));
      if (said) return said;
      for (const level of levels) {
        let answer;
        try {
          answer = await asked(one, level);
        } catch (error) {
          if (!(error instanceof ApiError && [400, 422].includes(error.code))) throw error;
          refused++;
          return undefined;
        }
        // The server gives every port of a pod on the host's network a host port; the pod is refused for its network.
        const defaulted = (id: string) => id !== "GL-POD-10" || !ours.has("GL-POD-06");
        const controls = new Set(Object.values(reasons[level]!));
        const other =
          differs("our admission", answer.own, defaulted) ??
          differs(`Pod Security ${level}`, answer.kubernetes, id => controls.has(id) && defaulted(id));
        if (other) return other;
      }
      compared++;
      for (const id of ours) hits[id] = (hits[id] ?? 0) + 1;
      return undefined;
    };

    await fc.assert(
      fc.asyncProperty(fc.array(workload, { minLength: 1, maxLength: atOnce, size: "max" }), async batch => {
        const said = await Promise.all(batch.map(disagreement));
        assert.equal(said.find(Boolean), undefined);
      }),
      // Batches are short, and what is not valid does not count: enough are made all the same.
      {
        numRuns: Math.ceil(wanted / 5),
        interruptAfterTimeLimit: 1_500_000,
        markInterruptAsFailure: true,
      },
    );
    console.log(
      `      ${compared} workloads compared, ${refused} not valid, seed ${seed}, ${Math.round((Date.now() - started) / 1000)} s; found not met: ${Object.entries(
        hits,
      )
        .sort()
        .map(([id, count]) => `${id} ${count}`)
        .join(", ")}`,
    );
    assert.ok(compared >= wanted, `only ${compared} were valid`);
    assert.deepEqual(
      // The server itself takes an unmasked /proc in a user namespace only, where the baseline has nothing against it.
      [...admitted].filter(id => id.startsWith("GL-POD") && id !== "GL-POD-14" && !hits[id]),
      [],
      "rules that no workload broke: the generator does not reach them",
    );
  });
});

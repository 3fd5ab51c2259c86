import type { Item, NeededEvidence } from "./item";

type Rest = Partial<Pick<Item, "dimensions" | "thresholds" | "attestations">> & { evidence?: NeededEvidence[] };

const item = (id: string, title: string, requirements: string[], rest: Rest): Item => ({
  id,
  title,
  requirements,
  dimensions: [],
  evidence: [],
  attestations: [],
  ...rest,
});

const fresh = (kind: NeededEvidence["kind"], freshDays: number): NeededEvidence => ({ kind, freshDays });

/** The 36 items of the review, section by section, and its seven actions. Days and numbers: requirements.md §1.5. */
export const items: readonly Item[] = [
  item("A.1.1", "Service level indicators are defined and measurable.", ["S-120"], {
    dimensions: ["monitoring"],
    evidence: [fresh("objective snapshot", 7)],
  }),
  item("A.1.2", "Each indicator has a target, and the target is met.", ["S-121", "S-122", "S-123"], {
    dimensions: ["performance", "monitoring"],
    thresholds: {
      staging: "API P95 below 500 ms, errors below 0.5 %",
      production: "availability 99.9 %, API P95 below 500 ms, analysis P95 below 5 min",
    },
    evidence: [fresh("objective snapshot", 7), fresh("load test", 30)],
  }),
  item("A.1.3", "Burning the error budget raises alerts, and spending it freezes releases.", ["S-124"], {
    dimensions: ["monitoring"],
    thresholds: { production: "14.4 and 6 times the even burn page, 3 and 1 ticket" },
    evidence: [fresh("objective snapshot", 7)],
    attestations: ["releases are frozen while a budget is spent"],
  }),
  item("A.2.1", "Every dependency a service needs is named.", ["S-125"], {
    dimensions: ["deployment"],
    evidence: [fresh("trace sample", 35)],
  }),
  item("A.2.2", "A failing dependency is retried, cut off or done without.", ["S-126"], {
    dimensions: ["function"],
    evidence: [fresh("failure drill", 35)],
  }),
  item("A.2.3", "What is promised fits what the dependencies promise.", ["S-127"], {
    evidence: [fresh("objective snapshot", 35)],
    attestations: ["what outside services promise was compared with what is promised here"],
  }),
  item("A.3.1", "No single failure takes a service down.", ["S-128"], {
    dimensions: ["deployment"],
    evidence: [fresh("failure drill", 35)],
  }),
  item("A.3.2", "Failures are rehearsed every month.", ["S-129"], {
    dimensions: ["deployment"],
    thresholds: { production: "database, cache and dependency, each within 35 days" },
    evidence: [fresh("failure drill", 35)],
  }),
  item(
    "A.3.3",
    "Backups meet the recovery objectives, and restoring is proven.",
    ["S-130", "S-131", "S-132", "S-133"],
    {
      dimensions: ["deployment"],
      thresholds: {
        staging: "RPO below 1 h, RTO below 4 h by design",
        production: "RPO below 1 h, RTO below 4 h by design and by drill",
      },
      evidence: [fresh("restore drill", 35)],
    },
  ),
  item("B.1.1", "The expected load is modelled.", ["S-134"], {
    dimensions: ["performance"],
    evidence: [fresh("load test", 30)],
    attestations: ["the load expected at launch and a year later"],
  }),
  item("B.1.2", "Resources cover the load with headroom to spare.", ["S-135", "S-136"], {
    dimensions: ["performance"],
    thresholds: { production: "30 % headroom" },
    evidence: [fresh("load test", 30)],
  }),
  item("B.1.3", "Services scale out by rule before they saturate.", ["S-137"], {
    dimensions: ["performance"],
    evidence: [fresh("load test", 30)],
  }),
  item("B.2.1", "A load test shows that the targets hold.", ["S-138"], {
    dimensions: ["performance"],
    thresholds: { production: "API P95 below 500 ms, errors below 0.5 %, enough requests to tell" },
    evidence: [fresh("load test", 30)],
  }),
  item("B.2.2", "A stress test shows what gives way first.", ["S-139"], {
    dimensions: ["performance"],
    evidence: [fresh("stress test", 92)],
  }),
  item("B.2.3", "The bottlenecks are known.", ["S-140"], {
    dimensions: ["performance"],
    evidence: [fresh("stress test", 92)],
    attestations: ["what gives way first and what is done about it"],
  }),
  item("C.1.1", "Latency, traffic, errors and saturation are measured.", ["S-141"], {
    dimensions: ["monitoring"],
    evidence: [fresh("objective snapshot", 7)],
  }),
  item("C.1.2", "Every service has a dashboard.", ["S-142"], {
    dimensions: ["monitoring"],
    evidence: [fresh("probe result", 7)],
  }),
  item("C.1.3", "The health of dependencies is watched.", ["S-143"], {
    dimensions: ["monitoring"],
    evidence: [fresh("probe result", 7)],
  }),
  item("C.2.1", "Logs are structured, traceable and masked.", ["S-144"], {
    dimensions: ["monitoring", "security"],
    evidence: [fresh("log sample", 35)],
  }),
  item("C.2.2", "Logs come together in one place.", ["S-145"], {
    dimensions: ["monitoring"],
    evidence: [fresh("log sample", 35)],
  }),
  item("C.3.1", "Requests can be traced through the core paths.", ["S-146"], {
    dimensions: ["monitoring"],
    evidence: [fresh("trace sample", 35)],
  }),
  item("C.4.1", "Alerts follow budget burn, error rate and saturation.", ["S-147"], {
    dimensions: ["monitoring"],
    evidence: [fresh("alert history", 35)],
  }),
  item("C.4.2", "Alerts either page somebody or become a ticket.", ["S-148"], {
    dimensions: ["monitoring"],
    evidence: [fresh("alert history", 35)],
  }),
  item("C.4.3", "Alerts that nobody acts on are tuned.", ["S-149"], {
    dimensions: ["monitoring"],
    thresholds: { production: "at least half of the pages were acted on" },
    evidence: [fresh("alert history", 35)],
  }),
  item("D.1.1", "A pipeline with tests and image scans leads from commit to deployment.", ["S-150"], {
    dimensions: ["function", "security"],
    thresholds: {
      production:
        "every named build, at least 90 % of the end-to-end tests, 80 % of the lines, no high or critical vulnerability",
    },
    evidence: [fresh("build report", 1), fresh("API test", 1), fresh("coverage", 7), fresh("image scan", 1)],
  }),
  item("D.1.2", "Changes are approved, rights are least, secrets are managed.", ["S-151"], {
    dimensions: ["security"],
    evidence: [fresh("change record", 1), fresh("source scan", 1)],
  }),
  item("D.2.1", "The rollout strategy fits the importance of the service.", ["S-152"], {
    dimensions: ["deployment"],
    evidence: [fresh("rollout record", 92)],
  }),
  item("D.2.2", "Important versions reach users step by step.", ["S-153"], {
    dimensions: ["deployment"],
    thresholds: { production: "5, 25, 50, 100 % for 10, 15, 20, 30 min" },
    evidence: [fresh("rollout record", 92)],
  }),
  item("D.3.1", "The previous version can be brought back in one step.", ["S-154"], {
    dimensions: ["deployment"],
    evidence: [fresh("rollback drill", 92)],
  }),
  item("D.3.2", "Rolling back is rehearsed and fast enough.", ["S-155", "S-156"], {
    dimensions: ["deployment"],
    thresholds: { production: "below 10 min, within 92 days" },
    evidence: [fresh("rollback drill", 92)],
  }),
  item("D.3.3", "Databases change only in ways both versions understand.", ["S-157"], {
    dimensions: ["function"],
    evidence: [fresh("migration check", 1)],
  }),
  item("E.1.1", "Somebody is on call, and knows whom to call next.", ["S-158"], {
    evidence: [fresh("alert history", 35)],
    attestations: ["the rota of the coming four weeks is filled"],
  }),
  item("E.1.2", "Those on call are trained.", ["S-159"], {
    attestations: ["who is on call was trained in alerts, traces and rollback"],
  }),
  item("E.2.1", "Every core alert has a playbook.", ["S-160"], { evidence: [fresh("failure drill", 35)] }),
  item("E.2.2", "Routine operations have written procedures.", ["S-161"], {
    attestations: ["the procedures were followed by somebody who had not written them"],
  }),
  item("E.3.1", "Incidents have a commander, channels and a review.", ["S-162"], {
    attestations: ["commander, channels and review were rehearsed or used within a year"],
  }),
  item("F.1", "Traffic is encrypted and secrets come from a store.", ["S-165"], {
    dimensions: ["security"],
    evidence: [fresh("probe result", 7)],
  }),
  item("F.2", "Golden signals and targets are on dashboards.", ["S-166"], {
    dimensions: ["monitoring"],
    evidence: [fresh("objective snapshot", 7)],
  }),
  item("F.3", "The gateway limits, retries and breaks the circuit.", ["S-167"], {
    dimensions: ["security", "performance"],
    thresholds: { production: "of 15 calls the first 10 pass, then 429" },
    evidence: [fresh("API test", 30)],
  }),
  item("F.4", "Load and stress tests are reported with the capacity they show.", ["S-168"], {
    dimensions: ["performance"],
    evidence: [fresh("load test", 30), fresh("stress test", 92)],
  }),
  item("F.5", "Containers run without root, from minimal and scanned images.", ["S-169"], {
    dimensions: ["security"],
    thresholds: { production: "a scan of each digest, no high or critical vulnerability" },
    evidence: [fresh("image scan", 1), fresh("SBOM", 1)],
  }),
  item("F.6", "Backup and restore work and were rehearsed.", ["S-170"], {
    dimensions: ["deployment"],
    evidence: [fresh("restore drill", 35)],
  }),
  item("F.7", "Rollback works, was rehearsed, and is written down.", ["S-171"], {
    dimensions: ["deployment"],
    evidence: [fresh("rollback drill", 92)],
  }),
];

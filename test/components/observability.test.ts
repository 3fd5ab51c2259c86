import assert from "node:assert/strict";
import { parse } from "yaml";
import { dashboards } from "../../components/observability/dashboards";
import { alloyConfig, lokiConfig, maskedLogPatterns } from "../../components/observability/logs";
import { prometheusSpec } from "../../components/observability/prometheus";
import { collectorConfig, jaegerConfig } from "../../components/observability/tracing";
import { system, digest, oncall } from "../support/shop";

describe("what watches", () => {
  const tracing = {
    system,
    images: { collector: digest, jaeger: digest },
    storage: { kind: "opensearch" as const, url: "https://traces:9200", credentials: "t" },
  };
  const logs = {
    system,
    images: { loki: digest, alloy: digest },
    bucket: "logs",
    region: "eu-central-1",
    namespaces: ["shop"],
  };

  it("refuses spans before it runs out of memory, keeps all errors, and masks before it stores", () => {
    const config = parse(collectorConfig(tracing)) as {
      receivers: object;
      exporters: object;
      processors: object;
      extensions: object;
      service: {
        extensions: string[];
        pipelines: Record<string, { receivers: string[]; processors: string[]; exporters: string[] }>;
      };
    };
    for (const { processors } of Object.values(config.service.pipelines)) assert.equal(processors[0], "memory_limiter");
    const { processors } = config.service.pipelines["traces/sampled"]!;
    assert.ok(processors.indexOf("redaction") < processors.indexOf("batch"));
    // Everything a pipeline names is defined, and everything defined is named.
    for (const kind of ["receivers", "processors", "exporters"] as const) {
      const used = new Set(Object.values(config.service.pipelines).flatMap(one => one[kind]));
      assert.deepEqual([...used].sort(), Object.keys(config[kind]).sort(), kind);
    }
    assert.deepEqual([...config.service.extensions].sort(), Object.keys(config.extensions).sort());
  });

  it("keeps traces where both pages see them", () =>
    assert.match(jaegerConfig(tracing), /opensearch:\n\s+server_urls:\n\s+- https:\/\/traces:9200/));

  it("keeps each log line three times until it is in the store, and no longer than it must", () => {
    const config = parse(lokiConfig(logs)) as {
      common: { replication_factor: number };
      limits_config: { retention_period: string };
    };
    assert.equal(config.common.replication_factor, 3);
    assert.equal(config.limits_config.retention_period, "720h");
  });

  it("masks tokens, passwords, mailboxes and card numbers in logs", () => {
    const mask = (line: string) =>
      maskedLogPatterns.reduce(
        (text, [expression, word]) =>
          text.replace(new RegExp(expression, "g"), (whole, group: string) => whole.replace(group, word)),
        line,
      );
    const secrets = {
      "authorization: Bearer abcdef123456.xyz": "abcdef123456",
      "jwt eyJhbGciOi.eyJzdWIi.c2lnbmF0": "eyJzdWIi",
      '{"password":"hunter2","user":"x"}': "hunter2",
      "postgres://shop:hunter2@db:5432/shop": "hunter2",
      "mail to ada@example.com failed": "ada@",
      "card 4111 1111 1111 1111 refused": "4111",
    };
    for (const [line, secret] of Object.entries(secrets)) assert.ok(!mask(line).includes(secret), mask(line));
    assert.equal(mask("GET /orders/42 200 in 13 ms"), "GET /orders/42 200 in 13 ms");
    for (const [expression] of maskedLogPatterns) assert.ok(alloyConfig(logs).includes(JSON.stringify(expression)));
  });

  it("uses four fifths of its volume, and finds targets in the namespaces it was given only", () => {
    const spec = prometheusSpec({
      system,
      images: { prometheus: digest, alertmanager: digest },
      namespaces: ["shop", "data"],
      slos: [],
      oncall,
      storage: "10Gi",
    });
    assert.equal((spec.prometheus.spec as { retentionSize: string }).retentionSize, "8192MB");
    assert.deepEqual(
      spec.roles.map(one => one.role.metadata.namespace),
      ["shop", "data", "kube-system"],
    );
  });

  it("draws the four signals of every service, and every objective's budget", () => {
    const boards = dashboards({
      services: [{ name: "api", namespace: "shop" }],
      workers: [{ name: "ai", namespace: "shop" }],
      dependencies: ["ai"],
      stores: { postgres: "db" },
      slos: [{ name: "api-availability", service: "api" }],
    });
    assert.deepEqual(Object.keys(boards), [
      "service-api.json",
      "worker-ai.json",
      "objectives.json",
      "stores.json",
      "dependencies.json",
    ]);
    const titles = (JSON.parse(boards["service-api.json"]!) as { panels: { title: string }[] }).panels.map(
      one => one.title,
    );
    for (const signal of ["Latency", "Traffic", "Errors", "Saturation", "api-availability: budget left"])
      assert.ok(titles.includes(signal), titles.join(", "));
    for (const text of Object.values(boards)) assert.ok(text.length < 2 ** 20);
  });
});

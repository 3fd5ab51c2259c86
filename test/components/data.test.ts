import assert from "node:assert/strict";
import { mongodbSpec } from "../../components/data/mongodb-spec";
import { reasonsOf } from "../support/program";
import { plan, mongodb } from "../support/shop";

describe("MongoDB", () => {
  it("requires TLS, ships its oplog every five minutes, and is spread", () => {
    const { spec } = mongodbSpec(mongodb, plan).cluster;
    assert.equal(spec.tls.mode, "requireTLS");
    assert.deepEqual([spec.backup.pitr.enabled, spec.backup.pitr.oplogSpanMin], [true, 5]);
    assert.equal("unsafeFlags" in spec, false);
  });

  it("names a changed task anew, because the operator would not notice the change", () => {
    const names = (days: number) =>
      mongodbSpec(mongodb, {
        ...plan,
        mongodb: { ...plan.mongodb, retentionDays: days },
      }).cluster.spec.backup.tasks.map(task => task.name);
    assert.notEqual(names(30)[0], names(90)[0]);
    assert.equal(names(30)[1], names(90)[1]);
  });

  it("refuses an even number of votes", () =>
    assert.deepEqual(
      reasonsOf(() => mongodbSpec({ ...mongodb, members: 4 }, plan)),
      [
        "members is 4; need an odd number from 3 to 7: an even number cannot outvote itself, and two cannot outvote one",
      ],
    ));
});

import assert from "node:assert/strict";
import { historyFrom, messageOf } from "../../cli/history";
import { sealType } from "../../policies/engine/seal";

const id = "a".repeat(64);
const at = (hour: number) => `2026-11-25T0${hour}:00:00.000Z`;
const update = (hour: number, message: string, result = "succeeded", kind = "update") => ({
  ...{ kind, result, message, startTime: at(hour) },
});
const overridden = (hour: number, incident: string, result?: string) =>
  update(hour, `greenlight: override ${incident} ${id}`, result);
const release = (hour: number) => update(hour, `greenlight: release of passport ${id}`);

describe("what a stack's backend tells", () => {
  const owed = (...all: ReturnType<typeof update>[]) =>
    historyFrom(all, {})
      .owed.map(one => `${one.incident} ${one.at}`)
      .join(", ");

  it("is when it was deployed first, by what succeeded", () => {
    const { deployedMs, passports } = historyFrom([release(3), update(1, "", "failed"), update(2, "")], {});
    assert.equal(deployedMs, Date.parse(at(2)));
    assert.deepEqual(passports, [id]);
    assert.equal(historyFrom([update(1, "", "succeeded", "destroy")], {}).deployedMs, null);
  });

  it("is which overrides are still to be reviewed: those since the last release", () => {
    assert.equal(owed(release(1)), "");
    assert.equal(owed(release(1), overridden(2, "INC-1")), `INC-1 ${at(2)}`);
    assert.equal(owed(overridden(2, "INC-1"), release(1)), `INC-1 ${at(2)}`, "whatever order they come in");
    assert.equal(owed(overridden(1, "INC-1"), overridden(2, "INC-2")), `INC-1 ${at(1)}, INC-2 ${at(2)}`);
    assert.equal(owed(overridden(1, "INC-1"), release(2)), "", "a release was judged with its review");
    assert.equal(owed(overridden(1, "INC-1", "failed")), `INC-1 ${at(1)}`, "one that failed half-way counts");
  });

  it("forgets no override because of a rollback, a release that failed, or a preview", () => {
    for (const later of [
      update(2, `greenlight: rollback to passport ${id}`),
      update(2, `greenlight: release of passport ${id}`, "failed"),
      update(2, "", "succeeded", "preview"),
      update(2, "", "succeeded", "refresh"),
      update(2, "run by hand"),
    ])
      assert.equal(owed(overridden(1, "INC-1"), later), `INC-1 ${at(1)}`);
  });

  it("takes no other message for an override, and no override for another message", () => {
    for (const text of ["override INC-1", `greenlight: override INC-1 ${id} `, `see greenlight: override INC-1 ${id}`])
      assert.equal(owed(update(1, text)), "");
  });

  it("knows an override by the state too, where the engine was run by hand", () => {
    const state = { deployment: { resources: [{ type: sealType, inputs: { overridden: `INC-7 ${id}` } }] } };
    assert.deepEqual(historyFrom([update(1, "by hand")], state).owed, [{ incident: "INC-7", at: at(1) }]);
    assert.equal(historyFrom([overridden(1, "INC-7")], state).owed.length, 1, "once");
  });

  it("is told by a rollback what that leaves owed: it takes the note out of the state", () => {
    const permission = { tampered: [], lacking: [], document: id, rollbackTo: at(1) };
    const byHand = { incident: "INC-7", at: at(1) };
    const told = update(2, messageOf(permission, [byHand, { incident: "INC-8", at: at(1) }]));
    assert.equal(owed(update(1, "by hand"), told), `INC-8 ${at(2)}, INC-7 ${at(2)}`);
    assert.equal(owed(update(1, "by hand"), told, release(3)), "");
    assert.equal(owed(overridden(1, "INC-7"), told), `INC-8 ${at(2)}, INC-7 ${at(2)}`, "once");
  });

  it("is told what it later tells", () => {
    const permission = { tampered: [], lacking: [], document: id };
    const override = { subject: [], predicate: { incident: "INC-9" } } as never;
    assert.equal(owed(update(1, messageOf({ ...permission, override }))), `INC-9 ${at(1)}`);
    assert.deepEqual(historyFrom([update(1, messageOf(permission))], {}).passports, [id]);
    assert.deepEqual(historyFrom([update(1, messageOf({ ...permission, rollbackTo: at(1) }))], {}).passports, []);
  });
});

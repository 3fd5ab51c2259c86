import { parseQuantity } from "../../../model/quantity";
import { notKnown } from "../../engine/example";
import { store } from "../../engine/example-stores";
import { defineRule } from "../../engine/rule";
import type { Store } from "../../engine/stores";
import { storesOf } from "../../engine/stores";

export const logVolume = defineRule<Store>({
  id: "GL-DATA-08",
  slug: "log-volume",
  title: "A database's log has a volume of its own.",
  why: "When archiving stalls the log grows; on the data's volume it takes the database down with it.",
  fix: "Set spec.walStorage.size, and alert before it is full.",
  severity: "medium",
  requirements: ["S-128", "S-136"],
  items: ["A.3.1", "B.1.2"],
  mappings: ["NIST:CP-10"],
  scope: "resource",
  inspects: "store",
  subjects: storesOf("postgres"),
  check: ({ object }) => {
    const size = object.spec?.walStorage?.size;
    return size !== undefined && (parseQuantity(size) ?? 0) > 0
      ? []
      : [{ path: "spec.walStorage.size", value: size, needed: "a size" }];
  },
  examples: () => [
    { name: "its own volume", given: store("postgres"), want: "met" },
    {
      name: "on the data's",
      given: store("postgres", ["Cluster", "spec.walStorage", undefined]),
      want: "not met",
      says: "is missing",
    },
    { name: "no such database", given: store("volumes"), want: "not applicable" },
    {
      name: "not known yet",
      given: store("postgres", ["Cluster", "spec.walStorage.size", notKnown.string]),
      want: "unverifiable",
    },
  ],
});

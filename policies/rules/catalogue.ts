import type { AnyRule } from "../engine/rule";
import * as access from "./access";
import * as availability from "./availability";
import * as aws from "./aws";
import * as backup from "./backup";
import * as cloud from "./cloud";
import * as data from "./data";
import * as delivery from "./delivery";
import * as gate from "./gate";
import * as jobs from "./jobs";
import * as network from "./network";
import * as observability from "./observability";
import * as pod from "./pod";
import * as references from "./references";
import * as resources from "./resources";
import * as secrets from "./secrets";
import * as supplyChain from "./supply-chain";
import * as tls from "./tls";

/** Areas in the order of reports. */
const areas = [
  pod,
  resources,
  availability,
  supplyChain,
  network,
  access,
  secrets,
  tls,
  data,
  backup,
  observability,
  delivery,
  references,
  jobs,
  gate,
  cloud,
  aws,
];

/** Every rule: area by area, each in the order of its numbers. */
export const rules: readonly AnyRule[] = areas.flatMap(area =>
  Object.values<AnyRule>(area).sort((a, b) => (a.id < b.id ? -1 : 1)),
);

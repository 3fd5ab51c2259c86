import { Enums, Models, Serialize, Spec } from "@cyclonedx/cyclonedx-library";
import { sha256 } from "../../model/canonical";
import type { Package } from "./packages";

const types: Record<Package["ecosystem"], string> = { npm: "npm", PyPI: "pypi", Go: "golang", "crates.io": "cargo" };

/** What is delivered, in CycloneDX 1.6 as JSON; the same packages and time give the same bytes. */
export function toSbom(subject: string, packages: readonly Package[], nowMs: number): string {
  const component = new Models.Component(Enums.ComponentType.Application, subject, { bomRef: "subject" });
  const bom = new Models.Bom({
    metadata: new Models.Metadata({ component, timestamp: new Date(nowMs) }),
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify(packages))}`,
  });
  for (const one of packages) {
    const purl = `pkg:${types[one.ecosystem]}/${one.name.replace(/@/g, "%40")}@${one.version}`;
    bom.components.add(
      new Models.Component(Enums.ComponentType.Library, one.name, {
        version: one.version,
        bomRef: purl,
        purl,
        ...(one.dev ? { scope: Enums.ComponentScope.Excluded } : {}),
        ...(one.licence ? { licenses: new Models.LicenseRepository([new Models.LicenseExpression(one.licence)]) } : {}),
      }),
    );
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

/** A UUID that follows from a text. */
function uuidOf(text: string): string {
  const hex = sha256(text);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { fail } from "../model/faults";
import { exitCodes } from "../model/outcome";

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".sarif": "application/json; charset=utf-8",
  ".md": "text/markdown; charset=utf-8",
  ".csv": "text/csv; charset=utf-8",
  ".xml": "application/xml; charset=utf-8",
};

/**
 * Serves the files of a report's folder on this machine alone, and nothing beside them; gives the address.
 * @param port 0 for a free one
 */
export function serveReport(folder: string, port: number, signal: AbortSignal): Promise<string> {
  const server = http.createServer((request, response) => {
    const end = (status: number, text: string): void => void response.writeHead(status).end(`${text}\n`);
    // A name that leads here from elsewhere could let another site read the report.
    if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(request.headers.host ?? ""))
      return end(421, "asked by another name");
    if (request.method !== "GET" && request.method !== "HEAD") return end(405, "only to be read");
    // Only what stands in the folder itself: no path leads anywhere else, whatever it is spelled like.
    const name = (request.url ?? "/").split("?")[0]!.slice(1) || "report.html";
    const known =
      fs.existsSync(folder) &&
      fs.readdirSync(folder, { withFileTypes: true }).some(one => one.isFile() && one.name === name);
    if (!known) return end(404, "nothing of that name here");
    response.writeHead(200, {
      "content-type": types[path.extname(name)] ?? "text/plain; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
    if (request.method === "HEAD") response.end();
    else fs.createReadStream(path.join(folder, name)).pipe(response);
  });
  signal.addEventListener("abort", () => {
    server.close();
    server.closeAllConnections();
  });
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(fail(`port ${port}`, `not to be had (${error.code})`, "a free one", undefined, exitCodes.usage)),
    );
    server.listen(port, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
  });
}

/** How long changes may follow each other until they are taken for one, in milliseconds. */
const quietMs = 300;

/** Calls back once after every burst of changes below folders that are there, until the signal. */
export function watchFolders(
  folders: readonly string[],
  signal: AbortSignal,
  changed: () => Promise<void>,
): Promise<void> {
  return new Promise(resolve => {
    let timer: NodeJS.Timeout | undefined;
    let busy: Promise<void> = Promise.resolve();
    const note = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => (busy = busy.then(changed)), quietMs);
    };
    const watchers = folders
      .filter(folder => fs.existsSync(folder))
      .map(folder => fs.watch(folder, { recursive: true }, note));
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      watchers.forEach(one => one.close());
      resolve();
    });
  });
}

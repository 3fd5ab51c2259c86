import * as net from "node:net";

/** A way from one part to another, on the loopback address. */
interface Way {
  from: string;
  to: string;
  client: net.Socket;
  server: net.Socket;
  /** Bytes of it were lost: it can only begin anew. */
  isBroken: boolean;
}

/**
 * What lies between the parts of a drill. Each way is a listener that passes bytes on; a cut one passes nothing and closes nothing,
 * as a network that loses every packet does. What was lost stays lost: when it is healed, ways that were cut are reset.
 */
export class Network {
  #listeners: net.Server[] = [];
  #ways = new Set<Way>();
  #cuts = new Set<string>();

  /**
   * Opens a way and gives its port.
   * @param from who uses it; where several do, told by the address they come from
   */
  async open(
    from: string | ((address: string) => string),
    to: string,
    target: { host: string; port: number },
    at: { host: string; port: number } = { host: "127.0.0.1", port: 0 },
  ): Promise<number> {
    const listener = net.createServer({ pauseOnConnect: true }, client => {
      const name = typeof from === "string" ? from : from(client.remoteAddress ?? "");
      const server = net.connect(target);
      // A wire holds nothing back: without this a small answer waits 40 ms for the next one.
      for (const socket of [client, server]) socket.setNoDelay(true);
      const way: Way = { from: name, to, client, server, isBroken: this.#cuts.has(`${name} ${to}`) };
      this.#ways.add(way);
      for (const [socket, other] of [
        [client, server],
        [server, client],
      ] as const) {
        socket.on("error", () => undefined);
        socket.on("data", (data: Buffer) => {
          if (!way.isBroken && !other.write(data)) socket.pause();
        });
        socket.on("drain", () => other.resume());
        // Who is cut off does not hear that the other one went.
        socket.on("close", () => {
          if (!way.isBroken) other.destroy();
          if (client.destroyed && server.destroyed) this.#ways.delete(way);
        });
      }
      client.resume();
    });
    this.#listeners.push(listener);
    await new Promise<void>((resolve, reject) => {
      listener.once("error", reject);
      listener.listen(at.port, at.host, resolve);
    });
    return (listener.address() as net.AddressInfo).port;
  }

  /** Loses everything between two parts, both ways. */
  cut(one: string, other: string): void {
    for (const pair of [`${one} ${other}`, `${other} ${one}`]) this.#cuts.add(pair);
    for (const way of this.#ways) if (this.#cuts.has(`${way.from} ${way.to}`)) way.isBroken = true;
  }

  /** Everything passes again. */
  heal(): void {
    this.#cuts.clear();
    for (const way of this.#ways) if (way.isBroken) reset(way);
  }

  close(): void {
    for (const way of this.#ways) reset(way);
    for (const listener of this.#listeners) listener.close();
  }
}

function reset({ client, server }: Way): void {
  client.destroy();
  server.destroy();
}

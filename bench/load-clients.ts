/**
 * The clients of the load bench, in a process of their own: they send prepared bodies at prepared moments over kept
 * connections, hold idle connections open, or send a request a byte at a time. The parent says what; the answers go back.
 */
import { Agent, type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";

export interface Shot {
  /** Milliseconds after the start. */
  readonly at: number;
  readonly body: string;
}

export type Order =
  | { readonly kind: "send"; readonly port: number; readonly shots: readonly Shot[]; readonly connections: number }
  | { readonly kind: "hold"; readonly port: number; readonly connections: number; readonly dribble: boolean }
  | { readonly kind: "release" };

export interface Heard {
  /** Which shot. */
  readonly shot: number;
  /** HTTP status, or 0 when the connection ended without an answer. */
  readonly status: number;
  readonly code: string;
  readonly ms: number;
}

let held: Socket[] = [];
let dribbling: NodeJS.Timeout | undefined;

process.on("message", (order: Order) => {
  if (order.kind === "send") void send(order).then((heard) => process.send?.(heard));
  else if (order.kind === "hold") void hold(order).then((open) => process.send?.(open));
  else process.send?.(release());
});

async function send({ port, shots, connections }: Extract<Order, { kind: "send" }>): Promise<Heard[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const started = performance.now();
  const heard = await Promise.all(
    shots.map(async ({ at, body }, shot): Promise<Heard> => {
      await new Promise((resolve) => setTimeout(resolve, at - (performance.now() - started)));
      // The clock runs from when the voter pressed the button, not from when a connection was free.
      const asked = performance.now();
      const { status, code } = await post(agent, port, body);
      return { shot, status, code, ms: performance.now() - asked };
    }),
  );
  agent.destroy();
  return heard;
}

function post(agent: Agent, port: number, body: string): Promise<{ status: number; code: string }> {
  return new Promise((resolve) => {
    const options = {
      ...{ agent, port, host: "127.0.0.1", path: "/vote", method: "POST" },
      headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
    };
    const asking = request(options, (answer: IncomingMessage) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("error", () => resolve({ status: 0, code: "cut" }));
      answer.on("end", () => {
        const status = answer.statusCode ?? 0;
        resolve({ status, code: status === 201 ? "" : codeIn(Buffer.concat(parts).toString("utf8")) });
      });
    });
    asking.on("error", (error: NodeJS.ErrnoException) => resolve({ status: 0, code: error.code ?? "error" }));
    asking.end(body);
  });
}

function codeIn(text: string): string {
  return /"code":"([a-z-]+)"/.exec(text)?.[1] ?? "no code";
}

/** Opens connections that say nothing, or a request head a byte at a time. Answers with how many stand. */
async function hold({ port, connections, dribble }: Extract<Order, { kind: "hold" }>): Promise<number> {
  for (let open = 0; open < connections; open += 500)
    await Promise.all(
      Array.from({ length: Math.min(500, connections - open) }, () => {
        const socket = connect(port, "127.0.0.1");
        socket.on("error", () => socket.destroy());
        held.push(socket);
        return new Promise<void>((resolve) => {
          socket.once("connect", () => resolve());
          socket.once("close", () => resolve());
        });
      }),
    );
  if (dribble) {
    const head = "POST /vote HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ";
    let at = 0;
    dribbling = setInterval(() => {
      for (const socket of held) if (!socket.destroyed) socket.write(head[at] ?? "a");
      at++;
    }, 250);
  }
  return standing();
}

function standing(): number {
  return held.filter((socket) => !socket.destroyed).length;
}

/** Ends what is held; answers with how many were still open. */
function release(): number {
  const open = standing();
  clearInterval(dribbling);
  for (const socket of held) socket.destroy();
  held = [];
  return open;
}

// GET /metrics (Prometheus text) and GET /health (JSON). The one place outside env that opens a port: HTTP is for machines that watch,
// not part of what is simulated.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { HostAndPort } from "@moldau/metadata";

export interface Watched {
  metrics(): string;
  health(): { readonly status: string };
}

export interface HttpServer {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

const MAX_HEADER_BYTES = 16 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 100;

/** Rejects with the system's error, e.g. code EADDRINUSE. */
export async function serveHttp({ host, port }: HostAndPort, watched: Watched): Promise<HttpServer> {
  const limits = { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS };
  const server = createServer(limits, (request, response) => answer(request, response, watched));
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return { host, port: portOf(server), close: () => close(server) };
}

function answer({ method, url }: IncomingMessage, response: ServerResponse, watched: Watched): void {
  const { status, type, body } = page(method, url?.split("?")[0], watched);
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body), "cache-control": "no-store" });
  response.end(method === "HEAD" ? undefined : body);
}

interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

function page(method: string | undefined, path: string | undefined, watched: Watched): Page {
  if (method !== "GET" && method !== "HEAD") return { status: 405, type: "text/plain", body: "GET only\n" };
  if (path === "/metrics") return { status: 200, type: "text/plain; version=0.0.4; charset=utf-8", body: watched.metrics() };
  if (path !== "/health") return { status: 404, type: "text/plain", body: "There are /metrics and /health.\n" };
  const health = watched.health();
  return { status: health.status === "ok" ? 200 : 503, type: "application/json", body: `${JSON.stringify(health)}\n` };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

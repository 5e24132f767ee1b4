import { afterEach, describe, expect, it } from "vitest";
import { type HttpServer, serveHttp } from "./http-server.js";

const open: HttpServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function serve(status = "ok"): Promise<string> {
  const server = await serveHttp({ host: "127.0.0.1", port: 0 }, { metrics: () => "moldau_up 1\n", health: () => ({ status }) });
  open.push(server);
  return `http://127.0.0.1:${server.port}`;
}

describe("the HTTP port", () => {
  it("has metrics as Prometheus reads them", async () => {
    const response = await fetch(`${await serve()}/metrics?x=1`);
    expect(response.headers.get("content-type")).toContain("version=0.0.4");
    expect(await response.text()).toBe("moldau_up 1\n");
  });

  it("has health, and 503 when that is not ok", async () => {
    expect(await (await fetch(`${await serve()}/health`)).json()).toEqual({ status: "ok" });
    expect((await fetch(`${await serve("stopping")}/health`)).status).toBe(503);
  });

  it("has nothing else, and takes nothing", async () => {
    const url = await serve();
    expect((await fetch(`${url}/`)).status).toBe(404);
    expect((await fetch(`${url}/metrics`, { method: "POST", body: "x" })).status).toBe(405);
    const head = await fetch(`${url}/metrics`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  it("says that it is taken", async () => {
    const { port } = new URL(await serve());
    await expect(
      serveHttp({ host: "127.0.0.1", port: Number(port) }, { metrics: () => "", health: () => ({ status: "ok" }) }),
    ).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
  });
});

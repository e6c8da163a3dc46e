import { expect, test, vi } from "vitest";
import { ApiError, call } from "../../src/api/client";
import { buildUrl } from "../../src/api/url";

const respondWith = (status: number, body: unknown) =>
  vi
    .spyOn(globalThis, "fetch")
    .mockResolvedValue(new Response(body === undefined ? null : JSON.stringify(body), { status }));

test("path parameters are filled in, and missing query parameters are omitted", () => {
  const url = buildUrl(
    "/api/nodes/{node_id}/samples",
    { node_id: 7 },
    { change: "wrong", against: null, label: 0, offset: undefined },
  );
  expect(url).toBe("/api/nodes/7/samples?change=wrong&label=0");
});

test("an error response becomes an error with the server's code and message", async () => {
  respondWith(409, { error: { code: "conflict", message: "Node 3 is not ready.", details: { node: 3 } } });
  const request = call("get", "/api/nodes/{node_id}", { path: { node_id: 3 } });
  await expect(request).rejects.toMatchObject({
    code: "conflict",
    message: "Node 3 is not ready.",
    details: { node: 3 },
    status: 409,
  });
});

test("an error response in an unknown format still raises ApiError", async () => {
  respondWith(502, "bad gateway");
  await expect(call("get", "/api/health")).rejects.toBeInstanceOf(ApiError);
});

test("an unreachable server raises an error that says what to do", async () => {
  vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("failed"));
  await expect(call("get", "/api/health")).rejects.toMatchObject({
    code: "unreachable",
    message: expect.stringContaining("make serve") as string,
  });
});

test("a body is sent as JSON, and 204 returns undefined", async () => {
  respondWith(204, undefined);
  await expect(call("delete", "/api/plans/{plan_id}", { path: { plan_id: 4 } })).resolves.toBeUndefined();
  const fetch = respondWith(200, { id: 1 });
  await call("patch", "/api/nodes/{node_id}", { path: { node_id: 1 }, body: { note: "why", starred: null } });
  expect(fetch.mock.calls.at(-1)?.[1]).toMatchObject({ method: "PATCH", body: '{"note":"why","starred":null}' });
});

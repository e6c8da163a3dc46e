/**
 * A link carries its token after #. The token is removed from the address bar before the first request and exchanged
 * for a cookie.
 */
import { call } from "./api/client";

/** Resolves when the page may start. If the token is not valid, the first requests fail and report it. */
export async function exchangeToken(): Promise<void> {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) return;
  history.replaceState(null, "", `${location.pathname}${location.search}`);
  await call("post", "/api/visitor", { body: { token } }).catch(() => undefined);
}

/**
 * Exchanges the token that a link carries after # for a cookie. The token is removed from the address bar before the
 * first request.
 */
import { call } from "./api/client";

/**
 * Exchanges the token; resolves when the page may start, even if the token is not valid. In that case, the first
 * requests fail and report the error.
 */
export async function exchangeToken(): Promise<void> {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) return;
  history.replaceState(null, "", `${location.pathname}${location.search}`);
  await call("post", "/api/visitor", { body: { token } }).catch(() => undefined);
}

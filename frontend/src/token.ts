/** A link carries its token behind #: it leaves the address bar before anything is asked, and is given for a cookie. */
import { call } from "./api/client";

/** Resolves when the page may begin; a token that opens nothing is told by the first questions. */
export async function exchangeToken(): Promise<void> {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) return;
  history.replaceState(null, "", `${location.pathname}${location.search}`);
  await call("post", "/api/visitor", { body: { token } }).catch(() => undefined);
}

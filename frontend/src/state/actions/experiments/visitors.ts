/** Signing in with a token, and signing out. */
import { call } from "../../../api/client";
import type { Visitor } from "../../../api/values";
import { withScreen, withServer } from "../../changes/patches";
import type { State } from "../../state";
import { tryOrNotify, type Context } from "../context";
import { sendFromDialog } from "../dialogRequest";

/** The server's message if it rejected the token. */
export interface SignInError {
  readonly refusal: string;
}

export const receiveVisitor = (state: State, answer: Visitor | SignInError): State => {
  const refusal = "refusal" in answer ? answer.refusal : null;
  const known = "refusal" in answer ? state : withServer(state, { visitor: answer });
  const isIn = refusal === null && known.server.visitor?.kind !== "nobody";
  return isIn ? known : withScreen(known, { dialog: { kind: "enter", error: refusal, sending: false } });
};

export function createVisitorActions(context: Context) {
  return {
    enter: (token: string) => void enter(context, token),
    leave: () => void leave(context),
  };
}

/** Reloads the page, so that requests refused so far are made again. */
async function enter(context: Context, token: string): Promise<void> {
  const visitor = await sendFromDialog(context, "enter", () => call("post", "/api/visitor", { body: { token } }));
  if (visitor) location.reload();
}

async function leave(context: Context): Promise<void> {
  if (await tryOrNotify(context, () => call("delete", "/api/visitor").then(() => true))) location.reload();
}

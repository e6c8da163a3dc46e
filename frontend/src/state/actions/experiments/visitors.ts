/** Signs visitors in with a token, and signs them out. */
import { call } from "../../../api/client";
import type { Visitor } from "../../../api/values";
import { withScreen, withServer } from "../../changes/patches";
import type { State } from "../../state";
import { tryOrNotify, type Context } from "../context";
import { sendFromDialog } from "../dialogRequest";

/** The server's message if the server rejected the token. */
export interface SignInError {
  readonly error: string;
}

export const receiveVisitor = (state: State, response: Visitor | SignInError): State => {
  const error = "error" in response ? response.error : null;
  const updatedState = "error" in response ? state : withServer(state, { visitor: response });
  const isSignedIn = error === null && updatedState.server.visitor?.kind !== "nobody";
  return isSignedIn ? updatedState : withScreen(updatedState, { dialog: { kind: "signIn", error, isSending: false } });
};

export function createVisitorActions(context: Context) {
  return {
    signIn: (token: string) => void signIn(context, token),
    signOut: () => void signOut(context),
  };
}

/** Signs in and reloads the page, so that requests that were refused before are sent again. */
async function signIn(context: Context, token: string): Promise<void> {
  const visitor = await sendFromDialog(context, "signIn", () => call("post", "/api/visitor", { body: { token } }));
  if (visitor) location.reload();
}

async function signOut(context: Context): Promise<void> {
  if (await tryOrNotify(context, () => call("delete", "/api/visitor").then(() => true))) location.reload();
}

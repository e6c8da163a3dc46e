/** Sends what a dialog asks for: while it is under way its button waits, a refusal stands in it. */
import { ApiError } from "../../api/client";
import { withScreen } from "../changes/patches";
import type { Dialog, Sending } from "../dialog";
import type { State } from "../state";
import { errorMessage, type Context } from "./context";

type Sender = Extract<Dialog, Sending>["kind"];

/** The answer, or null where it was refused. */
export async function send<T>({ store }: Context, kind: Sender, work: () => Promise<T>): Promise<T | null> {
  const show = (sending: Sending): void => store.dispatch((state) => withSending(state, kind, sending));
  show({ error: null, sending: true });
  try {
    const answer = await work();
    show({ error: null, sending: false });
    return answer;
  } catch (error) {
    show({ error: errorMessage(error), sending: false });
    if (!(error instanceof ApiError)) throw error;
    return null;
  }
}

function withSending(state: State, kind: Sender, sending: Sending): State {
  const { dialog } = state.screen;
  return dialog?.kind === kind ? withScreen(state, { dialog: { ...dialog, ...sending } }) : state;
}

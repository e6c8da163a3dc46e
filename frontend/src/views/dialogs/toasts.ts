/** Messages that pass. */

interface Toast extends HTMLElement {
  create(message: string, options: { variant: "neutral" | "danger"; duration: number; size: "s" }): Promise<unknown>;
}

const DURATION_MS = { neutral: 4000, danger: 12000 } as const;

export async function showToast(message: string, tone: "neutral" | "danger"): Promise<void> {
  await customElements.whenDefined("wa-toast");
  let stack = document.querySelector<Toast>("wa-toast");
  if (!stack) {
    stack = document.createElement("wa-toast");
    stack.setAttribute("placement", "bottom-start");
    document.body.append(stack);
  }
  await stack.create(message, { variant: tone, duration: DURATION_MS[tone], size: "s" });
}

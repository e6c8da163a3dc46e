/** Draws short messages that disappear by themselves. */

interface Toast extends HTMLElement {
  create(message: string, options: { variant: "neutral" | "danger"; duration: number; size: "s" }): Promise<unknown>;
}

const TOAST_DURATION_MS = { neutral: 4000, danger: 12000 } as const;

export async function showToast(message: string, severity: "neutral" | "danger"): Promise<void> {
  await customElements.whenDefined("wa-toast");
  let toast = document.querySelector<Toast>("wa-toast");
  if (!toast) {
    toast = document.createElement("wa-toast");
    toast.setAttribute("placement", "bottom-start");
    document.body.append(toast);
  }
  await toast.create(message, { variant: severity, duration: TOAST_DURATION_MS[severity], size: "s" });
}

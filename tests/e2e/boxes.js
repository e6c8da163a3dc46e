// Returns the box of every visible text and control of the page, and whether it is cut off.
() => {
  const boxes = [];
  let id = 0;
  const isShown = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const clipOf = (element, isText) => {
    const clip = { left: 0, top: 0, right: innerWidth, bottom: innerHeight, scrolls: false };
    for (let ancestor = isText ? element : element.parentElement; ancestor; ancestor = ancestor.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(ancestor);
      if (overflowX === "visible" && overflowY === "visible") continue;
      const box = ancestor.getBoundingClientRect();
      const scrolls = [overflowX, overflowY].some((value) => value === "auto" || value === "scroll");
      if (overflowX !== "visible") { clip.left = Math.max(clip.left, box.left); clip.right = Math.min(clip.right, box.right); }
      if (overflowY !== "visible") { clip.top = Math.max(clip.top, box.top); clip.bottom = Math.min(clip.bottom, box.bottom); }
      clip.scrolls ||= scrolls || getComputedStyle(ancestor).textOverflow === "ellipsis";
    }
    return clip;
  };
  const add = (element, box, text) => {
    if (box.width < 1 || box.height < 1 || !isShown(element)) return;
    const clip = clipOf(element, text[0] !== "<");
    const inside = { left: Math.max(box.left, clip.left), right: Math.min(box.right, clip.right), top: Math.max(box.top, clip.top), bottom: Math.min(box.bottom, clip.bottom) };
    if (inside.right - inside.left < 1 || inside.bottom - inside.top < 1) {
      if (!clip.scrolls) boxes.push({ id, text, ...box.toJSON(), isCut: true, panel: "" });
      return;
    }
    const hidden = Math.max(inside.left - box.left, box.right - inside.right, inside.top - box.top, box.bottom - inside.bottom);
    const panel = element.closest(".panel")?.id ?? element.closest(".top, .status")?.className ?? "";
    const where = element.closest("[data-testid]")?.dataset.testid ?? element.parentElement.getAttribute("class") ?? "";
    boxes.push({ id, text, ...inside, isCut: hidden > 2 && !clip.scrolls, panel, where, control: element.closest("button, select, input")?.outerHTML.slice(0, 60) ?? "" });
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent.trim();
    const element = node.parentElement;
    if (!text || element.closest("title, option, script, style, .unseen, wa-dropdown-item, wa-toast")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    id++;
    for (const box of range.getClientRects()) add(element, box, text);
  }
  for (const element of document.querySelectorAll("main input, main select, main button.icon, .top button")) id++, add(element, element.getBoundingClientRect(), `<${element.tagName.toLowerCase()} ${element.title || element.className}>`);
  return boxes;
}

// What a page must have, whatever it shows. Returns what is missing, in words.
() => {
  const problems = [];
  const need = (ok, text) => ok || problems.push(text);
  const seen = (e) => e.checkVisibility({ checkOpacity: false, checkVisibilityCSS: true });
  const nameOf = (e) =>
    e.getAttribute("aria-label") || e.labels?.[0]?.textContent || e.getAttribute("title") || e.textContent.trim() ||
    (e.getAttribute("aria-labelledby") && document.getElementById(e.getAttribute("aria-labelledby"))?.textContent) || e.querySelector("img[alt]")?.alt;

  need(document.documentElement.lang, "the document has no language");
  need(document.title, "the document has no title");
  need(document.querySelectorAll("h1").length === 1, "there is not exactly one h1");
  for (const landmark of ["main", "nav", "header", "footer"]) need(document.querySelector(landmark), `there is no ${landmark}`);
  need(document.documentElement.scrollWidth <= innerWidth, `the page is ${document.documentElement.scrollWidth - innerWidth} px too wide`);
  for (const e of document.querySelectorAll("a[href], button, input, select, textarea, summary, [role=img]"))
    if (seen(e)) need(nameOf(e)?.trim(), `no name: ${e.outerHTML.slice(0, 120)}`);
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) problems.push(`two elements have the id ${id}`);

  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = rgba(getComputedStyle(e).backgroundColor);
      if (c[3] > 250) return c;
    }
    return rgba(getComputedStyle(document.body).backgroundColor);
  };
  const tried = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !seen(e) || e.closest("svg, [aria-disabled=true], :disabled, script, style")) continue;
    const [text, back] = [rgba(getComputedStyle(e).color), ground(e)];
    const key = text.join() + "/" + back.join();
    if (tried.has(key)) continue;
    tried.add(key);
    const [a, b] = [light(text), light(back)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    need(ratio >= 4.5, `contrast ${ratio.toFixed(2)}: "${walk.currentNode.textContent.trim().slice(0, 40)}" (${text.slice(0, 3)} on ${back.slice(0, 3)})`);
  }
  return problems;
}

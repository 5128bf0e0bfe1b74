// What a server-rendered page cannot do itself: theme, keyboard, dialogs, downloads, coming back after a restart.
const loom = {
  theme() {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    localStorage.setItem("loom.theme", root.dataset.theme);
  },
  open(id) {
    const dialog = document.getElementById(id);
    if (dialog && !dialog.open) dialog.showModal();
  },
  close(id) { document.getElementById(id)?.close(); },
  async download(name, stream) {
    const url = URL.createObjectURL(new Blob([await stream.arrayBuffer()]));
    const a = Object.assign(document.createElement("a"), { href: url, download: name });
    document.body.append(a);
    a.click();
    a.remove();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  },
};
window.loom = loom;

// Anything with data-key="…" is clicked (or focused, when it is a field) by that key or pair of keys.
let first = "";
document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || document.querySelector("dialog[open]")) return;
  if (e.target.closest("input, select, textarea, [contenteditable]")) {
    if (e.key === "Escape") e.target.blur();
    return;
  }
  const find = (key) => document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const target = (first && find(`${first} ${e.key}`)) || find(e.key);
  first = e.key === "g" ? "g" : "";
  if (!target || target.disabled) return;
  e.preventDefault();
  if (target.matches("input, select, textarea")) { target.focus(); target.select?.(); } else target.click();
});

document.addEventListener("click", (e) => {
  const button = e.target.closest("[data-do]");
  if (!button) return;
  const [verb, argument] = button.dataset.do.split(" ");
  loom[verb]?.(argument);
});

// Blazor tries again ever more rarely. Here the host is asked every second, and as soon as it answers the page connects again; a restarted
// host knows no circuit of before, so then the page (its address is its state) is loaded anew.
const modal = document.getElementById("components-reconnect-modal");
const gone = () => /components-reconnect-(show|retrying|failed|rejected)/.test(modal.className);
const second = () => new Promise((done) => setTimeout(done, 1000));
const answers = () => fetch(location.href, { cache: "no-store" }).then((answer) => answer.ok, () => false);
let waiting = false;
async function comeBack() {
  if (waiting) return;
  waiting = true;
  for (await second(); gone(); await second()) {
    if (!(await answers()) || !gone()) continue;
    if (/failed|rejected/.test(modal.className) || !(await Blazor.reconnect().catch(() => false))) return location.reload();
  }
  waiting = false;
}
new MutationObserver(() => { if (gone()) comeBack(); }).observe(modal, { attributes: true, attributeFilter: ["class"] });

// A virtualised list gets its height a moment after it is drawn, hence the few tries.
loom.reveal = (id, top, height, tries = 30) => {
  const e = document.getElementById(id);
  if (!e) return;
  if (e.scrollHeight < top + height && tries > 0) return void setTimeout(loom.reveal, 50, id, top, height, tries - 1);
  if (top < e.scrollTop || top + height > e.scrollTop + e.clientHeight) e.scrollTop = Math.max(0, top - e.clientHeight / 3);
};

// Tells a component the width of its place, now and whenever it changes, until either has gone.
loom.watchWidth = (id, component) => {
  const e = document.getElementById(id);
  if (!e) return;
  const observer = new ResizeObserver(() => {
    if (!e.isConnected) return observer.disconnect();
    component.invokeMethodAsync("WidthChangedAsync", Math.floor(e.clientWidth)).catch(() => observer.disconnect());
  });
  observer.observe(e);
};

loom.center = (id, middle) => {
  const e = document.getElementById(id);
  if (e) e.scrollLeft = middle - e.clientWidth / 2;
};

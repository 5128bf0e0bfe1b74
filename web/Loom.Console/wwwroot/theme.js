// Runs before the first paint, so that a chosen theme never flashes. Without a choice the page follows the system.
(() => {
  const chosen = localStorage.getItem("loom.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();

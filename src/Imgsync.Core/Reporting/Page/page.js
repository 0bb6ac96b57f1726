(() => {
  const table = document.getElementById("matrix");
  if (!table) return;
  const form = document.querySelector("form.tools");
  const words = document.getElementById("words");
  const state = document.getElementById("state");
  const shown = document.getElementById("shown");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  form.hidden = false;
  const filter = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      const good = wanted.every(word => text.includes(word))
        && (!state.value || row.dataset.states.split(" ").includes(state.value));
      row.hidden = !good;
      if (good) count++;
    }
    shown.textContent = `${count} of ${rows.length} shown`;
  };
  form.addEventListener("submit", event => event.preventDefault());
  words.addEventListener("input", filter);
  state.addEventListener("input", filter);
  const headers = [...table.tHead.rows[0].cells];
  headers.forEach((header, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = header.textContent;
    header.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = header.getAttribute("aria-sort") === "ascending";
      for (const other of headers) other.removeAttribute("aria-sort");
      header.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = row => row.cells[column].dataset.key;
      const order = (one, other) => key(one).localeCompare(key(other), "en", { numeric: true });
      rows.sort((one, other) => down ? order(other, one) : order(one, other));
      body.append(...rows);
    });
  });
  filter();
})();

"use strict";
(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const words = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  const value = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value ?? cell.textContent.trim();
  };

  const sort = (table, head) => {
    const ascending = head.getAttribute("aria-sort") !== "ascending";
    const column = head.cellIndex;
    const body = table.tBodies[0];
    const rows = Array.from(body.rows).sort((a, b) => words.compare(value(a, column), value(b, column)));
    body.append(...(ascending ? rows : rows.reverse()));
    all("th[aria-sort]", table).forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
  };

  all("table.sortable").forEach((table) => {
    all("thead th:not([data-plain])", table).forEach((head) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.addEventListener("click", () => sort(table, head));
      head.replaceChildren(button);
    });
  });

  const table = document.querySelector("table[data-filtered]");
  const filters = document.querySelector(".filters");
  if (table && filters) {
    const inputs = all("[data-filter]", filters);
    const count = filters.querySelector("[data-count]");
    const rows = Array.from(table.tBodies[0].rows).map((row) => ({ row, text: row.textContent.toLowerCase() }));
    const fits = ({ row, text }) =>
      inputs.every(({ dataset: { filter }, value: wanted }) =>
        filter === "text"
          ? wanted.toLowerCase().split(/\s+/).every((word) => text.includes(word))
          : !wanted || row.dataset[filter] === wanted);
    const apply = () => {
      let shown = 0;
      for (const each of rows) {
        each.row.hidden = !fits(each);
        shown += each.row.hidden ? 0 : 1;
      }
      count.textContent = `${shown} of ${rows.length} shown`;
    };
    inputs.forEach((input) => input.addEventListener("input", apply));
    filters.querySelector("[data-reset]").addEventListener("click", () => {
      inputs.forEach((input) => { input.value = ""; });
      apply();
    });
    filters.hidden = false;
    apply();
  }

  const missing = document.getElementById("missing");
  const arrive = () => {
    const id = location.hash.slice(1);
    const found = !id || document.getElementById(id);
    missing.hidden = Boolean(found);
    missing.textContent = found ? "" : `Development ${id.slice(0, 40)} has no news in the period of this report; this shows it: dipwatch show ${id.slice(0, 40)}`;
  };
  window.addEventListener("hashchange", arrive);
  arrive();

  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = all("details:not([open])");
    opened.forEach((each) => { each.open = true; });
  });
  window.addEventListener("afterprint", () => { opened.forEach((each) => { each.open = false; }); });
})();

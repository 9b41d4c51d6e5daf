// Small comforts of the console; every page works without them.
"use strict";

const boxes = (form) => [...form.querySelectorAll("input[name=key][type=checkbox]")];

function count(form) {
  const chosen = boxes(form).filter((box) => box.checked).length;
  const place = form.querySelector("[data-chosen]");
  if (place) place.textContent = chosen ? `${chosen} chosen` : "Choose below";
  const all = form.querySelector("[data-choose-all]");
  if (all) {
    all.checked = chosen > 0 && chosen === boxes(form).length;
    all.indeterminate = chosen > 0 && !all.checked;
  }
}

document.addEventListener("change", (happened) => {
  const form = happened.target.closest("form");
  if (!form) return;
  if (happened.target.matches("[data-choose-all]")) {
    for (const box of boxes(form)) box.checked = happened.target.checked;
  }
  if (happened.target.matches("input[type=checkbox]")) count(form);
});

document.addEventListener("click", (happened) => {
  for (const open of document.querySelectorAll("details.person[open]")) {
    if (!open.contains(happened.target)) open.removeAttribute("open");
  }
});

document.addEventListener("keydown", (happened) => {
  if (happened.key !== "Escape") return;
  for (const open of document.querySelectorAll("details.person[open]")) open.removeAttribute("open");
});

// Without this script every page works. With it, the error summary takes the focus, its links
// put the cursor into the field that they name, sliders can be drawn, and a survey that says so
// is told how its pages are answered.
// A kiosk shows one page after the other in the same document, and says so by two events.
const prepare = () => {
  document.querySelector("[data-focus]")?.focus();
  document.querySelectorAll("[data-focus] a").forEach((link) => {
    link.addEventListener("click", (event) => {
      const field = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (!field) return;
      event.preventDefault();
      (field.closest("fieldset, .question") ?? field).scrollIntoView();
      field.focus({ preventScroll: true });
    });
  });

  // A slider's line is drawn beside its field, and only writes into it: the field is what is sent. An
  // empty field stays empty until the line is used, and the line shows that it is not set.
  document.querySelectorAll("[data-slider]").forEach((slider) => {
    const field = slider.querySelector("input");
    const line = document.createElement("input");
    const { low, high, step } = slider.dataset;
    const follow = () => {
      const entered = field.value.trim();
      const set = entered !== "" && !Number.isNaN(Number(entered));
      line.classList.toggle("slider__line--unset", !set);
      line.value = set ? entered : (Number(low) + Number(high)) / 2;
    };
    const write = () => {
      field.value = line.value;
      line.classList.remove("slider__line--unset");
    };
    Object.assign(line, { type: "range", className: "slider__line", min: low, max: high, step });
    line.setAttribute("aria-label", field.labels[0].textContent.trim());
    line.addEventListener("input", write);
    line.addEventListener("click", write);
    field.addEventListener("input", follow);
    follow();
    slider.prepend(line);
  });

  // What is told of a page, once, when it is left: how long it was open and hidden, the window, and for
  // each item when it was first entered and how often it was changed. No text, no key, no movement.
  document.querySelectorAll("[data-beacon]").forEach((form) => {
    const begin = performance.now();
    const gone = new AbortController();
    const { signal } = gone;
    const now = () => Math.round(performance.now() - begin);
    const values = (name) => new FormData(form).getAll(name).filter(Boolean);
    const nameOf = (control) => control.name || control.closest("[data-slider]")?.querySelector("[name]").name;
    const viewport = [innerWidth, innerHeight];
    const pointer = ["coarse", "fine"].find((kind) => matchMedia(`(pointer: ${kind})`).matches);
    const items = {}, last = {};
    let hidden = 0, left = document.hidden ? 0 : null, sent = null;
    const on = (kind, act) => form.addEventListener(kind, ({ target }) => {
      const name = nameOf(target);
      if (name) act((items[name.split(".")[0]] ??= { changes: 0, edits: 0 }), name, target);
    });
    const change = (item, name) => {
      const before = last[name], after = (last[name] = values(name));
      if (before + "" === after + "") return;
      item.changes += 1;
      item.edits += before.some((value) => !after.includes(value)) ? 1 : 0;
    };
    for (const { name } of form.elements) if (name) last[name] = values(name);
    on("focusin", (item) => (item.focus ??= now()));
    on("input", (item) => (item.input ??= now()));
    on("change", change);
    on("click", (item, name, target) => target.type === "range" && change(item, name));
    on("paste", (item) => (item.pasted = true));
    form.addEventListener("submit", () => (sent = now()));
    document.addEventListener("visibilitychange", () => {
      if (left !== null) hidden += now() - left;
      left = document.hidden ? now() : null;
    }, { signal });
    const tell = () => {
      gone.abort();
      const open = sent ?? now();
      if (left !== null) hidden += Math.max(open - left, 0);
      navigator.sendBeacon(form.dataset.beacon, JSON.stringify({
        _visit: form.elements._visit.value,
        _signature: form.elements._signature.value,
        _shown_in: form.elements._shown_in.value,
        open,
        hidden,
        viewport,
        pointer,
        items,
      }));
    };
    addEventListener("pagehide", tell, { signal });
    document.addEventListener("surveylab:leaving", tell, { signal });
  });
};
prepare();
// A page that the browser has kept alive would be sent under a visit that is over: it is fetched anew.
addEventListener("pageshow", ({ persisted }) => persisted && document.querySelector("[data-beacon]") && location.reload());
document.addEventListener("surveylab:shown", prepare);

// Without this script every page works. With it, the error summary takes the focus, its links
// put the cursor into the field that they name, and sliders can be drawn.
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

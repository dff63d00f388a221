// Without this script every page works. With it, the error summary takes the focus, and its
// links put the cursor into the field that they name.
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

(async (rules) => {
  // Whatever fails here, and whatever the page forbids: nothing is thrown into it, and nothing is shown.
  try {
    const tag = document.currentScript;
    const { person, position = "" } = tag.dataset;
    const home = new URL(tag.src).origin;
    if (!rules.origins.includes(location.origin)) return;

    // What this browser keeps of the page's own origin: when each survey was offered, and who this is where the
    // page does not say it. Without either nobody could be known again, and nobody is asked.
    let shelf;
    try { shelf = localStorage; } catch {}
    const kept = { offered: {}, ...JSON.parse(shelf?.getItem("surveylab") ?? "{}") };
    const keep = () => shelf?.setItem("surveylab", JSON.stringify(kept));
    const hex = (bytes) => [...new Uint8Array(bytes)].map((each) => each.toString(16).padStart(2, "0")).join("");
    if (kept.offered[rules.slug]) return;
    if (!person && !kept.key) {
      if (!shelf) return;
      kept.key = hex(crypto.getRandomValues(new Uint8Array(16)));
      keep();
    }

    // Who is asked: docs/surfaces.md. The id stays here; what leaves is its hash, and only of who is asked.
    const utf8 = (text) => new TextEncoder().encode(text);
    const sha256 = async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes));
    const unit = `app-${(await sha256(utf8(`surveylab.person\n${person || kept.key}`))).slice(0, 32)}`;
    const parts = ["surveylab.sampling", rules.key, unit].flatMap((text) => [0, 0, 0, 0, 0, 0, 0, text.length, ...utf8(text)]);
    const h = (await sha256(new Uint8Array(parts))).slice(0, 16);
    if (BigInt(`0x${h}`) >= BigInt(rules.bound)) return;

    if (document.readyState === "loading") await new Promise((then) => addEventListener("DOMContentLoaded", then));
    if (document.getElementById("surveylab")) return;

    // Over the page and not in it: nothing moves. Out of sight until the frame says how high it is.
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const box = document.createElement("div");
    const frame = document.createElement("iframe");
    const where = `${/top/.test(position) ? "top" : "bottom"}:16px;${/left/.test(position) ? "left" : "right"}:16px;`;
    box.id = "surveylab";
    box.setAttribute("role", "dialog");
    box.setAttribute("aria-label", rules.title);
    box.style.cssText = `all:initial;position:fixed;${where}z-index:2147483646;width:400px;max-width:calc(100vw - 32px);height:300px;max-height:calc(100vh - 32px);max-height:calc(100dvh - 32px);border-radius:12px;overflow:hidden;box-shadow:0 0 0 1px #0002,0 8px 32px #0004;visibility:hidden;transform:translateY(200vh)`;
    frame.style.cssText = "all:initial;display:block;width:100%;height:100%;border:0";
    frame.title = rules.title;
    frame.name = location.origin;
    frame.referrerPolicy = "no-referrer";
    frame.src = `${home}/w/${rules.slug}?person=${unit}`;
    box.append(frame);

    // Esc and the buttons are the frame's. Whoever was in it when it closes is put back to where they were.
    let before;
    const remember = (event) => { if (event.target !== frame) before = event.target; };
    const close = () => {
      const inside = document.activeElement === frame;
      box.remove();
      removeEventListener("message", listen);
      document.removeEventListener("focusin", remember);
      if (inside) before?.focus({ preventScroll: true });
    };
    const late = setTimeout(close, 15000);
    const listen = ({ source, origin, data }) => {
      if (source !== frame.contentWindow || origin !== home) return;
      if (data.surveylab === "close") close();
      if (data.surveylab !== "height") return;
      box.style.height = `${data.height}px`;
      if (box.style.visibility === "visible") return;
      clearTimeout(late);
      kept.offered[rules.slug] = new Date().toISOString().slice(0, 10);
      try { keep(); } catch {}
      if (!calm) box.style.transition = "transform .3s ease-out";
      box.style.visibility = "visible";
      box.style.transform = "none";
    };
    addEventListener("message", listen);
    document.addEventListener("focusin", remember);
    document.body.append(box);
  } catch {}
})

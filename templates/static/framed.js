// In a frame on another site: tells the page around it three things only (its height, that it is to be closed, that
// the interview is finished), and that page alone, whose script has written its origin into the frame's name.
const tell = (what, height) => {
  try {
    window.parent.postMessage({ surveylab: what, height }, window.name);
  } catch {
    // Opened outside of such a page: nobody listens.
  }
};
const offer = document.querySelector("[data-offer]");

// When the offer is in sight, the server hears of it, once: from then on the person is a case, with a link.
const send = async (fields) => {
  const answer = await fetch(offer.action, { method: "POST", body: new URLSearchParams(fields), keepalive: true });
  if (answer.status === 200) return answer.json();
  throw new Error("There is no offer any more.");
};
let displayed = Promise.reject();
displayed.catch(() => {});
if (offer) {
  new IntersectionObserver((seen, watch) => {
    if (!seen.some((each) => each.isIntersecting)) return;
    watch.disconnect();
    displayed = send({ ...Object.fromEntries(new FormData(offer)), person: offer.dataset.offer });
    displayed.catch(() => tell("close"));
  }).observe(offer);
  offer.addEventListener("submit", (event) => {
    event.preventDefault();
    displayed.then((link) => {
      offer.action = link.address;
      for (const name of ["_visit", "_signature"]) offer.elements[name].value = link[name];
      offer.submit();
    }, () => {});
  });
}

// To close an offer is to decline it; to close an interview keeps what was sent.
const SECOND = 1000;
const close = async () => {
  const declined = displayed.then(({ token, _visit, _signature }) => send({ token, _visit, _signature }));
  await Promise.race([declined.catch(() => {}), new Promise((then) => setTimeout(then, SECOND))]);
  tell("close");
};
document.querySelectorAll("[data-close]").forEach((button) => button.addEventListener("click", close));
document.addEventListener("keydown", (event) => event.key === "Escape" && close());

const grow = () => tell("height", Math.ceil(document.body.getBoundingClientRect().height));
new ResizeObserver(grow).observe(document.body);
grow();
if (document.querySelector("[data-finished]")) tell("finished");

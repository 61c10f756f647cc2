// Shows a page as it changes: fetches it again when the server says so and swaps its main part.
const { repository } = document.body.dataset;
const live = document.querySelector(".live");
let waiting;

if (repository) {
  const events = new EventSource(`/live/${repository}`);
  events.onopen = () => {
    live.hidden = false;
  };
  events.onerror = () => {
    live.hidden = true;
  };
  events.onmessage = () => {
    // Several changes in a moment are one to the eye.
    if (waiting === undefined) waiting = setTimeout(refresh, 120);
  };
}

async function refresh() {
  waiting = undefined;
  const response = await fetch(location.href);
  if (!response.ok) return;
  const next = new DOMParser().parseFromString(await response.text(), "text/html");
  const main = document.querySelector("main");
  const opened = new Set(summaries(main, (one) => one.open));
  const closed = new Set(summaries(main, (one) => !one.open));
  const fresh = next.querySelector("main");
  for (const one of fresh.querySelectorAll("details")) {
    if (opened.has(nameOf(one))) one.open = true;
    if (closed.has(nameOf(one))) one.open = false;
  }
  main.replaceChildren(...fresh.childNodes);
}

function summaries(main, which) {
  return [...main.querySelectorAll("details")].filter(which).map(nameOf);
}

// What a reader opened stays open although the words around it change.
function nameOf(details) {
  const comment = details.closest(".comment")?.id;
  const index = [...(details.closest(".comment") ?? document).querySelectorAll("details")];
  return `${comment} ${index.indexOf(details)}`;
}

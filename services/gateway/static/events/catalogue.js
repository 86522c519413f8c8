// Shows the events that say every word of what is typed; without scripts, all of them are there.
const events = [...document.querySelectorAll("article")].map((article) => ({
  article,
  link: document.querySelector(`nav a[href="#${article.id}"]`).parentElement,
  words: article.textContent.toLowerCase(),
}));
const box = document.getElementById("filter");
const count = document.querySelector("output");

function show() {
  const asked = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const { article, link, words } of events) {
    const fits = asked.every((word) => words.includes(word));
    article.hidden = link.hidden = !fits;
    shown += fits;
  }
  for (const section of document.querySelectorAll("main > section, nav > section")) {
    const own = [...section.querySelectorAll("article, li")].filter((each) => !each.closest("details"));
    section.hidden = asked.length > 0 && !own.some((each) => !each.hidden);
  }
  count.textContent = asked.length ? `${shown} of ${events.length}` : `${events.length} events`;
}

document.getElementById("search").hidden = false;
box.value = new URLSearchParams(location.search).get("q") ?? "";
box.addEventListener("input", show);
show();

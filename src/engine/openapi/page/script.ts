/** Shows only what has all words of the filter, and the address that this page is from. */
export const SCRIPT = `
const filter = document.getElementById("filter");
const nothing = document.getElementById("nothing");
document.getElementById("origin").textContent = location.origin;
const operations = [...document.querySelectorAll(".group article")].map((article) => ({
  article,
  entry: document.querySelector('[data-operation="' + article.id + '"]'),
  text: article.textContent.toLowerCase(),
}));
filter.hidden = false;
filter.addEventListener("input", () => {
  const words = filter.value.toLowerCase().split(/\\s+/);
  let shown = 0;
  for (const { article, entry, text } of operations) {
    const fits = words.every((word) => text.includes(word));
    article.hidden = entry.hidden = !fits;
    if (fits) shown++;
  }
  for (const group of document.querySelectorAll(".group, nav section:has(ul)")) {
    group.hidden = group.querySelector("article:not([hidden]), li:not([hidden])") === null;
  }
  nothing.hidden = shown > 0;
});
`;
